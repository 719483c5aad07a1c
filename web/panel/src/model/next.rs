//! What the machine would do next, and what stands against it.
use super::{site_name, site_names, time};
use crate::words;
use failover_core::{Blocker, ServiceSnapshot, Timestamp, Verdict, Why};

/// The machine's intention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// In a sentence.
    pub head: String,
    /// What stands against it, the weightiest first as the machine says them.
    pub blockers: Vec<String>,
    /// When it looks again, and why.
    pub deadline: Option<String>,
}

/// What comes next.
pub fn outlook(service: &ServiceSnapshot, now: Timestamp) -> Outlook {
    let next = &service.view.next;
    let deadline = match next.deadline {
        // These two are always about to happen: the pulse, not news.
        None | Some((_, Why::Stale | Why::Heartbeat)) => None,
        Some((at, why)) => Some(words::deadline(&time::countdown(time::between(now, at)), why)),
    };
    let blockers = next.blockers.iter().map(|one| blocker(service, one, now));
    Outlook { head: head(service), blockers: blockers.collect(), deadline }
}

fn head(service: &ServiceSnapshot) -> String {
    let view = &service.view;
    let next = &view.next;
    if let Some(open) = &view.open_move {
        return words::next_finish(&site_names(service, open.to));
    }
    let blocked = !next.blockers.is_empty();
    match (next.wants, next.reason) {
        (Some(wants), Some(reason)) => {
            words::next_wants(reason, &site_names(service, wants), blocked)
        }
        (Some(wants), None) => words::next_publish(&site_names(service, wants), blocked),
        (None, _) => {
            let active = view.sites.iter().filter(|site| site.active);
            let all_up =
                active.clone().count() > 0 && active.clone().all(|s| s.verdict == Verdict::Up);
            if all_up {
                words::next_nothing(&site_names(service, view.desired))
            } else {
                words::NEXT_WATCHING.to_owned()
            }
        }
    }
}

/// What would happen if the machine might act at this moment, whatever stands against it.
pub fn dry_run(service: &ServiceSnapshot) -> String {
    let view = &service.view;
    if let Some(open) = &view.open_move {
        return words::dry_open(&site_names(service, open.to));
    }
    let Some(wants) = view.next.wants else { return words::DRY_NOTHING.into() };
    let to = site_names(service, wants);
    match (wants == view.desired, view.next.blockers.len()) {
        (true, _) => words::dry_publish(&to),
        (false, 0) => words::dry_free(&to),
        (false, against) => words::dry_against(&to, against),
    }
}

/// What stands against a move, as it looks at `now`.
pub fn blocker(service: &ServiceSnapshot, blocker: &Blocker, now: Timestamp) -> String {
    let wait = |until: Timestamp| time::countdown(time::between(now, until));
    match blocker {
        Blocker::Disarmed => words::BLOCKED_DISARMED.to_owned(),
        Blocker::Latched { until: None } => words::BLOCKED_LATCHED.to_owned(),
        Blocker::Latched { until: Some(until) } => words::blocked_latched_for(&wait(*until)),
        Blocker::HoldDown { until } => words::blocked_hold_down(&wait(*until)),
        Blocker::Budget { until } => words::blocked_budget(&wait(*until)),
        Blocker::NoQuorum { have, need } => words::blocked_no_quorum(*have, *need),
        Blocker::NoCandidate => words::BLOCKED_NO_CANDIDATE.to_owned(),
        Blocker::CandidateTooFresh { site, until } => {
            words::blocked_too_fresh(&site_name(service, *site), &wait(*until))
        }
        Blocker::InMaintenance { site } => words::blocked_maintenance(&site_name(service, *site)),
        Blocker::Lag { site } => words::blocked_lag(&site_name(service, *site)),
        Blocker::MoveOpen { id } => words::blocked_move_open(id.0),
        Blocker::NotLeader => words::BLOCKED_NOT_LEADER.to_owned(),
        Blocker::NoJournal => words::BLOCKED_NO_JOURNAL.to_owned(),
        Blocker::SelfDistrust => words::BLOCKED_SELF_DISTRUST.to_owned(),
        Blocker::JustWoken { until } => words::blocked_just_woken(&wait(*until)),
        Blocker::StandbyStarting { site } => words::blocked_standby(&site_name(service, *site)),
        Blocker::NotAdopted => words::BLOCKED_NOT_ADOPTED.to_owned(),
        _ => words::BLOCKED_OTHERWISE.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{self, NOW};
    use failover_core::{MoveId, MoveKind, SiteId, SiteSet};

    #[test]
    fn a_healthy_service_needs_nothing() {
        let outlook = outlook(&fixture::service(), NOW);
        assert_eq!(outlook.head, "Nothing to do: London is up, and the name points there.");
        assert_eq!((outlook.blockers.len(), outlook.deadline), (0, None));
    }

    #[test]
    fn a_blocked_wish_names_what_stands_against_it() {
        let mut shop = fixture::service();
        shop.view.next.wants = Some(SiteSet::one(SiteId(1)));
        shop.view.next.reason = Some(MoveKind::Failover);
        shop.view.next.blockers = vec![
            Blocker::Disarmed,
            Blocker::HoldDown { until: fixture::after(42) },
            Blocker::NoQuorum { have: 1, need: 2 },
        ];
        shop.view.next.deadline = Some((fixture::after(42), Why::HoldDownEnds));
        let outlook = outlook(&shop, NOW);
        assert_eq!(outlook.head, "Would fail over to Falkenstein, but:");
        assert_eq!(outlook.blockers[0], "automation is off");
        assert_eq!(outlook.blockers[1], "the last move is too recent; hold-down ends in 42 s");
        assert_eq!(outlook.blockers[2], "1 vantage says that the site is down; 2 are needed");
        assert_eq!(outlook.deadline.unwrap(), "Looks again in 42 s, when the hold-down ends.");
    }

    #[test]
    fn a_dry_run_says_what_would_be_done_and_whether_anything_stands_against_it() {
        let mut shop = fixture::service();
        assert_eq!(dry_run(&shop), "if it might act now, it would do nothing.");
        shop.view.next.wants = Some(SiteSet::one(SiteId(1)));
        assert_eq!(dry_run(&shop), "it would move to Falkenstein: nothing stands against it.");
        shop.view.next.blockers = vec![Blocker::Disarmed, Blocker::MoveOpen { id: MoveId(7) }];
        assert_eq!(
            dry_run(&shop),
            "if it might act now, it would move to Falkenstein; 2 things stand against it."
        );
        shop.view.next.wants = Some(shop.view.desired);
        assert_eq!(dry_run(&shop), "if it might act now, it would publish London again.");
        let moving = dry_run(&fixture::moving());
        assert_eq!(moving, "the move to Falkenstein is under way; it would finish that.");
    }

    #[test]
    fn an_open_move_is_finished_first() {
        assert_eq!(outlook(&fixture::moving(), NOW).head, "Finishes the move to Falkenstein.");
    }
}
