//! `[[services.checks]]`: what a site must answer, and how often it is asked.
use std::time::Duration;

use failover_core::{CheckPolicy, Layer, Preset};
use health::{Check, CheckError, DnsCheck, HttpCheck, Kind, TlsCheck};

use super::{mariadb, or};
use crate::config::duration::show;
use crate::config::file::CheckFile;
use crate::config::problem::At;
use crate::config::read::{Field, Reader};
use crate::config::scalar::CheckKind;
use crate::config::secret::Surroundings;

/// Probes overlap, but more than this many of one check of one site would only pile up.
const IN_FLIGHT_MAX: u32 = 64;
/// More often than this says more about the probe than about the site.
const INTERVAL_MIN: Duration = Duration::from_millis(50);
const INTERVAL_MAX: Duration = Duration::from_secs(24 * 3600);
/// The longest a probe may take, whatever its interval.
const TIMEOUT_MAX: Duration = Duration::from_secs(60);
const BODY_MAX: u32 = 1024 * 1024;

/// One check: how the decision counts it and, if it is right, how to run it.
pub fn check(
    file: &CheckFile,
    at: &At,
    name: String,
    preset: Preset,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> (CheckPolicy, Option<Check>) {
    let policy = pace(file, preset.check(name), reader);
    let why = "write one of icmp, tcp, http, https, tls, dns, mariadb";
    let kind = reader.need(at, "kind", file.kind.as_ref(), why).map(|kind| kind.value);
    let kind = kind.and_then(|kind| self::kind(file, at, kind, around, reader));
    let check = kind.map(|kind| Check::new(kind, policy.timeout));
    if let Some(Err(error)) = check.as_ref().map(Check::validate) {
        unsendable(file, at, &error, reader);
    }
    (policy, check)
}

/// What a check looks at: what the file says, else what follows from its kind.
pub fn layer(file: &CheckFile, check: Option<&Check>, reader: &mut Reader<'_>) -> Layer {
    let natural = check.map_or(Layer::Proxy, |check| watcher::layer_of(&check.kind));
    let Some(field) = &file.layer else { return natural };
    let database = matches!(check.map(|check| &check.kind), Some(Kind::Mariadb(_)));
    if database && field.value != Layer::Database {
        let message = "a check of kind \"mariadb\" asks the database itself; remove this line";
        reader.error(&field.at, message);
    }
    field.value
}

/// Reports the field that keeps a check from being sent.
fn unsendable(file: &CheckFile, at: &At, error: &CheckError, reader: &mut Reader<'_>) {
    let (key, remedy, field) = match error.field {
        "path" => ("path", "write one such as \"/health?full=1\"", place(file.path.as_ref())),
        "host" => ("host", "write one such as \"www.example.com\"", place(file.host.as_ref())),
        "rtype" => ("rtype", "write one such as \"A\"", place(file.rtype.as_ref())),
        "method" => ("method", "write \"GET\"", place(file.method.as_ref())),
        _ => ("question", "write one such as \"www.example.com\"", place(file.question.as_ref())),
    };
    let here = field.cloned().unwrap_or_else(|| at.join(key));
    if !reader.is_broken(&here) {
        reader.error(&here, format!("{}; {remedy}", error.message));
    }
}

fn kind(
    file: &CheckFile,
    at: &At,
    kind: CheckKind,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<Kind> {
    misplaced(file, kind, reader);
    Some(match kind {
        CheckKind::Icmp => Kind::Icmp,
        CheckKind::Tcp => Kind::Tcp { port: port(file, at, None, reader)? },
        CheckKind::Http => Kind::Http(http(file, at, false, reader)?),
        CheckKind::Https => Kind::Http(http(file, at, true, reader)?),
        CheckKind::Tls => Kind::Tls(tls(file, at, reader)?),
        CheckKind::Dns => Kind::Dns(dns(file, at, reader)?),
        CheckKind::Mariadb => Kind::Mariadb(mariadb::mariadb(file, at, around, reader)?),
    })
}

/// The preset's timing with what was typed over it. What is out of range is reported here, where
/// its place is known, and left out.
fn pace(file: &CheckFile, preset: CheckPolicy, reader: &mut Reader<'_>) -> CheckPolicy {
    let mut pace = preset;
    if let Some(field) = &file.interval {
        if (INTERVAL_MIN..=INTERVAL_MAX).contains(&field.value) {
            pace.interval = field.value;
        } else {
            reader.error(&field.at, between(INTERVAL_MIN, INTERVAL_MAX));
        }
    }
    pace.fast_interval = pace.fast_interval.min(pace.interval);
    if let Some(field) = &file.fast_interval {
        if (INTERVAL_MIN..=pace.interval).contains(&field.value) {
            pace.fast_interval = field.value;
        } else {
            let most = format!("{}, the interval", between(INTERVAL_MIN, pace.interval));
            reader.error(&field.at, most);
        }
    }
    let budget = pace.fast_interval.saturating_mul(IN_FLIGHT_MAX).min(TIMEOUT_MAX);
    pace.timeout = pace.timeout.min(budget);
    if let Some(field) = &file.timeout {
        if (Duration::from_millis(1)..=budget).contains(&field.value) {
            pace.timeout = field.value;
        } else {
            let (often, most) = (show(pace.fast_interval), show(budget));
            let message = format!(
                "{} is beyond the budget: with a probe every {often}, at most {IN_FLIGHT_MAX} \
                 under way and {} at the longest; write {most} or less",
                show(field.value),
                show(TIMEOUT_MAX)
            );
            reader.error(&field.at, message);
        }
    }
    pace
}

fn between(least: Duration, most: Duration) -> String {
    format!("this must be from {} to {}", show(least), show(most))
}

pub(super) fn port(
    file: &CheckFile,
    at: &At,
    default: Option<u16>,
    reader: &mut Reader<'_>,
) -> Option<u16> {
    let port = match (&file.port, default) {
        (None, Some(port)) => return Some(port),
        (field, _) => reader.need(at, "port", field.as_ref(), "write the port to connect to")?,
    };
    if port.value == 0 {
        reader.error(&port.at, "0 is not a port; write one from 1 to 65535");
        return None;
    }
    Some(port.value)
}

fn http(file: &CheckFile, at: &At, tls: bool, reader: &mut Reader<'_>) -> Option<HttpCheck> {
    let port = port(file, at, Some(if tls { 443 } else { 80 }), reader)?;
    let mut check = HttpCheck::get(port, or(file.path.as_ref(), "/".to_owned()));
    check.https = tls;
    check.method = or(file.method.as_ref(), check.method);
    check.host = file.host.as_ref().map(|host| host.value.clone());
    if let Some(status) = &file.status {
        check.status = status.value.iter().map(|range| range.value.0.clone()).collect();
        if check.status.is_empty() && !reader.is_broken(&status.at) {
            reader.error(&status.at, "no status would be good; name at least one, such as 200");
        }
    }
    check.contains = texts(file.contains.as_ref());
    check.lacks = texts(file.lacks.as_ref());
    check.verify = or(file.verify.as_ref(), true);
    check.expiry_warning = or(file.expiry_warning.as_ref(), check.expiry_warning);
    if let Some(field) = &file.body_max {
        if field.value == 0 || field.value > BODY_MAX {
            reader.error(&field.at, format!("write a number of bytes from 1 to {BODY_MAX}"));
        }
        check.body_max = usize::try_from(field.value).unwrap_or(usize::MAX);
    }
    if let Some(field) = &file.method
        && !["GET", "HEAD", "OPTIONS"].contains(&field.value.as_str())
    {
        reader.error(&field.at, "a probe must not change anything; write GET, HEAD or OPTIONS");
    }
    if check.method == "HEAD"
        && let Some(field) = &file.contains
    {
        reader.error(&field.at, "the answer to HEAD has no body; use method = \"GET\"");
    }
    Some(check)
}

fn tls(file: &CheckFile, at: &At, reader: &mut Reader<'_>) -> Option<TlsCheck> {
    let port = port(file, at, Some(443), reader)?;
    let mut check = TlsCheck::new(port, file.host.as_ref().map(|host| host.value.clone()));
    check.verify = or(file.verify.as_ref(), true);
    check.expiry_warning = or(file.expiry_warning.as_ref(), check.expiry_warning);
    Some(check)
}

fn dns(file: &CheckFile, at: &At, reader: &mut Reader<'_>) -> Option<DnsCheck> {
    let why = "write the name to ask for";
    let question = reader.need(at, "question", file.question.as_ref(), why)?;
    if let Err(error) = dns_provider::Name::parse(&question.value) {
        reader.error(&question.at, format!("{error}; write one such as \"www.example.com\""));
        return None;
    }
    let mut check = DnsCheck::new(question.value.clone(), or(file.rtype.as_ref(), "A".to_owned()));
    check.port = port(file, at, Some(53), reader)?;
    check.contains = texts(file.contains.as_ref());
    check.authoritative = or(file.authoritative.as_ref(), false);
    Some(check)
}

fn texts(list: Option<&Field<Vec<Field<String>>>>) -> Vec<String> {
    list.iter().flat_map(|list| &list.value).map(|text| text.value.clone()).collect()
}

/// Reports keys that mean nothing to this kind of check: they would be silently ignored.
fn misplaced(file: &CheckFile, kind: CheckKind, reader: &mut Reader<'_>) {
    use CheckKind::{Dns, Http, Https, Mariadb, Tcp, Tls};
    let keys: [(&str, Option<&At>, &[CheckKind]); 20] = [
        ("port", place(file.port.as_ref()), &[Tcp, Http, Https, Tls, Dns, Mariadb]),
        ("method", place(file.method.as_ref()), &[Http, Https]),
        ("path", place(file.path.as_ref()), &[Http, Https]),
        ("host", place(file.host.as_ref()), &[Http, Https, Tls, Mariadb]),
        ("status", place(file.status.as_ref()), &[Http, Https]),
        ("contains", place(file.contains.as_ref()), &[Http, Https, Dns]),
        ("lacks", place(file.lacks.as_ref()), &[Http, Https]),
        ("body_max", place(file.body_max.as_ref()), &[Http, Https]),
        ("verify", place(file.verify.as_ref()), &[Https, Tls, Mariadb]),
        ("expiry_warning", place(file.expiry_warning.as_ref()), &[Https, Tls]),
        ("question", place(file.question.as_ref()), &[Dns]),
        ("rtype", place(file.rtype.as_ref()), &[Dns]),
        ("authoritative", place(file.authoritative.as_ref()), &[Dns]),
        ("user", place(file.user.as_ref()), &[Mariadb]),
        ("password", place(file.password.as_ref()), &[Mariadb]),
        ("ca", place(file.ca.as_ref()), &[Mariadb]),
        ("writable", place(file.writable.as_ref()), &[Mariadb]),
        ("replication", place(file.replication.as_ref()), &[Mariadb]),
        ("heartbeat", place(file.heartbeat.as_ref()), &[Mariadb]),
        ("heartbeat_write", place(file.heartbeat_write.as_ref()), &[Mariadb]),
    ];
    for (key, at, kinds) in keys {
        if let Some(at) = at
            && !kinds.contains(&kind)
        {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
            let owner = kinds.join(", ");
            let message = format!(
                "`{key}` means nothing to a check of kind \"{}\"; only to {owner}",
                kind.word()
            );
            reader.error(at, message);
        }
    }
}

fn place<T>(field: Option<&Field<T>>) -> Option<&At> {
    field.map(|field| &field.at)
}
