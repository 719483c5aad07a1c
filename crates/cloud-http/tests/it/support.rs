//! Shorthands for tests.
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_http::{
    Backoff, Call, Client, Clock, Failure, HttpOptions, HttpTransport, Kind, Retry, StaticToken,
    TokenSource, Vendor, excerpt,
};

pub const TOKEN: &str = "token-0123456789abcdefghijklmnopqrstuvwxyz";

/// A clock on which waiting takes no time: it jumps, and remembers how far.
#[derive(Debug)]
pub struct SkipClock {
    start: Instant,
    wall: SystemTime,
    slept: Mutex<Vec<Duration>>,
}

impl SkipClock {
    pub fn new() -> Arc<Self> {
        Self::at(SystemTime::now())
    }

    /// With this time of day.
    pub fn at(wall: SystemTime) -> Arc<Self> {
        Arc::new(Self { start: Instant::now(), wall, slept: Mutex::default() })
    }

    pub fn slept(&self) -> Vec<Duration> {
        self.slept.lock().unwrap().clone()
    }

    /// A deadline nobody's machine is too slow for, on this clock.
    pub fn later(&self) -> Instant {
        self.now() + Duration::from_secs(60)
    }

    pub fn skip(&self, by: Duration) {
        self.slept.lock().unwrap().push(by);
    }

    fn passed(&self) -> Duration {
        self.slept.lock().unwrap().iter().sum()
    }
}

#[async_trait]
impl Clock for SkipClock {
    fn now(&self) -> Instant {
        self.start + self.passed()
    }

    fn wall(&self) -> SystemTime {
        self.wall + self.passed()
    }

    async fn sleep_until(&self, at: Instant) {
        self.skip(at.saturating_duration_since(self.now()));
        tokio::task::yield_now().await;
    }
}

/// A vendor whose status alone says what is wrong, and whose body is the message.
#[derive(Debug)]
pub struct PlainVendor;

impl Vendor for PlainVendor {
    fn failure(&self, response: &http::Response<Bytes>, _wall: SystemTime) -> Failure {
        let (kind, retry) = match response.status().as_u16() {
            401 => (Kind::Auth, Retry::Never),
            404 => (Kind::NotFound, Retry::Never),
            412 => (Kind::Changed, Retry::AfterReread),
            429 => (Kind::RateLimited, Retry::Later),
            500..=599 => (Kind::Unavailable, Retry::Later),
            _ => (Kind::Invalid, Retry::Never),
        };
        Failure::new(kind, excerpt(response.body(), 500)).retry(retry)
    }
}

pub fn transport() -> Arc<HttpTransport> {
    let mut options = HttpOptions::default();
    // A loaded machine may need long for a handshake; tests of time-outs set their own.
    options.connect_timeout = Duration::from_secs(30);
    Arc::new(HttpTransport::new(options).unwrap())
}

pub fn static_token() -> Arc<dyn TokenSource> {
    Arc::new(StaticToken::new(TOKEN.into()))
}

/// A client of `base` with the plain vendor.
pub fn client(base: &str) -> Client {
    Client::new("acme", base, transport(), static_token(), Arc::new(PlainVendor))
        .attempt_timeout(Duration::from_secs(60))
        .with_backoff(Backoff::new(Duration::from_millis(1), Duration::from_millis(4), 10))
}

/// A call nobody's machine is too slow for.
pub fn call() -> Call {
    Call::until(later())
}

/// A deadline nobody's machine is too slow for.
pub fn later() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

/// `from` plus `ms` milliseconds.
pub fn millis(from: Instant, ms: u64) -> Instant {
    from + Duration::from_millis(ms)
}

/// An address where nobody listens.
pub fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}
