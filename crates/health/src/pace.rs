//! Overlapped probing: the next probe starts on time even if the last one still waits.
//!
//! Waiting for one probe to time out before the next one starts makes a black hole cost *n*
//! timeouts. Here it costs one timeout and *n - 1* intervals.
use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::check::Check;
use crate::outcome::Outcome;
use crate::prober::Prober;

/// How often to probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// From the start of one probe to the start of the next.
    pub interval: Duration,
    /// The same while something is suspect: the latest finished probe has failed, or one has been
    /// waiting for longer than this.
    pub fast_interval: Duration,
}

/// One finished probe.
#[derive(Clone, Debug)]
pub struct Report {
    /// When it was started.
    pub started: Instant,
    /// What it found.
    pub outcome: Outcome,
}

/// At most this many probes of one check wait at the same time; more would only pile up on a
/// machine that is itself in trouble.
const IN_FLIGHT_MAX: usize = 64;

impl Prober {
    /// Probes `address` with `check` for ever, calling `report` for every finished probe.
    ///
    /// The first probe starts after a random part of `jitter`, so that many checks do not start
    /// together. Probes overlap: see [`Pace`]. Reports can come out of order of their start. The
    /// future never ends; drop it to stop.
    pub async fn watch(
        &self,
        check: &Check,
        address: IpAddr,
        pace: Pace,
        jitter: Duration,
        mut report: impl FnMut(Report),
    ) {
        tokio::time::sleep(part_of(jitter)).await;
        let mut in_flight = FuturesUnordered::new();
        // Start times of the probes in flight, oldest first.
        let mut waiting: VecDeque<Instant> = VecDeque::new();
        let mut latest: Option<Instant> = None;
        let mut failed = false;
        loop {
            let now = Instant::now();
            let overdue = waiting.front().map(|oldest| *oldest + pace.fast_interval);
            let suspect = failed || overdue.is_some_and(|at| at <= now);
            let gap = if suspect { pace.fast_interval } else { pace.interval };
            let due = latest.map_or(now, |latest| latest + gap);
            let room = in_flight.len() < IN_FLIGHT_MAX;
            if room && due <= now {
                in_flight.push(async move { (now, self.probe(check, address).await) });
                waiting.push_back(now);
                latest = Some(now);
                continue;
            }
            // What happens next by itself: a start, or the oldest probe becoming overdue.
            let becomes_overdue = overdue.filter(|at| *at > now);
            let wake = room.then_some(due).into_iter().chain(becomes_overdue).min();
            tokio::select! {
                Some((started, outcome)) = in_flight.next() => {
                    waiting.retain(|other| *other != started);
                    failed = !outcome.is_ok();
                    report(Report { started, outcome });
                }
                () = sleep_until(wake) => {}
            }
        }
    }
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

fn part_of(jitter: Duration) -> Duration {
    let share = getrandom::u32().unwrap_or(0);
    jitter.mul_f64(f64::from(share) / f64::from(u32::MAX))
}
