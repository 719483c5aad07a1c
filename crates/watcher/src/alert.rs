//! Conditions that last and are no event of a machine: the journal, the network, a peer.
use failover_core::{AlertView, Severity, Timestamp};

/// A condition that lasts until it is cleared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// What it is about, such as `journal` or `peer:fra-2`; one of a key lasts at a time.
    pub key: String,
    /// How urgent it is.
    pub severity: Severity,
    /// The service it concerns; `None`: the watcher as a whole.
    pub service: Option<String>,
    /// One English sentence.
    pub text: String,
}

impl Alert {
    /// An alert that concerns the watcher as a whole.
    pub fn new(key: impl Into<String>, severity: Severity, text: impl Into<String>) -> Self {
        Self { key: key.into(), severity, service: None, text: text.into() }
    }

    /// The same alert, which concerns one service.
    #[must_use]
    pub fn of(self, service: impl Into<String>) -> Self {
        Self { service: Some(service.into()), ..self }
    }
}

/// What raising an alert has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Raised {
    /// It lasts from now on, or is more or less urgent than it was.
    Anew,
    /// It lasted already; only its text is another.
    Reworded,
    /// Nothing.
    Same,
}

/// The alerts that last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alerts(Vec<(Alert, Timestamp)>);

impl Alerts {
    /// Puts `alert` in place of the one with its key, which keeps the moment it began.
    pub(crate) fn raise(&mut self, alert: Alert, now: Timestamp) -> Raised {
        let Some((known, _)) = self.0.iter_mut().find(|(known, _)| known.key == alert.key) else {
            self.0.push((alert, now));
            return Raised::Anew;
        };
        let raised = if known.severity != alert.severity {
            Raised::Anew
        } else if *known != alert {
            Raised::Reworded
        } else {
            Raised::Same
        };
        *known = alert;
        raised
    }

    /// Ends the one with this key, if it lasts.
    pub(crate) fn clear(&mut self, key: &str) -> Option<Alert> {
        let place = self.0.iter().position(|(known, _)| known.key == key)?;
        Some(self.0.remove(place).0)
    }

    /// As they are shown, the longest-lasting first.
    pub(crate) fn shown(&self) -> Vec<AlertView> {
        let shown = self.0.iter().map(|(alert, since)| AlertView {
            key: alert.key.clone(),
            severity: alert.severity,
            service: alert.service.clone(),
            text: alert.text.clone(),
            since: *since,
        });
        shown.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Timestamp = Timestamp::from_millis(1000);
    const LATER: Timestamp = Timestamp::from_millis(2000);

    fn alert(severity: Severity, text: &str) -> Alert {
        Alert::new("journal", severity, text)
    }

    #[test]
    fn a_key_lasts_once_and_keeps_the_moment_it_began() {
        let mut alerts = Alerts::default();
        assert_eq!(alerts.raise(alert(Severity::Warning, "slow"), FIRST), Raised::Anew);
        assert_eq!(alerts.raise(alert(Severity::Warning, "slow"), LATER), Raised::Same);
        assert_eq!(alerts.raise(alert(Severity::Warning, "slower"), LATER), Raised::Reworded);
        assert_eq!(alerts.raise(alert(Severity::Critical, "gone"), LATER), Raised::Anew);
        let shown = alerts.shown();
        assert_eq!(shown.len(), 1);
        assert_eq!((shown[0].since, shown[0].text.as_str()), (FIRST, "gone"));
    }

    #[test]
    fn what_is_over_is_over_once() {
        let mut alerts = Alerts::default();
        alerts.raise(alert(Severity::Critical, "gone").of("app"), FIRST);
        let over = alerts.clear("journal").expect("it lasted");
        assert_eq!(over.service.as_deref(), Some("app"));
        assert_eq!(alerts.clear("journal"), None);
        assert!(alerts.shown().is_empty());
    }
}
