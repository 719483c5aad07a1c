//! The settings that are in effect, in the words of the file.
use std::time::Duration;

use failover_core::{
    AnswerMode, Drift, Failback, Fall, Fence, Latch, OnAllDown, PolicySpec, Require,
};
use health::{Check, Kind};

use super::duration::show;

/// Every setting of a policy that the file can set, as key and value.
pub fn policy(spec: &PolicySpec) -> Vec<(&'static str, String)> {
    let time = |duration: Duration| quoted(&show(duration));
    vec![
        ("fall", fall(spec.fall)),
        ("rise", spec.rise.to_string()),
        ("grey", spec.grey.to_string()),
        ("require", require(spec.require)),
        ("quorum", format!("{} of {} vantages", spec.quorum, spec.vantages.len())),
        ("freshness", time(spec.freshness)),
        ("candidate_up_for", time(spec.candidate_up_for)),
        ("hold_down", time(spec.hold_down)),
        ("moves_max", format!("{} per {}", spec.moves_max, show(spec.moves_window))),
        ("latch", latch(spec.latch)),
        ("failback", failback(spec.failback)),
        ("answer", quoted(if spec.answer == AnswerMode::AllUp { "all_up" } else { "active" })),
        ("on_all_down", quoted(on_all_down(spec.on_all_down))),
        ("complete_at", format!("{} of {} providers", spec.complete_at, spec.providers.len())),
        ("drift", quoted(if spec.drift == Drift::Repair { "repair" } else { "alert" })),
        ("fence", quoted(fence(spec.fence))),
        ("lag_max", spec.lag_max.map_or_else(|| quoted("off"), time)),
        ("attempt_timeout", time(spec.attempt_timeout)),
        ("retry_min", time(spec.retry_min)),
        ("retry_max", time(spec.retry_max)),
        ("split_after", time(spec.split_after)),
        ("pause_max", time(spec.pause_max)),
        ("tick_gap_max", time(spec.tick_gap_max)),
    ]
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn fall(fall: Fall) -> String {
    match fall {
        Fall::InARow(count) => format!("{count} in a row"),
        Fall::Window { of, failed } => format!("{failed} of the last {of}"),
        _ => "unknown".to_owned(),
    }
}

fn require(require: Require) -> String {
    match require {
        Require::Any => quoted("any"),
        Require::All => quoted("all"),
        Require::AtLeast(count) => count.to_string(),
        _ => "unknown".to_owned(),
    }
}

fn latch(latch: Latch) -> String {
    match latch {
        Latch::UntilRearmed => quoted("until_rearmed"),
        Latch::For(duration) => quoted(&show(duration)),
        Latch::Off => quoted("off"),
        _ => "unknown".to_owned(),
    }
}

fn failback(failback: Failback) -> String {
    match failback {
        Failback::Manual => quoted("manual"),
        Failback::Auto { stable_for } => quoted(&show(stable_for)),
        _ => "unknown".to_owned(),
    }
}

fn fence(fence: Fence) -> &'static str {
    match fence {
        Fence::Before => "before",
        Fence::After => "after",
        _ => "never",
    }
}

fn on_all_down(on_all_down: OnAllDown) -> &'static str {
    match on_all_down {
        OnAllDown::AnswerAll => "answer_all",
        _ => "hold",
    }
}

/// A check in a few words.
pub fn check(check: &Check) -> String {
    match &check.kind {
        Kind::Icmp => "ICMP echo".to_owned(),
        Kind::Tcp { port } => format!("TCP {port}"),
        Kind::Http(http) => {
            let scheme = if http.https { "https" } else { "http" };
            let must: Vec<String> =
                http.contains.iter().map(|text| format!(", must contain \"{text}\"")).collect();
            format!("{} {scheme}:{}{}{}", http.method, http.port, http.path, must.concat())
        }
        Kind::Tls(tls) => format!("TLS {}", tls.port),
        Kind::Dns(dns) => format!("DNS {} {}", dns.name, dns.rtype),
        Kind::Mariadb(mariadb) => {
            let heartbeat = mariadb.heartbeat.as_ref();
            let beat = heartbeat.filter(|heartbeat| heartbeat.write);
            let beat = beat.map_or_else(String::new, |beat| format!(", writes to {}", beat.table));
            format!("MariaDB {} as {}{beat}", mariadb.port, mariadb.user)
        }
        _ => "unknown".to_owned(),
    }
}
