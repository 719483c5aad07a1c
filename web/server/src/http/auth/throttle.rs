//! Guessing is slow: few attempts per address, few in all, few hashes at a time.
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use tokio::sync::Semaphore;

use crate::http::app::App;
use crate::http::problem::Refusal;

/// Failures an address may make at once, and how fast they are forgiven.
const PER_ADDRESS: Limit = Limit { burst: 5.0, every: Duration::from_secs(12) };
/// The same for all addresses together: a swarm of addresses guesses no faster.
const IN_ALL: Limit = Limit { burst: 50.0, every: Duration::from_secs(1) };
/// Addresses remembered; those with most left to spend are forgotten first.
const ADDRESSES_MAX: usize = 4096;
/// An argon2id hash takes 19 MiB and a core for some 20 ms.
const HASHES_AT_ONCE: usize = 2;
/// Callers that may wait for their turn.
const WAITING_MAX: usize = 32;

#[derive(Clone, Copy, Debug)]
struct Limit {
    burst: f64,
    every: Duration,
}

/// A purse of attempts that fills up with time.
#[derive(Clone, Copy, Debug)]
struct Purse {
    left: f64,
    at: Instant,
}

impl Purse {
    fn full(limit: Limit, now: Instant) -> Self {
        Self { left: limit.burst, at: now }
    }

    fn refill(&mut self, limit: Limit, now: Instant) {
        let earned = now.duration_since(self.at).as_secs_f64() / limit.every.as_secs_f64();
        self.left = (self.left + earned).min(limit.burst);
        self.at = now;
    }

    /// Seconds until one attempt is allowed; 0 if it is.
    fn wait_secs(&self, limit: Limit) -> u64 {
        if self.left >= 1.0 {
            return 0;
        }
        let wait = limit.every.mul_f64(1.0 - self.left);
        wait.as_secs() + 1
    }
}

/// Counts failed attempts and bounds the work attempts can cause.
#[derive(Debug)]
pub struct Throttle {
    purses: Mutex<(Option<Purse>, HashMap<IpAddr, Purse>)>,
    hashing: Semaphore,
    waiting: Semaphore,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            purses: Mutex::default(),
            hashing: Semaphore::new(HASHES_AT_ONCE),
            waiting: Semaphore::new(WAITING_MAX),
        }
    }
}

impl Throttle {
    /// Runs `work`, which hashes, when it is the caller's turn. An attempt costs until `succeeded`
    /// says that it was a good one.
    pub async fn attempt<T: Send + 'static>(
        &self,
        peer: Peer,
        work: impl FnOnce() -> T + Send + 'static,
        succeeded: impl FnOnce(&T) -> bool,
    ) -> Result<T, Refusal> {
        let Ok(_place) = self.waiting.try_acquire() else { return Err(too_many(2)) };
        self.spend(peer.0, Instant::now())?;
        let turn = self.hashing.acquire().await;
        let result = tokio::task::spawn_blocking(work).await;
        drop(turn);
        let result = result.map_err(|_| Refusal::unavailable("the server is ending"))?;
        if succeeded(&result) {
            self.forgive(peer.0);
        }
        Ok(result)
    }

    fn spend(&self, address: IpAddr, now: Instant) -> Result<(), Refusal> {
        let mut purses = self.purses.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, each) = &mut *purses;
        if each.len() >= ADDRESSES_MAX && !each.contains_key(&address) {
            let richest = each.iter().max_by(|a, b| a.1.left.total_cmp(&b.1.left));
            richest.map(|(key, _)| *key).map(|key| each.remove(&key));
        }
        let all = all.get_or_insert_with(|| Purse::full(IN_ALL, now));
        let own = each.entry(address).or_insert_with(|| Purse::full(PER_ADDRESS, now));
        all.refill(IN_ALL, now);
        own.refill(PER_ADDRESS, now);
        let wait = own.wait_secs(PER_ADDRESS).max(all.wait_secs(IN_ALL));
        if wait > 0 {
            return Err(too_many(wait));
        }
        own.left -= 1.0;
        all.left -= 1.0;
        Ok(())
    }

    /// Gives back what a good attempt has spent.
    fn forgive(&self, address: IpAddr) {
        let mut purses = self.purses.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, each) = &mut *purses;
        for purse in [all.as_mut(), each.get_mut(&address)].into_iter().flatten() {
            purse.left += 1.0;
        }
    }
}

fn too_many(secs: u64) -> Refusal {
    let detail = format!("too many failed attempts; try again in {secs} s");
    let status = axum::http::StatusCode::TOO_MANY_REQUESTS;
    Refusal::new(status, "too_many_attempts", "Too many attempts", detail).retry_after(secs)
}

/// Who is on the other end of the connection, as far as guessing is concerned.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

impl FromRequestParts<App> for Peer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let info: Result<ConnectInfo<SocketAddr>, _> =
            ConnectInfo::from_request_parts(parts, app).await;
        let direct = info.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
        // Only a proxy on this machine is believed, and only its own entry: the last one.
        let proxied = app.public_origin().is_some() && direct.is_loopback();
        let last = parts.headers.get_all("x-forwarded-for").iter().next_back();
        let named =
            last.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        Ok(Self(network(if proxied { named.unwrap_or(direct) } else { direct })))
    }
}

/// One household: an IPv4 address, or the /64 that one machine can choose its addresses from.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    const TWO: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

    #[test]
    fn the_sixth_failure_in_a_row_must_wait() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..5 {
            throttle.spend(ONE, now).expect("within the burst");
        }
        assert!(throttle.spend(ONE, now).is_err());
        assert!(throttle.spend(TWO, now).is_ok(), "another address is not punished");
        assert!(throttle.spend(ONE, now + Duration::from_secs(13)).is_ok(), "one is forgiven");
    }

    #[test]
    fn a_good_attempt_costs_nothing() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..100 {
            throttle.spend(ONE, now).expect("always enough left");
            throttle.forgive(ONE);
        }
    }

    #[test]
    fn a_swarm_of_addresses_is_bounded_too() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let each = |host: u8| IpAddr::V4(Ipv4Addr::new(198, 51, 100, host));
        let allowed = (0..200).filter(|host| throttle.spend(each(*host), now).is_ok()).count();
        assert_eq!(allowed, 50);
    }

    #[test]
    fn addresses_of_one_v6_network_count_together() {
        let a: IpAddr = "2001:db8:1:2::1".parse().expect("an address");
        let b: IpAddr = "2001:db8:1:2:ffff::1".parse().expect("an address");
        assert_eq!(network(a), network(b));
    }
}
