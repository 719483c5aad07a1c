//! Pinging the dead man's switch: success only while the watcher really works.
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use failover_core::{Severity, Timestamp};
use notify::{Heartbeat, Ping};
use watcher::{Alert, Handle};
use web_api::HeartbeatState;

/// The key of the alert that the switch cannot be reached.
const KEY: &str = "heartbeat";
/// How long one ping may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// One lost ping is forgiven: these switches have a grace, too.
const FORGIVEN: u32 = 1;
/// The first ping waits until there is something to say.
const FIRST: Duration = Duration::from_secs(5);
/// How often it looks whether there is.
const LOOK: Duration = Duration::from_millis(100);

/// A dead man's switch that is to be pinged.
#[derive(Debug)]
pub struct Beating {
    heartbeat: Heartbeat,
    every: Duration,
    heard: Heard,
}

/// What was last heard of it; cheap to clone.
#[derive(Clone, Debug)]
pub struct Heard(Arc<Mutex<HeartbeatState>>);

impl Heard {
    /// How it was last reached.
    pub fn state(&self) -> HeartbeatState {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut HeartbeatState)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Beating {
    /// `heartbeat`, pinged every `every`.
    pub fn new(heartbeat: Heartbeat, every: Duration) -> Self {
        let state = HeartbeatState {
            every_secs: every.as_secs(),
            reached: None,
            problem: None,
            said: None,
        };
        Self { heartbeat, every, heard: Heard(Arc::new(Mutex::new(state))) }
    }

    /// Where to hear of it.
    pub fn heard(&self) -> Heard {
        self.heard.clone()
    }
}

/// Pings for ever. To be dropped when the watcher shall end.
pub async fn beat(beating: Beating, handle: Handle) {
    let every = beating.every;
    let mut failed = 0;
    say(&beating, &Ping::Start, &handle, &mut failed).await;
    let until = Instant::now() + FIRST.min(every);
    while handle.health().problem.is_some() && Instant::now() < until {
        tokio::time::sleep(LOOK).await;
    }
    let mut rounds = tokio::time::interval(every);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        let ping = match handle.health().problem {
            None => Ping::Success,
            Some(problem) => Ping::Fail(problem),
        };
        say(&beating, &ping, &handle, &mut failed).await;
    }
}

async fn say(beating: &Beating, ping: &Ping, handle: &Handle, failed: &mut u32) {
    let said = match ping {
        Ping::Fail(problem) => Some(problem.clone()),
        _ => None,
    };
    match beating.heartbeat.send(ping, Instant::now() + PATIENCE).await {
        Ok(()) => {
            let reached = Some(now());
            beating.heard.change(|state| {
                *state = HeartbeatState { reached, problem: None, said, ..state.clone() };
            });
            if std::mem::take(failed) > FORGIVEN {
                let text = "The dead man's switch is reached again.";
                let _ = tokio::time::timeout(PATIENCE, handle.clear(KEY, text)).await;
            }
        }
        Err(failure) => {
            let problem = Some(failure.to_string());
            beating.heard.change(|state| {
                *state = HeartbeatState { problem, said, ..state.clone() };
            });
            *failed = failed.saturating_add(1);
            if *failed > FORGIVEN {
                let text = format!(
                    "The dead man's switch cannot be reached, so that it may soon raise the \
                     alarm: {failure}."
                );
                let alert = Alert::new(KEY, Severity::Warning, text);
                let _ = tokio::time::timeout(PATIENCE, handle.raise(alert)).await;
            }
        }
    }
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let millis = since.unwrap_or_default().as_millis();
    Timestamp::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}
