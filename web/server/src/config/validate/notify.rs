//! `[[notify]]` and `[heartbeat]`: who is told, and who misses us.
use std::collections::BTreeMap;
use std::time::Duration;

use failover_core::Severity;
use notify::{EmailOptions, Tls, WebhookOptions};
use secrecy::SecretString;

use super::provider::url;
use super::{name, or};
use crate::config::file::File;
use crate::config::file_notify::{MailTls, NotifyFile, NotifyKind, Reminder};
use crate::config::model::Service;
use crate::config::model_notify::{Heartbeat, Notify, Way};
use crate::config::nearest::nearest;
use crate::config::problem::At;
use crate::config::read::{Field, Reader};
use crate::config::secret::Surroundings;

const REMIND_EVERY: Duration = Duration::from_secs(4 * 3600);
const TIMEOUT: Duration = Duration::from_secs(15);
const GIVE_UP_AFTER: Duration = Duration::from_secs(86_400);
const EVERY: Duration = Duration::from_secs(60);

/// What a secret may look like.
const SECRET: &str = "write \"env:NAME\" or \"file:/path\"";

pub fn channels(
    file: &File,
    services: &[Service],
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Vec<Notify> {
    let mut taken = BTreeMap::new();
    let mut channels = Vec::new();
    for Field { value, at } in file.notify.iter().flat_map(|list| &list.value) {
        let name = name(at, "name", value.name.as_ref(), &mut taken, reader);
        let words: Vec<String> =
            NotifyKind::WORDS.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let why = format!("write one of {}", words.join(", "));
        let kind = reader.need(at, "kind", value.kind.as_ref(), &why).map(|kind| kind.value);
        let way = kind.and_then(|kind| {
            misplaced(value, kind, reader);
            way(value, at, kind, around, reader)
        });
        let services = wanted(value, services, reader);
        let limits = limits(value, reader);
        if let (Some(name), Some(way)) = (name, way) {
            let (remind_every, timeout, give_up_after) = limits;
            channels.push(Notify {
                place: reader.place(at),
                name,
                way,
                least: or(value.least.as_ref(), Severity::Warning),
                services,
                quiet: or(value.quiet.as_ref(), false),
                remind_every,
                timeout,
                give_up_after,
                allow_plain: or(value.allow_plain.as_ref(), false),
            });
        }
    }
    channels
}

pub fn heartbeat(
    file: &File,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<Heartbeat> {
    let Field { value, at } = file.heartbeat.as_ref()?;
    let url = reader.need(at, "url", value.url.as_ref(), SECRET)?;
    let url = around.secret(url, reader)?;
    let every = or(value.every.as_ref(), EVERY);
    if let Some(field) = &value.every
        && !(Duration::from_secs(1)..=Duration::from_secs(86_400)).contains(&every)
    {
        reader.error(&field.at, "a ping is sent every 1 s to 1 d; write \"1 min\"");
    }
    let allow_plain = or(value.allow_plain.as_ref(), false);
    Some(Heartbeat { place: reader.place(at), url, every, allow_plain })
}

fn way(
    file: &NotifyFile,
    at: &At,
    kind: NotifyKind,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<Way> {
    let plain = or(file.allow_plain.as_ref(), false);
    let endpoint = match &file.endpoint {
        Some(field) => Some(url(field, plain, reader)?),
        None => None,
    };
    let mut need = |key: &str, field: &Option<Field<String>>, why: &str| {
        reader.need(at, key, field.as_ref(), why).cloned()
    };
    match kind {
        NotifyKind::Email => email(file, at, around, reader).map(Way::Email),
        NotifyKind::Matrix => {
            let base = need("homeserver", &file.homeserver, "write \"https://matrix.example.com\"");
            let room = need("room", &file.room, "write its id, \"!…:example.com\"");
            let token = need("token", &file.token, SECRET);
            let room = room?;
            if !room.value.starts_with('!') {
                let remedy = "write the room's id, which begins with \"!\" (its settings show it)";
                reader.error(&room.at, format!("\"{}\" is no room id; {remedy}", room.value));
                return None;
            }
            let homeserver = url(&base?, plain, reader)?;
            Some(Way::Matrix {
                homeserver,
                room: room.value,
                token: around.secret(&token?, reader)?,
            })
        }
        NotifyKind::Slack => {
            let field = need("url", &file.url, SECRET)?;
            Some(Way::Slack { url: around.secret(&field, reader)? })
        }
        NotifyKind::Ntfy => {
            let topic = need("topic", &file.topic, "write the topic, or where it is kept secret")?;
            let token = optional(file.token.as_ref(), around, reader)?;
            let topic = perhaps_secret(&topic, around, reader)?;
            let topic = secrecy::ExposeSecret::expose_secret(&topic).to_owned();
            Some(Way::Ntfy { endpoint, topic, token })
        }
        NotifyKind::Webhook => webhook(file, at, around, reader).map(Way::Webhook),
        NotifyKind::PagerDuty => {
            let field = need("routing_key", &file.routing_key, SECRET)?;
            Some(Way::PagerDuty { routing_key: around.secret(&field, reader)?, endpoint })
        }
        NotifyKind::Telegram => {
            let token = need("token", &file.token, SECRET);
            let chat = need("chat", &file.chat, "write its number in quotes, or \"@channel\"");
            let token = around.secret(&token?, reader)?;
            Some(Way::Telegram { token, chat: chat?.value, endpoint })
        }
    }
}

fn email(
    file: &NotifyFile,
    at: &At,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<EmailOptions> {
    let host = reader.need(at, "host", file.host.as_ref(), "write the name of the mail server");
    let from = reader.need(at, "from", file.from.as_ref(), "write \"schwenk@example.com\"");
    let to = reader.need(at, "to", file.to.as_ref(), "write [\"ops@example.com\"]");
    let login = match (&file.user, &file.password) {
        (Some(user), Some(password)) => {
            Some((user.value.clone(), around.secret(password, reader)?))
        }
        (None, None) => None,
        (Some(user), None) => {
            reader.error(&user.at, format!("a user without a password; {SECRET} as password"));
            return None;
        }
        (None, Some(password)) => {
            reader.error(&password.at, "a password without a user; write user = \"…\"");
            return None;
        }
    };
    let ca = match &file.ca {
        Some(field) => Some(around.text(field, reader)?),
        None => None,
    };
    let MailTls(tls) = or(file.tls.as_ref(), MailTls(Tls::StartTls));
    Some(EmailOptions {
        host: host?.value.clone(),
        port: file.port.as_ref().map(|port| port.value),
        tls,
        login,
        ca,
        from: from?.value.clone(),
        to: to?.value.iter().map(|to| to.value.clone()).collect(),
    })
}

fn webhook(
    file: &NotifyFile,
    at: &At,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<WebhookOptions> {
    let field = reader.need(at, "url", file.url.as_ref(), "write where to post")?.clone();
    let mut options = WebhookOptions::new(perhaps_secret(&field, around, reader)?);
    options.secret = optional(file.secret.as_ref(), around, reader)?;
    options.token = optional(file.token.as_ref(), around, reader)?;
    if let Some(field) = &file.template {
        options.template = Some(around.text(field, reader)?);
    }
    options.content_type = file.content_type.as_ref().map(|field| field.value.clone());
    Some(options)
}

/// Something that only some keep secret.
fn perhaps_secret(
    field: &Field<String>,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<SecretString> {
    let elsewhere = field.value.starts_with("env:") || field.value.starts_with("file:");
    if elsewhere { around.secret(field, reader) } else { Some(field.value.clone().into()) }
}

/// An absent secret is fine, a wrong one is not.
#[allow(clippy::option_option)]
fn optional(
    field: Option<&Field<String>>,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<Option<SecretString>> {
    match field {
        Some(field) => around.secret(field, reader).map(Some),
        None => Some(None),
    }
}

fn wanted(file: &NotifyFile, services: &[Service], reader: &mut Reader<'_>) -> Option<Vec<String>> {
    let list = file.services.as_ref()?;
    let known = || services.iter().map(|service| service.policy.spec().service.as_str());
    for Field { value, at } in &list.value {
        // Services that are wrong themselves are not known here.
        let broken = reader.errors.iter().any(|error| error.place.key.starts_with("services"));
        if !broken && !known().any(|name| name == value) {
            let hint = nearest(value, known());
            let hint = hint.map_or(String::new(), |name| format!("; did you mean \"{name}\"?"));
            reader.error(at, format!("there is no service \"{value}\"{hint}"));
        }
    }
    Some(list.value.iter().map(|field| field.value.clone()).collect())
}

fn limits(file: &NotifyFile, reader: &mut Reader<'_>) -> (Option<Duration>, Duration, Duration) {
    let Reminder(remind) = or(file.remind_every.as_ref(), Reminder(Some(REMIND_EVERY)));
    if let (Some(field), Some(every)) = (&file.remind_every, remind)
        && every < Duration::from_secs(60)
    {
        reader
            .error(&field.at, "nobody reads reminders more often than every minute; write \"4 h\"");
    }
    let timeout = or(file.timeout.as_ref(), TIMEOUT);
    if let Some(field) = &file.timeout
        && !(Duration::from_secs(1)..=Duration::from_secs(300)).contains(&timeout)
    {
        reader.error(&field.at, "a try must be given from 1 s to 5 min");
    }
    let give_up = or(file.give_up_after.as_ref(), GIVE_UP_AFTER);
    if let Some(field) = &file.give_up_after
        && !(Duration::from_secs(60)..=Duration::from_secs(30 * 86_400)).contains(&give_up)
    {
        reader.error(&field.at, "a message is given up after 1 min to 30 d; write \"1 d\"");
    }
    (remind, timeout, give_up)
}

/// Reports keys that belong to another kind.
fn misplaced(file: &NotifyFile, kind: NotifyKind, reader: &mut Reader<'_>) {
    use NotifyKind::{Email, Matrix, Ntfy, PagerDuty, Slack, Telegram, Webhook};
    let at = |field: &Option<Field<String>>| field.as_ref().map(|field| field.at.clone());
    let keys: [(Option<At>, &[NotifyKind]); 19] = [
        (at(&file.host), &[Email]),
        (file.port.as_ref().map(|field| field.at.clone()), &[Email]),
        (file.tls.as_ref().map(|field| field.at.clone()), &[Email]),
        (at(&file.user), &[Email]),
        (at(&file.password), &[Email]),
        (at(&file.ca), &[Email]),
        (at(&file.from), &[Email]),
        (file.to.as_ref().map(|field| field.at.clone()), &[Email]),
        (at(&file.homeserver), &[Matrix]),
        (at(&file.room), &[Matrix]),
        (at(&file.token), &[Matrix, Ntfy, Webhook, Telegram]),
        (at(&file.url), &[Slack, Webhook]),
        (at(&file.endpoint), &[Ntfy, PagerDuty, Telegram]),
        (at(&file.topic), &[Ntfy]),
        (at(&file.secret), &[Webhook]),
        (at(&file.template), &[Webhook]),
        (at(&file.content_type), &[Webhook]),
        (at(&file.routing_key), &[PagerDuty]),
        (at(&file.chat), &[Telegram]),
    ];
    for (at, owners) in keys {
        let Some(at) = at.filter(|_| !owners.contains(&kind)) else { continue };
        let owners: Vec<String> =
            owners.iter().map(|owner| format!("\"{}\"", owner.word())).collect();
        reader.error(&at, format!("only kind {} has this; remove it", owners.join(", ")));
    }
}
