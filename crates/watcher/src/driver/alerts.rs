//! Raising and clearing alerts: said in the log, shown in the snapshot, told to people.
use failover_core::Severity;

use super::Driver;
use crate::alert::{Alert, Raised};

/// The key of the alert that the journal cannot be written.
const JOURNAL: &str = "journal";
/// The key of the alert that this vantage is cut off.
const ISOLATED: &str = "isolated";

impl Driver {
    /// `alert` lasts from now on. Raised again, only its text changes; with another severity it
    /// is told again.
    pub(crate) fn raise(&mut self, alert: Alert) {
        let Alert { key, severity, text, .. } = &alert;
        let (key, severity, text) = (key.clone(), *severity, text.clone());
        let raised = self.alerts.raise(alert, self.setup.clock.now());
        if raised == Raised::Same {
            return;
        }
        match (raised, severity) {
            (Raised::Reworded, _) => tracing::debug!(alert = key, "{text}"),
            (_, Severity::Info) => tracing::info!(alert = key, "{text}"),
            (_, Severity::Warning) => tracing::warn!(alert = key, "{text}"),
            (_, Severity::Critical) => tracing::error!(alert = key, "{text}"),
        }
        self.pictures.hurry();
    }

    /// The alert of `key` is over; `text` says so. Nothing happens if it does not last.
    pub(crate) fn clear(&mut self, key: &str, text: &str) {
        if self.alerts.clear(key).is_some() {
            tracing::warn!(alert = key, "{text}");
            self.pictures.hurry();
        }
    }

    pub(super) fn journal_is_lost(&mut self, problem: &str) {
        let text = format!("Nothing is changed any more: {problem}.");
        self.raise(Alert::new(JOURNAL, Severity::Critical, text));
    }

    pub(super) fn journal_is_back(&mut self, kept: usize, lost: u64) {
        let text =
            format!("The journal is writable again; {kept} events were kept, {lost} are lost.");
        self.clear(JOURNAL, &text);
    }

    pub(super) fn is_isolated(&mut self, isolated: bool) {
        let vantage = &self.setup.vantage;
        if isolated {
            let text = format!(
                "The vantage {vantage} is cut off: none of its anchors answers, and what it probes \
                 counts for nothing."
            );
            self.raise(Alert::new(ISOLATED, Severity::Warning, text));
        } else {
            let text = format!("The vantage {vantage} is not cut off any more.");
            self.clear(ISOLATED, &text);
        }
    }
}
