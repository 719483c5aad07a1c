//! What holds at this moment, from the snapshot.
use failover_core::{
    Answer, Mode, ProviderStep, ProviderView, ServiceSnapshot, SiteView, Timestamp, Verdict, View,
};
use serde_json::Value;

use super::page::Page;
use super::{Seen, list};

const VERDICTS: [(&str, Verdict); 3] =
    [("up", Verdict::Up), ("down", Verdict::Down), ("unknown", Verdict::Unknown)];

/// What can stand against a move, in the API's words.
const BLOCKERS: [&str; 16] = [
    "disarmed",
    "latched",
    "hold_down",
    "budget",
    "no_quorum",
    "no_candidate",
    "candidate_too_fresh",
    "in_maintenance",
    "lag",
    "move_open",
    "not_leader",
    "no_journal",
    "self_distrust",
    "just_woken",
    "standby_starting",
    "not_adopted",
];

pub fn program(page: &mut Page, seen: &Seen<'_>) {
    let snapshot = seen.snapshot;
    page.count(&list::BUILD, &[&snapshot.version, &snapshot.vantage], 1);
    page.value(&list::START, &[], seconds(snapshot.started));
    page.value(&list::SNAPSHOT, &[], seconds(snapshot.at));
    page.count(&list::LISTENERS, &[], seen.listeners as u64);
}

pub fn service(page: &mut Page, service: &ServiceSnapshot) {
    let view = &service.view;
    let name = &*view.service;
    for site in &view.sites {
        self::site(page, name, site);
    }
    for vote in view.sites.first().into_iter().flat_map(|site| &site.votes) {
        page.flag(&list::ISOLATED, &[name, &vote.vantage], vote.isolated);
    }
    self::machine(page, view);
    for provider in &view.providers {
        self::provider(page, service, provider);
    }
}

/// A moment as Prometheus writes it.
pub fn seconds(at: Timestamp) -> f64 {
    at.as_millis() as f64 / 1000.0
}

fn site(page: &mut Page, service: &str, site: &SiteView) {
    let name = &*site.name;
    for ((word, verdict), votes) in VERDICTS.iter().zip(site.tally) {
        page.flag(&list::VERDICT, &[service, name, word], site.verdict == *verdict);
        page.count(&list::VOTES, &[service, name, word], votes.into());
    }
    for vote in &site.votes {
        let vantage = &*vote.vantage;
        for (word, verdict) in VERDICTS {
            let said = vote.verdict == verdict;
            page.flag(&list::VOTE, &[service, name, vantage, word], said);
        }
        page.flag(&list::STALE, &[service, name, vantage], vote.stale);
    }
    page.flag(&list::ACTIVE, &[service, name], site.active);
    page.flag(&list::MAINTENANCE, &[service, name], site.maintenance.is_some());
    if let Some(lag) = site.lag_ms {
        page.value(&list::LAG, &[service, name], lag as f64 / 1000.0);
    }
}

fn machine(page: &mut Page, view: &View) {
    let name = &*view.service;
    page.flag(&list::ARMED, &[name], matches!(view.mode, Mode::Armed { .. }));
    page.flag(&list::LATCHED, &[name], view.latched.is_some());
    page.flag(&list::MOVE_OPEN, &[name], view.open_move.is_some());
    let age = view.open_move.as_ref().map(|open| view.now.since(open.since));
    page.value(&list::MOVE_AGE, &[name], age.unwrap_or_default().as_secs_f64());
    page.count(&list::MOVES_LEFT, &[name], view.moves_left.into());
    page.flag(&list::UNACKNOWLEDGED, &[name], view.unacknowledged);
    let wanted = view.next.wants.is_some();
    let blockers = view.next.blockers.iter().filter(|_| wanted).filter_map(|blocker| {
        let value = serde_json::to_value(blocker).ok()?;
        value.get("blocker").and_then(Value::as_str).map(str::to_owned)
    });
    let blockers: Vec<String> = blockers.collect();
    for known in BLOCKERS {
        page.flag(&list::BLOCKED, &[name, known], blockers.iter().any(|word| word == known));
    }
}

fn provider(page: &mut Page, service: &ServiceSnapshot, provider: &ProviderView) {
    let labels = [&*service.view.service, &*provider.name];
    page.flag(&list::SETTLED, &labels, matches!(provider.step, ProviderStep::Settled));
    let failures = match provider.step {
        ProviderStep::Failed { failures, .. } => failures,
        _ => 0,
    };
    page.count(&list::FAILURES, &labels, failures.into());
    page.flag(&list::DRIFT, &labels, provider.drift.is_some());
    let mut answers = [("desired", 0), ("other", 0), ("silent", 0)];
    let mut latest: Option<(&str, &str)> = None;
    for row in service.answers.iter().filter(|row| row.provider == provider.name) {
        // An address has a row of each type, and says the same in all of them.
        if latest.replace((&row.server, &row.address)) == latest {
            continue;
        }
        let place = match &row.answer {
            Answer::Sites(sites) if *sites == service.view.desired => 0,
            Answer::Silent { .. } => 2,
            _ => 1,
        };
        answers[place].1 += 1;
    }
    for (word, count) in answers {
        page.count(&list::NAME_SERVERS, &[labels[0], labels[1], word], count);
    }
}

#[cfg(test)]
mod tests {
    use failover_core::{Blocker, MoveId, SiteId};

    use super::*;

    #[test]
    fn every_blocker_has_its_word_in_the_list() {
        let (site, until) = (SiteId(0), Timestamp::from_millis(0));
        let all = [
            Blocker::Disarmed,
            Blocker::Latched { until: None },
            Blocker::HoldDown { until },
            Blocker::Budget { until },
            Blocker::NoQuorum { have: 0, need: 1 },
            Blocker::NoCandidate,
            Blocker::CandidateTooFresh { site, until },
            Blocker::InMaintenance { site },
            Blocker::Lag { site },
            Blocker::MoveOpen { id: MoveId(1) },
            Blocker::NotLeader,
            Blocker::NoJournal,
            Blocker::SelfDistrust,
            Blocker::JustWoken { until },
            Blocker::StandbyStarting { site },
            Blocker::NotAdopted,
        ];
        let words = all.map(|blocker| {
            let value = serde_json::to_value(blocker).expect("it has a form");
            value["blocker"].as_str().expect("a word").to_owned()
        });
        assert_eq!(words, BLOCKERS);
    }
}
