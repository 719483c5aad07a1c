//! Telling systemd that the watcher is ready, how it is, and that it lives.
use std::time::{Duration, Instant};

use failover_core::{Snapshot, Verdict};
use sd_notify::NotifyState;
use watcher::{Handle, Health};

use crate::cli::served_from;

/// How often it looks at the watcher.
const LOOK: Duration = Duration::from_millis(250);
/// The loop comes round several times a second; systemd is not told that it lives if it does not.
const ALIVE: Duration = Duration::from_secs(5);

/// Reports until the watcher shall end; returns at once where nobody has asked for it (a unit with
/// `Type=notify` sets `NOTIFY_SOCKET`, `WatchdogSec=` sets `WATCHDOG_USEC`).
///
/// Ready is when a probe has ended: the loop runs and looks. What it finds, and whether the journal
/// can be written, is no matter of readiness: a restart would mend neither.
pub async fn report(handle: Handle, stop: impl Future<Output = ()>) {
    if std::env::var_os("NOTIFY_SOCKET").is_none() {
        return;
    }
    let watchdog = sd_notify::watchdog_enabled().map(|limit| limit / 3);
    let mut stop = std::pin::pin!(stop);
    let (mut ready, mut said, mut barked) = (false, String::new(), None::<Instant>);
    loop {
        let health = handle.health();
        if !ready && health.probe_age.is_some() {
            ready = true;
            tell(&[NotifyState::Ready]);
        }
        let status = sentence(&handle.snapshot(), &health);
        if status != said {
            tell(&[NotifyState::Status(&status)]);
            said = status;
        }
        let alive = health.loop_age.is_some_and(|age| age < ALIVE);
        if let Some(every) = watchdog
            && alive
            && barked.is_none_or(|at| at.elapsed() >= every)
        {
            tell(&[NotifyState::Watchdog]);
            barked = Some(Instant::now());
        }
        let pause = watchdog.map_or(LOOK, |every| every.min(LOOK));
        tokio::select! {
            () = &mut stop => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
    tell(&[NotifyState::Stopping]);
}

/// What `systemctl status` shows.
fn sentence(snapshot: &Snapshot, health: &Health) -> String {
    if let Some(problem) = &health.problem {
        return one_line(problem);
    }
    let services = snapshot.services.iter().map(|service| {
        let up = service.view.sites.iter().filter(|site| site.verdict == Verdict::Up).count();
        let all = service.view.sites.len();
        let from = served_from(service);
        let moving = if service.view.open_move.is_some() { ", a move is open" } else { "" };
        format!("{} from {from} ({up} of {all} sites up{moving})", service.view.service)
    });
    let services = services.collect::<Vec<_>>().join("; ");
    match snapshot.alerts.first() {
        Some(alert) => one_line(&format!("{services}; {}", alert.text)),
        None => services,
    }
}

/// A line break would begin another message to systemd.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!("systemd cannot be told: {error}");
    }
}
