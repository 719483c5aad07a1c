//! How something stands, reduced to the five shapes and colours of the panel.
use super::news::News;
use crate::words;
use failover_core::{Mode, ProviderStep, ServiceSnapshot, SiteView, Verdict};

/// A shape, a word and a colour; in rising order of how much it wants to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tone {
    /// As it should be.
    Up,
    /// A human took it out.
    Maint,
    /// Nobody knows.
    Unknown,
    /// Something wants attention.
    Warn,
    /// It does not serve.
    Down,
}

impl Tone {
    /// The class that carries the colour.
    pub fn class(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Maint => "maint",
            Self::Unknown => "unknown",
            Self::Warn => "warn",
            Self::Down => "down",
        }
    }

    /// The word beside the shape.
    pub fn word(self) -> &'static str {
        match self {
            Self::Up => words::UP.text(),
            Self::Maint => words::MAINTENANCE.text(),
            Self::Unknown => words::UNKNOWN.text(),
            Self::Warn => words::ATTENTION.text(),
            Self::Down => words::DOWN.text(),
        }
    }
}

/// What a verdict looks like.
pub fn verdict(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Up => Tone::Up,
        Verdict::Down => Tone::Down,
        Verdict::Unknown => Tone::Unknown,
    }
}

/// How a site stands; one that is down in maintenance is not an alarm.
pub fn site(site: &SiteView) -> Tone {
    if site.maintenance.is_some() { Tone::Maint } else { verdict(site.verdict) }
}

/// How a service stands for the people who use it and for the operator.
pub fn service(service: &ServiceSnapshot) -> Tone {
    let view = &service.view;
    let active = || view.sites.iter().filter(|site| site.active);
    if view.desired.is_empty() || active().next().is_none() {
        return Tone::Unknown;
    }
    if active().all(|site| site.verdict == Verdict::Down) {
        return Tone::Down;
    }
    let attention = view.unacknowledged
        || view.open_move.is_some()
        || view.latched.is_some()
        || matches!(view.mode, Mode::Disarmed { .. })
        || view
            .sites
            .iter()
            .any(|site| site.verdict == Verdict::Down && site.maintenance.is_none())
        || view
            .providers
            .iter()
            .any(|provider| provider.drift.is_some() || provider.step != ProviderStep::Settled);
    if attention {
        Tone::Warn
    } else if active().all(|site| site.verdict == Verdict::Unknown) {
        Tone::Unknown
    } else {
        Tone::Up
    }
}

/// The worst of all services; a watcher that cannot write its journal cannot help any of them.
pub fn all(snapshot: &News) -> Tone {
    let worst = snapshot.services.iter().map(service).max().unwrap_or(Tone::Unknown);
    if snapshot.journal_problem.is_some() { worst.max(Tone::Warn) } else { worst }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture;
    use failover_core::{Actor, SiteSet, Timestamp};

    #[test]
    fn a_healthy_service_is_up() {
        assert_eq!(service(&fixture::service()), Tone::Up);
    }

    #[test]
    fn a_dead_active_site_is_worse_than_a_dead_standby() {
        let mut shop = fixture::service();
        shop.view.sites[1].verdict = Verdict::Down;
        assert_eq!(service(&shop), Tone::Warn);
        shop.view.sites[0].verdict = Verdict::Down;
        assert_eq!(service(&shop), Tone::Down);
    }

    #[test]
    fn a_standby_in_maintenance_is_no_alarm() {
        let mut shop = fixture::service();
        shop.view.sites[1].verdict = Verdict::Down;
        shop.view.sites[1].maintenance =
            Some((Timestamp::from_millis(9), Actor("anna".to_owned())));
        assert_eq!(service(&shop), Tone::Up);
        assert_eq!(site(&shop.view.sites[1]), Tone::Maint);
    }

    #[test]
    fn a_service_without_answer_is_unknown_and_the_worst_one_counts() {
        let mut fresh = fixture::service();
        fresh.view.desired = SiteSet::EMPTY;
        assert_eq!(service(&fresh), Tone::Unknown);
        let mut snapshot = fixture::snapshot();
        snapshot.services.push(fresh);
        assert_eq!(all(&snapshot), Tone::Unknown);
        snapshot.journal_problem = Some("disk full".to_owned());
        assert_eq!(all(&snapshot), Tone::Warn);
    }
}
