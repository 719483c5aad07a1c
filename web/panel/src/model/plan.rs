//! The dialog of a move: what it will ask for, and when it must not.
use failover_core::{Command, MoveId, ServiceSnapshot, SiteId, Timestamp};
use std::time::Duration;

/// What the operator saw when the dialog was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The service.
    pub service: String,
    /// The site that was active.
    pub from: SiteId,
    /// The site to move to.
    pub to: SiteId,
    /// The generation that was published.
    pub generation: MoveId,
}

impl Draft {
    /// A move of `service` to `to`; `None` if not exactly one site is active or it is that one.
    pub fn new(service: &ServiceSnapshot, to: SiteId) -> Option<Self> {
        let view = &service.view;
        let from = view.desired.single().filter(|from| *from != to)?;
        let service = view.service.clone();
        Some(Self { service, from, to, generation: view.generation })
    }

    /// Whether the world has moved since.
    pub fn is_stale(&self, service: &ServiceSnapshot) -> bool {
        let view = &service.view;
        view.generation != self.generation
            || view.open_move.is_some()
            || view.desired.single() != Some(self.from)
    }

    /// What to ask for: a switchover where the plan allows it, otherwise force.
    pub fn command(&self, allowed: bool) -> Command {
        let (from, to) = (self.from, self.to);
        if allowed { Command::SwitchOver { from, to } } else { Command::Force { from, to } }
    }
}

/// Whether what was typed is the name that was asked for.
pub fn is_typed(typed: &str, name: &str) -> bool {
    typed.trim() == name
}

/// How long a pause can be made in one click.
pub const PAUSES: [Duration; 4] = [
    Duration::from_secs(15 * 60),
    Duration::from_secs(60 * 60),
    Duration::from_secs(4 * 60 * 60),
    Duration::from_secs(24 * 60 * 60),
];

/// When a pause that begins now ends.
pub fn pause_ends(now: Timestamp, pause: Duration) -> Timestamp {
    now.plus(pause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture;

    #[test]
    fn the_command_names_where_from_and_where_to() {
        let draft = Draft::new(&fixture::service(), SiteId(1)).unwrap();
        let (from, to) = (SiteId(0), SiteId(1));
        assert_eq!(draft.command(true), Command::SwitchOver { from, to });
        assert_eq!(draft.command(false), Command::Force { from, to });
    }

    #[test]
    fn there_is_no_move_to_where_one_is() {
        assert_eq!(Draft::new(&fixture::service(), SiteId(0)), None);
    }

    #[test]
    fn a_dialog_goes_stale_when_the_world_moves() {
        let draft = Draft::new(&fixture::service(), SiteId(1)).unwrap();
        assert!(!draft.is_stale(&fixture::service()));
        assert!(draft.is_stale(&fixture::moving()));
        assert!(draft.is_stale(&fixture::moved()));
    }

    #[test]
    fn the_name_must_be_typed_exactly() {
        assert!(is_typed(" shop ", "shop"));
        assert!(!is_typed("Shop", "shop"));
        assert!(!is_typed("", "shop"));
    }
}
