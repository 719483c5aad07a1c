//! The journal as a list: what is loaded and what arrives, filtered, with its evidence.
use super::{time, tone, tone::Tone};
use crate::words;
use failover_core::{Event, EventRecord, Evidence, ServiceSnapshot, Severity, SiteId, Snapshot};

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
pub fn merge(known: &mut Vec<EventRecord>, news: &[EventRecord]) -> bool {
    let is_known = |event: &EventRecord| {
        known
            .binary_search_by_key(&std::cmp::Reverse(event.seq), |k| std::cmp::Reverse(k.seq))
            .is_ok()
    };
    let fresh: Vec<EventRecord> = news.iter().filter(|event| !is_known(event)).cloned().collect();
    if fresh.is_empty() {
        return false;
    }
    known.extend(fresh);
    known.sort_by_key(|event| std::cmp::Reverse(event.seq));
    known.dedup_by_key(|event| event.seq);
    known.truncate(KEPT);
    true
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
    pub fn passes(&self, event: &EventRecord) -> bool {
        self.service.as_ref().is_none_or(|service| *service == event.service)
            && self.severity.is_none_or(|least| event.severity >= least)
            && (self.text.is_empty()
                || event.text.to_lowercase().contains(&self.text.to_lowercase()))
    }
}

/// What is read aloud of the events after `seen`: changes of verdicts and moves, nothing else.
pub fn announcement(snapshot: &Snapshot, seen: u64) -> Option<String> {
    let said: Vec<&str> = snapshot
        .recent
        .iter()
        .rev()
        .filter(|record| record.seq > seen && is_announced(&record.event))
        .map(|record| record.text.as_str())
        .collect();
    (!said.is_empty()).then(|| said.join(" "))
}

fn is_announced(event: &Event) -> bool {
    matches!(
        event,
        Event::VerdictChanged { .. }
            | Event::MoveStarted { .. }
            | Event::MoveCompleted { .. }
            | Event::MoveAbandoned { .. }
            | Event::AllDown
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
pub fn ballots(record: &EventRecord, service: &ServiceSnapshot) -> Vec<Ballot> {
    let Some(evidence) = evidence(&record.event) else { return Vec::new() };
    let vantage = |place: usize| {
        let names = service.view.sites.first().map(|site| &site.votes);
        names.and_then(|votes| votes.get(place)).map(|vote| vote.vantage.clone())
    };
    evidence
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

fn evidence(event: &Event) -> Option<&Evidence> {
    match event {
        Event::VerdictChanged { evidence, .. } | Event::MoveStarted { evidence, .. } => {
            Some(evidence)
        }
        _ => None,
    }
}

/// An event as a line of an incident report.
pub fn markdown(record: &EventRecord) -> String {
    format!("- {} **{}** {}", time::utc(record.at), record.service, record.text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{self, NOW};
    use failover_core::{CheckId, SiteSet, VantageId, Verdict, Vote};

    fn record(seq: u64, event: Event) -> EventRecord {
        EventRecord {
            seq,
            at: NOW,
            service: "shop".to_owned(),
            severity: Severity::Info,
            text: format!("Event {seq}."),
            event,
        }
    }

    fn verdict_changed(seq: u64) -> EventRecord {
        let vote = Vote {
            vantage: VantageId(0),
            site: SiteId(0),
            verdict: Verdict::Down,
            since: fixture::before(3),
            reported: NOW,
            failed: vec![CheckId(0)],
        };
        record(
            seq,
            Event::VerdictChanged {
                site: SiteId(0),
                from: Verdict::Up,
                to: Verdict::Down,
                evidence: Evidence { votes: vec![vote], ..Evidence::default() },
            },
        )
    }

    #[test]
    fn news_come_first_and_once() {
        let mut known = Vec::new();
        assert!(merge(&mut known, &[record(2, Event::AllDown), record(1, Event::AllDown)]));
        assert!(merge(&mut known, &[record(3, Event::AllDown), record(2, Event::AllDown)]));
        assert!(!merge(&mut known, &[record(3, Event::AllDown)]));
        assert_eq!(known.iter().map(|event| event.seq).collect::<Vec<_>>(), [3, 2, 1]);
        let many: Vec<_> = (4..4 + KEPT as u64).map(|seq| record(seq, Event::AllDown)).collect();
        merge(&mut known, &many);
        assert_eq!((known.len(), known[0].seq), (KEPT, KEPT as u64 + 3));
    }

    #[test]
    fn filters_narrow_by_service_urgency_and_words() {
        let event = record(1, Event::AllDown);
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
        let sites = SiteSet::one(SiteId(0));
        snapshot.recent = vec![
            record(4, Event::AllDown),
            record(3, Event::Adopted { sites }),
            verdict_changed(2),
        ];
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
        let line = markdown(&record(1, Event::AllDown));
        assert_eq!(line, "- 2026-11-23 12:03:11 UTC **shop** Event 1.");
    }
}
