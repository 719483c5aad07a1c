//! One request of a step, made again while what it concerns is still being worked on.
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_http::{Call, Clock, Error, Kind, Retry};
use futures_util::future::BoxFuture;

use crate::provider::ComputeProvider;
use crate::server::Server;
use crate::ticket::{Creation, Ticket};

/// How often something is tried that is in use by something else: what has just been removed is
/// shown as a user for a while, but a stranger's thing may never go.
const IN_USE_MAX: u32 = 6;

/// What a provider's methods give. Named, so that whoever awaits it can be seen to be `Send`.
pub(super) type Request<'f, T> = BoxFuture<'f, Result<T, Error>>;

/// How long steps may take and on which clock.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Terms {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// How long one step may take.
    pub patience: Duration,
    /// The pause before something is tried again that is busy.
    pub pause: Duration,
}

impl Terms {
    /// Ten minutes a step, on this clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, patience: Duration::from_secs(600), pause: Duration::from_secs(2) }
    }

    /// The same with other patience and another pause.
    #[must_use]
    pub fn patience(self, patience: Duration, pause: Duration) -> Self {
        Self { patience, pause, ..self }
    }

    /// A call that begins now.
    pub(super) fn call(&self) -> Call {
        Call::until(self.clock.now() + self.patience)
    }

    /// Makes a request, again and again while the thing is busy with something of ours.
    pub(super) async fn again<'f, T>(
        &self,
        call: Call,
        mut attempt: impl FnMut(Call) -> Request<'f, T>,
    ) -> Result<T, Error> {
        let mut in_use = 0;
        loop {
            let error = match attempt(call).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let (kind, retry) = (error.failure.kind, error.failure.retry);
            let worth_it = match kind {
                Kind::Busy if retry == Retry::Never => {
                    in_use += 1;
                    in_use < IN_USE_MAX
                }
                Kind::Busy | Kind::Changed => true,
                Kind::AlreadyExists => retry != Retry::Never,
                _ => false,
            };
            let at = self.clock.now() + self.wait(retry);
            if !worth_it || at >= call.deadline {
                return Err(error);
            }
            self.clock.sleep_until(at).await;
        }
    }

    fn wait(&self, retry: Retry) -> Duration {
        match retry {
            Retry::After(wait) => wait.max(self.pause),
            _ => self.pause,
        }
    }

    /// Whether there is time for another look, after a pause.
    pub(super) async fn rest(&self, deadline: Instant) -> bool {
        let at = self.clock.now() + self.pause;
        if at >= deadline {
            return false;
        }
        self.clock.sleep_until(at).await;
        true
    }

    /// Waits until what was created is there.
    pub(super) async fn created(
        &self,
        cloud: &dyn ComputeProvider,
        creation: &Creation,
        call: Call,
    ) -> Result<Option<Server>, Error> {
        self.settled(cloud, creation.ticket.as_ref(), call).await
    }

    /// Waits until the work of a ticket has ended.
    pub(super) async fn settled(
        &self,
        cloud: &dyn ComputeProvider,
        ticket: Option<&Ticket>,
        call: Call,
    ) -> Result<Option<Server>, Error> {
        let Some(ticket) = ticket else { return Ok(None) };
        Ok(cloud.settle(ticket, call).await?.server)
    }
}
