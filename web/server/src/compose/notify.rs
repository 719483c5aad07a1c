//! From `[[notify]]` and `[heartbeat]` to channels.
use std::sync::Arc;

use cloud_http::Transport;
use notify::{Channel, Email, Heartbeat, Matrix, Ntfy, PagerDuty, Slack, Telegram, Webhook};
use watcher::ChannelSpec;

use super::transport;
use crate::config::{self, Config, Notify, Problem, Way};

/// Where ntfy is, if the configuration names no server.
const NTFY: &str = "https://ntfy.sh";

/// The ways to reach people, in the configuration's order, or all that is wrong with them. Contacts
/// nobody.
pub fn channels(config: &Config) -> Result<Vec<ChannelSpec>, Vec<Problem>> {
    let (mut channels, mut problems) = (Vec::new(), Vec::new());
    for wanted in &config.notify {
        match channel(wanted) {
            Ok(channel) => channels.push(ChannelSpec {
                name: wanted.name.clone(),
                channel,
                least: wanted.least,
                services: wanted.services.clone(),
                quiet: wanted.quiet,
                remind_every: wanted.remind_every,
                timeout: wanted.timeout,
                give_up_after: wanted.give_up_after,
            }),
            Err(message) => problems.push(wanted.place.problem(message)),
        }
    }
    if problems.is_empty() { Ok(channels) } else { Err(problems) }
}

fn channel(wanted: &Notify) -> Result<Arc<dyn Channel>, String> {
    let transport: Arc<dyn Transport> = transport(wanted.allow_plain)?;
    let refused = |refused: notify::Refused| refused.to_string();
    Ok(match wanted.way.clone() {
        Way::Email(options) => Arc::new(Email::new(options).map_err(refused)?),
        Way::Matrix { homeserver, room, token } => {
            Arc::new(Matrix::new(&homeserver, &room, token, transport))
        }
        Way::Slack { url } => Arc::new(Slack::new(url, transport).map_err(refused)?),
        Way::Ntfy { endpoint, topic, token } => {
            let endpoint = endpoint.as_deref().unwrap_or(NTFY);
            Arc::new(Ntfy::new(endpoint, &topic, token, transport))
        }
        Way::Webhook(options) => Arc::new(Webhook::new(options, transport).map_err(refused)?),
        Way::PagerDuty { routing_key, endpoint } => {
            let channel = PagerDuty::new(routing_key, transport);
            match endpoint {
                Some(endpoint) => Arc::new(channel.endpoint(&endpoint)),
                None => Arc::new(channel),
            }
        }
        Way::Telegram { token, chat, endpoint } => {
            let channel = Telegram::new(token, &chat, transport);
            match endpoint {
                Some(endpoint) => Arc::new(channel.endpoint(&endpoint)),
                None => Arc::new(channel),
            }
        }
    })
}

/// The dead man's switch, if there is one.
pub fn heartbeat(wanted: Option<&config::Heartbeat>) -> Result<Option<Heartbeat>, Problem> {
    let Some(wanted) = wanted else { return Ok(None) };
    let transport = transport(wanted.allow_plain);
    let made = transport.and_then(|transport| {
        Heartbeat::new(wanted.url.clone(), transport).map_err(|refused| refused.to_string())
    });
    made.map(Some).map_err(|message| wanted.place.problem(message))
}
