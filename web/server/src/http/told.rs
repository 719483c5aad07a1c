//! What people were told, by which ways, and whether those work.
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use watcher::{Deed, Deliveries, Filter, Outcome};
use web_api::{ChannelState, ChannelTest, ChannelTested, Notification, Notifications};

use super::app::App;
use super::auth::{Operator, Viewer};
use super::command;
use super::input::{Ask, Body};
use super::look::limited;
use super::openapi::envelope;
use super::problem::{Answer, Refusal};
use crate::telling::Untried;

const DEFAULT: u32 = 100;
const MAX: u32 = 1000;

/// Which notifications.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NotificationsQuery {
    /// At most this many, the newest.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
    /// Only those of this channel.
    channel: Option<String>,
    /// Only those of which this has become: `waiting`, `delivered`, `refused` or `given_up`.
    delivery: Option<String>,
}

/// What people were told and what has become of it, newest first; the ways to reach them.
#[utoipa::path(
    get, path = "/api/v1/notifications", tag = "look", params(NotificationsQuery),
    responses(
        (status = 200, body = envelope::Notifications, description = "The messages, newest first"),
        (status = 400, body = envelope::Problem, content_type = "application/problem+json",
         description = "The query is malformed"),
        envelope::Refused,
    )
)]
pub async fn notifications(
    State(app): State<App>,
    _: Viewer,
    Ask(query): Ask<NotificationsQuery>,
) -> Answer<Json<Notifications>> {
    let limit = limited(query.limit, DEFAULT, MAX)?;
    let known = |word: &String| watcher::Delivery::ALL.into_iter().find(|one| one.word() == word);
    let delivery = match &query.delivery {
        None => None,
        Some(word) => Some(known(word).ok_or_else(|| {
            let words: Vec<&str> = watcher::Delivery::ALL.iter().map(|one| one.word()).collect();
            Refusal::bad_request(format!("delivery: must be one of {}", words.join(", ")))
        })?),
    };
    let filter = Filter { channel: query.channel, delivery };
    let read = app.watcher().notifications_of(limit, filter).await;
    let read = read.map_err(|error| Refusal::unavailable(error.to_string()))?;
    let channels = app.watcher().deliveries().into_iter().map(|one| channel(&app, one));
    let notifications = read.into_iter().map(shown).collect();
    let heartbeat = app.telling().heartbeat();
    Ok(Json(Notifications { notifications, channels: channels.collect(), heartbeat }))
}

/// Sends a quiet message through one channel and says what has become of it. One in ten seconds for
/// each channel.
#[utoipa::path(
    post, path = "/api/v1/notifications/test", tag = "operate",
    request_body = envelope::ChannelTest,
    responses(
        (status = 200, body = envelope::ChannelTested, description = "Delivered, or why not"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "There is no such channel"),
        (status = 503, body = envelope::Problem, content_type = "application/problem+json",
         description = "The journal cannot be written, or the watcher is ending"),
        envelope::Refused, envelope::Unread,
    )
)]
pub async fn test(
    State(app): State<App>,
    operator: Operator,
    Body(wanted): Body<ChannelTest>,
) -> Answer<Json<ChannelTested>> {
    let spec = app.telling().turn(&wanted.channel).map_err(|why| untried(&wanted.channel, why))?;
    let what = format!("{} sends a test message through {}.", operator.actor().0, spec.name);
    let deed =
        Deed { who: operator.actor(), what, before: Vec::new(), after: Vec::new(), failed: false };
    app.watcher().note(deed).await.map_err(command::refusal)?;
    Ok(Json(app.telling().try_one(spec).await))
}

fn untried(channel: &str, why: Untried) -> Refusal {
    match why {
        Untried::Unknown => {
            let detail = format!(
                "no channel is called \"{}\"; see /api/v1/notifications",
                channel.escape_debug()
            );
            Refusal::new(StatusCode::NOT_FOUND, "unknown_channel", "Unknown channel", detail)
        }
        Untried::TooSoon(secs) => {
            let detail = format!("a test message was sent just now; send the next one in {secs} s");
            let status = StatusCode::TOO_MANY_REQUESTS;
            Refusal::new(status, "too_soon", "Too soon", detail).retry_after(secs)
        }
    }
}

fn channel(app: &App, one: Deliveries) -> ChannelState {
    let count = |outcome: Outcome| one.outcomes.get(&outcome).copied().unwrap_or(0);
    let (delivered, retried) = (count(Outcome::Delivered), count(Outcome::Retried));
    let lost = count(Outcome::Refused) + count(Outcome::GivenUp);
    let spec = app.telling().channel(&one.channel);
    ChannelState {
        name: one.channel,
        kind: one.kind,
        waiting: one.waiting,
        problem: one.problem,
        least: spec.map_or(failover_core::Severity::Info, |spec| spec.least),
        services: spec.and_then(|spec| spec.services.clone()),
        quiet: spec.is_some_and(|spec| spec.quiet),
        remind_every_secs: spec.and_then(|spec| spec.remind_every).map(|every| every.as_secs()),
        give_up_after_secs: spec.map_or(0, |spec| spec.give_up_after.as_secs()),
        delivered,
        lost,
        retried,
    }
}

fn shown(one: watcher::Notification) -> Notification {
    Notification {
        id: one.id,
        at: one.at,
        channel: one.channel,
        key: one.key,
        kind: one.kind.word().to_owned(),
        severity: one.severity,
        service: one.service,
        text: one.text,
        since: one.since,
        attempts: one.attempts,
        delivery: one.delivery.word().to_owned(),
        ended: one.ended,
        problem: one.problem,
    }
}
