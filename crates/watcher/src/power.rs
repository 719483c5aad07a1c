//! The servers behind a site, as far as the watcher may turn them on and off.
use std::fmt::Debug;

use async_trait::async_trait;
use cloud_http::Call;
use failover_core::Timestamp;

/// The servers behind one site. A watcher knows no cloud: whoever composes it says how they are
/// turned on and off, and which ones; it touches no others.
///
/// Each method says what shall be in the end, so doing it twice is harmless, and doing it again
/// after a crash goes on where it stopped. `Err` is why it is not so yet, in words an operator uses;
/// the watcher tries again. What is not known is not `Ok`.
#[async_trait]
pub trait SitePower: Debug + Send + Sync {
    /// Turns all servers off at once, like pulling the plug. `Ok` only when none of them can
    /// serve any more.
    async fn fence(&self, call: Call) -> Result<(), String>;

    /// Turns all servers on. `Ok` when all of them run; whether they serve, the checks say.
    async fn start(&self, call: Call) -> Result<(), String>;

    /// Turns off, gracefully, what a standby does without.
    async fn rest(&self, call: Call) -> Result<(), String>;
}

/// What is done to the servers of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// They are turned off so that the site cannot serve.
    Fence,
    /// They are turned on, because the active site is suspected.
    Start,
    /// They are turned off again, because the suspicion has passed.
    Rest,
}

impl Act {
    pub(crate) const ALL: [Self; 3] = [Self::Fence, Self::Start, Self::Rest];

    /// The word in the journal.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fence => "fence",
            Self::Start => "start",
            Self::Rest => "rest",
        }
    }
}

/// One change of the power of a site's servers, as the journal keeps it: written before the first request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PowerChange {
    /// Its number.
    pub id: u64,
    /// The service.
    pub service: String,
    /// The site.
    pub site: String,
    /// What is done.
    pub act: Act,
    /// When it was asked for.
    pub asked: Timestamp,
    /// When it was done or given up; `None`: it goes on, with the next watcher on this journal too.
    pub ended: Option<Timestamp>,
    /// When the site was seen to be up first after a start.
    pub served: Option<Timestamp>,
    /// Why it was given up; `None`: it was not.
    pub given_up: Option<String>,
}

impl PowerChange {
    /// Whether it has ended well.
    pub fn is_done(&self) -> bool {
        self.ended.is_some() && self.given_up.is_none()
    }
}
