//! Pinging the dead man's switch: success only while the watcher really works.
use std::time::{Duration, Instant};

use failover_core::Severity;
use notify::{Heartbeat, Ping};
use watcher::{Alert, Handle};

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

/// Pings for ever, every `every`. To be dropped when the watcher shall end.
pub async fn beat(heartbeat: Heartbeat, every: Duration, handle: Handle) {
    let mut failed = 0;
    say(&heartbeat, &Ping::Start, &handle, &mut failed).await;
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
        say(&heartbeat, &ping, &handle, &mut failed).await;
    }
}

async fn say(heartbeat: &Heartbeat, ping: &Ping, handle: &Handle, failed: &mut u32) {
    match heartbeat.send(ping, Instant::now() + PATIENCE).await {
        Ok(()) => {
            if std::mem::take(failed) > FORGIVEN {
                let text = "The dead man's switch is reached again.";
                let _ = tokio::time::timeout(PATIENCE, handle.clear(KEY, text)).await;
            }
        }
        Err(failure) => {
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
