//! Keeps a client below a vendor's rate limit, and some of the allowance for writes.
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderMap;

use crate::{Clock, Failure, Kind, Retry};

/// How many requests a vendor allows.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Rate {
    /// The most requests at once, after a pause long enough.
    pub burst: u32,
    /// How many requests per second are allowed again.
    pub per_second: f64,
    /// How many of `burst` are kept for writes: polling must not use up what a failover needs.
    /// At most half of the burst counts.
    pub reserve: u32,
}

impl Rate {
    /// `burst` requests at once and `per_second` on and on, none of them kept for writes.
    pub fn new(burst: u32, per_second: f64) -> Self {
        Self { burst, per_second, reserve: 0 }
    }

    /// The same rate, with `reserve` requests kept for writes.
    #[must_use]
    pub fn reserve(self, reserve: u32) -> Self {
        Self { reserve, ..self }
    }
}

/// A token bucket per set of credentials, corrected by the server's `RateLimit-*` headers.
#[derive(Debug)]
pub struct Pacer {
    rate: Option<Rate>,
    bucket: Mutex<Bucket>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    size: f64,
    per_second: f64,
    as_of: Option<Instant>,
}

impl Pacer {
    /// A full bucket that follows `rate` until the server's headers say otherwise.
    pub fn new(rate: Rate) -> Self {
        let size = f64::from(rate.burst.max(1));
        let bucket = Bucket { tokens: size, size, per_second: rate.per_second, as_of: None };
        Self { rate: Some(rate), bucket: Mutex::new(bucket) }
    }

    /// Never waits.
    pub fn unlimited() -> Self {
        Self { rate: None, ..Self::new(Rate::new(1, 1.0)) }
    }

    /// Waits until one request may start and takes its place; `write` may use the reserve.
    ///
    /// Fails at once with [`Kind::RateLimited`] when that would be after `deadline`.
    pub async fn acquire(
        &self,
        clock: &dyn Clock,
        write: bool,
        deadline: Instant,
    ) -> Result<(), Failure> {
        let Some(rate) = self.rate else { return Ok(()) };
        loop {
            let now = clock.now();
            let Some(wait) = self.take(rate, write, now) else { return Ok(()) };
            match now.checked_add(wait) {
                Some(at) if at < deadline => clock.sleep_until(at).await,
                _ => return Err(used_up(wait)),
            }
        }
    }

    /// Learns from a response: `RateLimit-Limit` and `RateLimit-Remaining`.
    ///
    /// `RateLimit-Reset` is when the bucket is *full* again (at Hetzner up to an hour ahead), so
    /// waiting for it would be far too long; the refill rate follows from the limit instead.
    /// Responses may overtake each other: a remainder above the own count is not believed.
    pub fn observe(&self, clock: &dyn Clock, headers: &HeaderMap) {
        let Some(rate) = self.rate else { return };
        let mut bucket = self.bucket();
        bucket.refill(clock.now());
        if let Some(limit) = number(headers, "ratelimit-limit").filter(|limit| *limit >= 1.0) {
            bucket.per_second = limit * rate.per_second / f64::from(rate.burst.max(1));
            bucket.size = limit;
        }
        if let Some(remaining) = number(headers, "ratelimit-remaining") {
            bucket.tokens = bucket.tokens.min(remaining.max(0.0));
        }
    }

    /// The server says "too many": the bucket is empty, whatever was counted here. Other programs
    /// with the same credentials draw from it too.
    pub fn drain(&self, clock: &dyn Clock) {
        let mut bucket = self.bucket();
        bucket.tokens = 0.0;
        bucket.as_of = Some(clock.now());
    }

    /// Takes one token, or says how long until there will be one.
    fn take(&self, rate: Rate, write: bool, now: Instant) -> Option<Duration> {
        let mut bucket = self.bucket();
        bucket.refill(now);
        let kept = if write { 0.0 } else { f64::from(rate.reserve).min(bucket.size / 2.0) };
        let missing = 1.0 + kept - bucket.tokens;
        if missing <= 0.0 {
            bucket.tokens -= 1.0;
            return None;
        }
        let wait = Duration::try_from_secs_f64(missing / bucket.per_second);
        // A little more than computed: rounding must not end in a second, tiny wait.
        Some(wait.map_or(Duration::MAX, |wait| wait.saturating_add(Duration::from_millis(1))))
    }

    fn bucket(&self) -> MutexGuard<'_, Bucket> {
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bucket {
    fn refill(&mut self, now: Instant) {
        if let Some(as_of) = self.as_of {
            let gained = now.saturating_duration_since(as_of).as_secs_f64() * self.per_second;
            self.tokens = (self.tokens + gained).min(self.size);
        }
        self.as_of = Some(now);
    }
}

fn used_up(wait: Duration) -> Failure {
    let message = format!(
        "the request allowance is used up: the next request may start in {:.1} s, after the \
         deadline",
        wait.as_secs_f64()
    );
    Failure::new(Kind::RateLimited, message).retry(Retry::After(wait))
}

fn number(headers: &HeaderMap, name: &str) -> Option<f64> {
    let number = headers.get(name)?.to_str().ok()?.trim().parse::<u32>().ok()?;
    Some(f64::from(number))
}
