//! Actions of servers, networks, firewalls and addresses.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::zone::time;

/// What a write started, until it has ended.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub id: u64,
    pub command: &'static str,
    pub resources: Vec<(&'static str, u64)>,
    pub started: Timestamp,
    pub finished: Option<Timestamp>,
    pub failed: bool,
    pub begun: Instant,
    pub takes: Duration,
}

impl Task {
    pub(super) fn concerns(&self, kind: &str, id: u64) -> bool {
        self.resources.iter().any(|(k, i)| *k == kind && *i == id)
    }

    /// Whether it runs and keeps other actions from the resource meanwhile.
    pub(super) fn locks(&self, kind: &str, id: u64) -> bool {
        // Firewalls are changed around a server, which does not notice; and a network bears many
        // servers that come and go at once.
        let aside = matches!(self.command, "apply_firewall" | "remove_firewall")
            || kind == "network" && self.resources.len() > 1;
        self.finished.is_none() && !aside && self.concerns(kind, id)
    }

    pub(super) fn status(&self) -> &'static str {
        match self.finished {
            None => "running",
            Some(_) if self.failed => "error",
            Some(_) => "success",
        }
    }

    pub(super) fn json(&self) -> Value {
        let resources: Vec<Value> =
            self.resources.iter().map(|(kind, id)| json!({"id": id, "type": kind})).collect();
        let failed = self.status() == "error";
        json!({
            "id": self.id,
            "command": self.command,
            "status": self.status(),
            "progress": self.progress(),
            "started": time(self.started),
            "finished": self.finished.map(time),
            "resources": resources,
            "error": failed.then(|| json!({"code": "action_failed", "message": "Action failed"})),
        })
    }

    fn progress(&self) -> u64 {
        if self.finished.is_some() {
            return 100;
        }
        let done = self.begun.elapsed().as_millis() * 100 / self.takes.as_millis().max(1);
        u64::try_from(done).unwrap_or(u64::MAX).min(95)
    }
}
