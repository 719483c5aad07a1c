//! Keeps one token, renews it in time with one request for all callers.
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use secrecy::{ExposeSecret, SecretString};

use crate::backoff::jitter;
use crate::{Clock, Failure, Kind, Retry};

/// Renew when less than this is left. The metadata server hands out one and the same token until
/// 300 s before its end, so an earlier renewal would bring nothing.
const MARGIN: Duration = Duration::from_secs(240);

/// How long to leave the server in peace when a renewal failed or brought the same token.
const QUIET: Duration = Duration::from_secs(5);

/// How long a caller with a valid token waits for a better one.
const PATIENCE: Duration = Duration::from_secs(3);

/// A token as it was granted.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) token: SecretString,
    pub(super) lifetime: Duration,
}

/// A token, its renewal, and the memory of the last renewal's failure.
#[derive(Debug)]
pub(super) struct TokenCache {
    /// Whether the margin shrinks for short-lived tokens. Not for the metadata server: there a
    /// short life left means that a new token is due.
    whole_lifetimes: bool,
    state: Mutex<State>,
    /// Held by whoever renews.
    flight: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    held: Option<Held>,
    /// No renewal before this, as long as the token held is good.
    quiet_until: Option<Instant>,
    /// How many renewals have ended.
    rounds: u64,
    /// What the last renewal failed with.
    failure: Option<Failure>,
}

#[derive(Clone, Debug)]
struct Held {
    token: SecretString,
    /// Renew from here on.
    renew_at: Instant,
    /// Good until here.
    good_until: Instant,
    expires: Instant,
}

impl TokenCache {
    /// For an endpoint whose every answer is a new token with its whole life before it.
    pub(super) fn of_new_tokens() -> Self {
        Self { whole_lifetimes: true, state: Mutex::default(), flight: Default::default() }
    }

    /// For a server that hands out the same token until shortly before its end.
    pub(super) fn of_shared_tokens() -> Self {
        Self { whole_lifetimes: false, ..Self::of_new_tokens() }
    }

    /// The token held while it is fresh; otherwise what `fetch` brings by the deadline it is
    /// given. A good old token is served while somebody else renews it and when renewing fails.
    pub(super) async fn get<F, R>(
        &self,
        clock: &dyn Clock,
        deadline: Instant,
        fetch: F,
    ) -> Result<SecretString, Failure>
    where
        F: FnOnce(Instant) -> R + Send,
        R: Future<Output = Result<Grant, Failure>> + Send,
    {
        let now = clock.now();
        let (good, rounds) = {
            let state = self.state();
            if let Some(token) = state.fresh(now) {
                return Ok(token);
            }
            (state.good(now), state.rounds)
        };
        let _flight = match (&good, self.flight.try_lock()) {
            (_, Ok(flight)) => flight,
            (Some(token), Err(_)) => return Ok(token.clone()),
            (None, Err(_)) => self.queue(clock, deadline).await?,
        };
        let started = clock.now();
        let limit = {
            let state = self.state();
            if let Some(token) = state.fresh(started) {
                return Ok(token);
            }
            // Whoever was ahead in the queue asked for all of us.
            if let (None, true, Some(failure)) = (&good, state.rounds != rounds, &state.failure) {
                return Err(failure.clone());
            }
            good.as_ref().map_or(deadline, |_| deadline.min(started + PATIENCE))
        };
        let result = fetch(limit).await;
        self.finish(started, clock.now(), result)
    }

    /// Forgets `stale` if it is the token held.
    pub(super) fn invalidate(&self, stale: &SecretString) {
        let mut state = self.state();
        let held = state.held.as_ref().map(|held| held.token.expose_secret());
        if held == Some(stale.expose_secret()) {
            state.held = None;
            state.quiet_until = None;
        }
    }

    async fn queue(
        &self,
        clock: &dyn Clock,
        deadline: Instant,
    ) -> Result<tokio::sync::MutexGuard<'_, ()>, Failure> {
        futures_util::select_biased! {
            flight = self.flight.lock().fuse() => Ok(flight),
            () = clock.sleep_until(deadline).fuse() => {
                let text = "the deadline passed while waiting for a token";
                Err(Failure::new(Kind::Timeout, text).retry(Retry::Later))
            }
        }
    }

    fn finish(
        &self,
        started: Instant,
        now: Instant,
        result: Result<Grant, Failure>,
    ) -> Result<SecretString, Failure> {
        let mut state = self.state();
        state.rounds += 1;
        match result {
            Ok(grant) => {
                let old = state.held.take();
                let new = self.held(grant, started);
                let moved = old.is_none_or(|old| new.expires > old.expires + QUIET / 2);
                state.quiet_until = if moved { None } else { Some(quiet(now)) };
                state.failure = None;
                Ok(state.held.insert(new).token.clone())
            }
            Err(failure) => {
                state.failure = Some(failure.clone());
                let Some(token) = state.good(now) else { return Err(failure) };
                state.quiet_until = Some(quiet(now));
                tracing::warn!(%failure, "the Google token was not renewed; the old one still holds");
                Ok(token)
            }
        }
    }

    fn held(&self, grant: Grant, started: Instant) -> Held {
        let life = grant.lifetime;
        let margin = if self.whole_lifetimes { MARGIN.min(life / 4) } else { MARGIN };
        // Many watchers that started together should not renew together.
        let margin = margin - jitter(margin / 8);
        Held {
            token: grant.token,
            renew_at: started + life.saturating_sub(margin),
            good_until: started + (life - (life / 10).min(Duration::from_secs(10))),
            expires: started + life,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The token, unless it is time to renew it.
    fn fresh(&self, now: Instant) -> Option<SecretString> {
        let quiet = self.quiet_until.is_some_and(|until| now < until);
        let held = self.held.as_ref().filter(|held| now < held.renew_at || quiet)?;
        (now < held.good_until).then(|| held.token.clone())
    }

    /// The token, as long as servers will take it.
    fn good(&self, now: Instant) -> Option<SecretString> {
        self.held.as_ref().filter(|held| now < held.good_until).map(|held| held.token.clone())
    }
}

fn quiet(now: Instant) -> Instant {
    now + QUIET + jitter(QUIET / 2)
}
