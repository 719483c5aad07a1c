//! Outcomes in one word each.
use failover_core::Receipt;
use health::{Outcome, Problem};
use serde::Serialize;
use serde_json::Value;

/// What came of a probe, in one word.
pub(super) fn probe_word(outcome: &Outcome) -> &'static str {
    match &outcome.problem {
        None => "ok",
        Some(Problem::Refused) => "refused",
        Some(Problem::TimedOut { .. }) => "timed_out",
        Some(Problem::Unreachable { .. }) => "unreachable",
        Some(Problem::Broken { .. }) => "broken",
        Some(Problem::Status { .. }) => "status",
        Some(Problem::BodyLacks { .. } | Problem::BodyContains { .. }) => "body",
        Some(Problem::Tls { .. }) => "tls",
        Some(Problem::Dns { .. }) => "dns",
        Some(Problem::Database { .. } | Problem::ReadOnly { .. }) => "database",
        Some(Problem::Replication { .. }) => "replication",
        Some(Problem::Protocol { .. }) => "protocol",
        Some(Problem::NotRun { .. }) => "not_run",
        Some(_) => "other",
    }
}

/// What came of an attempt, in one word.
pub(super) fn receipt_word(receipt: &Receipt) -> String {
    let outcome = match receipt {
        Receipt::Applied => "applied",
        Receipt::AlreadySo => "already_so",
        Receipt::Refused { changed: true, .. } => "changed",
        Receipt::Refused { .. } => "refused",
        Receipt::Unknown { .. } => "unknown",
        _ => "other",
    };
    outcome.to_owned()
}

/// The word of the API for something without fields.
pub(super) fn word_of(value: &impl Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    word.as_ref().and_then(Value::as_str).unwrap_or("other").to_owned()
}

/// The word that tells a variant.
pub(super) fn tag(value: &impl Serialize, name: &str) -> String {
    let value = serde_json::to_value(value).ok();
    let word = value.as_ref().and_then(|value| value.get(name)).and_then(Value::as_str);
    word.unwrap_or("other").to_owned()
}
