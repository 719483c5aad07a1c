//! What happens while a blueprint is applied, for whoever watches.
use cloud_http::Failure;
use serde::Serialize;

use super::report::Outcome;
use super::step::Step;

/// Something that happened to a step.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Event {
    /// The step.
    pub step: Step,
    /// What happened.
    pub happened: Happened,
}

/// What happened.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Happened {
    /// It was begun.
    Begun,
    /// There was no capacity, so it goes on elsewhere.
    NextPlace {
        /// Where there was none.
        from: String,
        /// Where it goes on.
        to: String,
        /// What the provider said.
        failure: Failure,
    },
    /// It ended.
    Ended(Outcome),
}

/// Somebody who watches. Any function of an event is one.
pub trait Observer: Send + Sync {
    /// Something happened.
    fn event(&self, event: &Event);

    /// Asked before each step: whether it is left out, because somebody wants an end. What has
    /// been begun is finished.
    fn stops(&self) -> bool {
        false
    }
}

impl<F: Fn(&Event) + Send + Sync> Observer for F {
    fn event(&self, event: &Event) {
        self(event);
    }
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn event(&self, _: &Event) {}
}
