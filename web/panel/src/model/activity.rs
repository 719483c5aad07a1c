//! The journal as a list: what is loaded and what arrives, filtered, with its evidence.
use super::news::{Happening, News};
use super::{time, tone, tone::Tone};
use crate::words;
use failover_core::{ServiceSnapshot, Severity, SiteId};

/// How many events the panel keeps; older ones are asked for anew.
pub const KEPT: usize = 500;

/// What an event looks like; most are no state and have no shape.
pub fn severity(severity: Severity) -> Option<Tone> {
    match severity {
        Severity::Info => None,
        Severity::Warning => Some(Tone::Warn),
        Severity::Critical => Some(Tone::Down),
    }
}

/// Adds `news` to `known`; newest first, each event once. Says whether anything was new.
pub fn merge(known: &mut Vec<Happening>, news: &[Happening]) -> bool {
    let before = known.len();
    for event in news {
        // The place of the first that is not newer; what arrives is short and mostly at the front.
        let place = known.iter().position(|old| old.seq <= event.seq).unwrap_or(known.len());
        if known.get(place).is_none_or(|old| old.seq != event.seq) {
            known.insert(place, event.clone());
        }
    }
    let changed = known.len() != before;
    known.truncate(KEPT);
    changed
}

/// Which events are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this service.
    pub service: Option<String>,
    /// Only this urgent or more.
    pub severity: Option<Severity>,
    /// Only with these letters in it.
    pub text: String,
}

impl Filter {
    /// Whether an event passes.
    pub fn passes(&self, event: &Happening) -> bool {
        self.service.as_ref().is_none_or(|service| *service == event.service)
            && self.severity.is_none_or(|least| event.severity >= least)
            && (self.text.is_empty()
                || event.text.to_ascii_lowercase().contains(&self.text.to_ascii_lowercase()))
    }
}

/// What is read aloud of the events after `seen`: changes of verdicts and moves, nothing else.
pub fn announcement(snapshot: &News, seen: u64) -> Option<String> {
    let said: Vec<&str> = snapshot
        .recent
        .iter()
        .rev()
        .filter(|record| record.seq > seen && is_announced(&record.event.kind))
        .map(|record| record.text.as_str())
        .collect();
    (!said.is_empty()).then(|| said.join(" "))
}

fn is_announced(kind: &str) -> bool {
    matches!(
        kind,
        "verdict_changed" | "move_started" | "move_completed" | "move_abandoned" | "all_down"
    )
}

/// One vote a decision rested on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// Whose vote.
    pub vantage: String,
    /// On which site.
    pub site: String,
    /// How it looks.
    pub tone: Tone,
    /// What it said and for how long it had.
    pub said: String,
}

/// The votes behind an event; `service` gives them their names.
pub fn ballots(record: &Happening, service: &ServiceSnapshot) -> Vec<Ballot> {
    let vantage = |place: usize| {
        let names = service.view.sites.first().map(|site| &site.votes);
        names.and_then(|votes| votes.get(place)).map(|vote| vote.vantage.clone())
    };
    record
        .event
        .votes
        .iter()
        .map(|vote| Ballot {
            vantage: vantage(vote.vantage.index())
                .unwrap_or_else(|| words::vantage_without_name(vote.vantage.0)),
            site: super::site_name(service, SiteId(vote.site.0)),
            tone: tone::verdict(vote.verdict),
            said: words::ballot(
                vote.verdict,
                &time::span(time::between(vote.since, record.at)),
                vote.failed.len(),
            ),
        })
        .collect()
}

/// An event as a line of an incident report.
pub fn markdown(record: &Happening) -> String {
    format!("- {} **{}** {}", time::utc(record.at), record.service, record.text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{self, NOW};
    use crate::model::news::Deed;
    use failover_core::{CheckId, VantageId, Verdict, Vote};

    fn record(seq: u64, kind: &str) -> Happening {
        Happening {
            seq,
            at: NOW,
            service: "shop".to_owned(),
            severity: Severity::Info,
            text: format!("Event {seq}."),
            event: Deed { kind: kind.to_owned(), votes: Vec::new(), facts: Default::default() },
        }
    }

    fn verdict_changed(seq: u64) -> Happening {
        let vote = Vote {
            vantage: VantageId(0),
            site: SiteId(0),
            verdict: Verdict::Down,
            since: fixture::before(3),
            reported: NOW,
            failed: vec![CheckId(0)],
        };
        let kind = "verdict_changed".to_owned();
        let event = Deed { kind, votes: vec![vote], facts: Default::default() };
        Happening { event, ..record(seq, "") }
    }

    #[test]
    fn news_come_first_and_once() {
        let mut known = Vec::new();
        assert!(merge(&mut known, &[record(2, "all_down"), record(1, "all_down")]));
        assert!(merge(&mut known, &[record(3, "all_down"), record(2, "all_down")]));
        assert!(!merge(&mut known, &[record(3, "all_down")]));
        assert_eq!(known.iter().map(|event| event.seq).collect::<Vec<_>>(), [3, 2, 1]);
        let many: Vec<_> = (4..4 + KEPT as u64).map(|seq| record(seq, "all_down")).collect();
        merge(&mut known, &many);
        assert_eq!((known.len(), known[0].seq), (KEPT, KEPT as u64 + 3));
    }

    #[test]
    fn filters_narrow_by_service_urgency_and_words() {
        let event = record(1, "all_down");
        let filter = |service: Option<&str>, severity, text: &str| Filter {
            service: service.map(str::to_owned),
            severity,
            text: text.to_owned(),
        };
        assert!(filter(None, None, "").passes(&event));
        assert!(filter(Some("shop"), Some(Severity::Info), "EVENT").passes(&event));
        assert!(!filter(Some("mail"), None, "").passes(&event));
        assert!(!filter(None, Some(Severity::Warning), "").passes(&event));
        assert!(!filter(None, None, "absent").passes(&event));
    }

    #[test]
    fn only_verdicts_and_moves_are_read_aloud_oldest_first() {
        let mut snapshot = fixture::snapshot();
        snapshot.recent = vec![record(4, "all_down"), record(3, "adopted"), verdict_changed(2)];
        assert_eq!(announcement(&snapshot, 0).unwrap(), "Event 2. Event 4.");
        assert_eq!(announcement(&snapshot, 2).unwrap(), "Event 4.");
        assert_eq!(announcement(&snapshot, 4), None);
    }

    #[test]
    fn a_verdict_brings_its_votes() {
        let ballots = ballots(&verdict_changed(1), &fixture::service());
        assert_eq!(ballots.len(), 1);
        assert_eq!((ballots[0].vantage.as_str(), ballots[0].site.as_str()), ("here", "London"));
        assert_eq!(ballots[0].said, "down for 3 s, 1 check failed");
    }

    #[test]
    fn a_line_for_the_report_carries_the_absolute_time() {
        let line = markdown(&record(1, "all_down"));
        assert_eq!(line, "- 2026-11-23 12:03:11 UTC **shop** Event 1.");
    }
}
