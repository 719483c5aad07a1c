//! What is new, as it happens (Server-Sent Events): the live stream of the panel.
use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, Sse};
use futures_util::stream;
use serde::Deserialize;
use utoipa::IntoParams;
use web_api::changes::{Change, Teller};

use super::app::App;
use super::auth::Viewer;
use super::input::Ask;
use super::live::{Seat, keep_alive};
use super::openapi::{self, envelope};
use super::problem::Answer;

/// Between two events of one snapshot: a frame of the browser's, which shall have the rest of it for
/// something else.
pub const BREATH: Duration = Duration::from_millis(20);

/// How much is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ChangesQuery {
    /// At most so many samples of each series, the latest; without it all that a snapshot has.
    samples: Option<u16>,
}

/// Everything at once, then only what is new.
///
/// An event whose `event` is 0 begins anew: what was known is to be forgotten. Every other one is one
/// more than that before it; whoever misses one opens the stream anew. `snapshot` and the `service` of
/// each of the `services` are differences: a list of one is the new value; an object has differences of
/// members by name, or of a list's items by place. To begin with, nothing (`null`) is known. The
/// document of a service is that of the snapshot, with an empty list of samples in each of its series
/// and without `view.now`, which is the event's `at`. When an event is the `last` of its snapshot, the
/// picture is that of the snapshot `number`; only after the first of many services are some without
/// samples, which follow at once.
#[utoipa::path(
    get, path = "/api/v1/changes", tag = "look", params(ChangesQuery),
    responses(
        (status = 200, body = openapi::changes::Change, content_type = "text/event-stream",
         description = "Server-Sent Events; the data of each is a change as JSON"),
        (status = 400, body = envelope::Problem, content_type = "application/problem+json",
         description = "The query is malformed"),
        envelope::Refused,
    )
)]
pub async fn changes(
    State(app): State<App>,
    viewer: Viewer,
    Ask(query): Ask<ChangesQuery>,
) -> Answer<impl IntoResponse> {
    let samples = query.samples.map_or(usize::MAX, usize::from);
    let listener = Listener {
        seat: Seat::take(app, viewer)?,
        teller: Teller::new(samples),
        waiting: VecDeque::new(),
        in_a_hurry: true,
    };
    let events = stream::unfold(listener, Listener::next);
    Ok(Sse::new(events).keep_alive(keep_alive()))
}

#[derive(Debug)]
struct Listener {
    seat: Seat,
    teller: Teller,
    /// What is still to be sent of the latest snapshot that was told.
    waiting: VecDeque<Change>,
    /// Nothing is on the screen yet.
    in_a_hurry: bool,
}

impl Listener {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        let change = match self.waiting.pop_front() {
            Some(change) => {
                if !self.in_a_hurry {
                    self.seat.pause(BREATH).await?;
                }
                change
            }
            None => self.tell().await?,
        };
        if !self.seat.is_welcome() {
            return None;
        }
        let event = Event::default().id(change.event.to_string()).json_data(change).ok()?;
        Some((Ok(event), self))
    }

    /// The first event of what is new; the others wait.
    async fn tell(&mut self) -> Option<Change> {
        let known = self.teller.number();
        // What is missing of the first picture does not wait for another.
        let missing = known.is_some() && !self.teller.is_complete();
        let snapshot = self.seat.next(known.filter(|_| !missing)).await?;
        let picture = self.seat.app().picture(snapshot).ok()?;
        self.in_a_hurry = known.is_none();
        self.waiting = self.teller.tell(picture).into();
        self.waiting.pop_front()
    }
}
