//! From events to states over time.
use std::collections::BTreeMap;

use failover_core::{Event, EventRecord, SiteId, SiteSet, Timestamp, Verdict};
use web_api::{History, HistoryMark, HistoryRow, HistorySpan, HistoryState, HistorySubject};

/// The kinds of events that change a state, or are worth a mark.
pub const KINDS: [&str; 17] = [
    "policy_adopted",
    "adopted",
    "verdict_changed",
    "move_started",
    "move_completed",
    "move_abandoned",
    "split",
    "drift_seen",
    "latched",
    "rearmed",
    "armed",
    "disarmed",
    "budget_spent",
    "maintenance_on",
    "maintenance_off",
    "all_down",
    "all_down_over",
];

/// More marks than this on one picture cannot be told apart; the latest stay.
const MARKS_MAX: usize = 200;

/// What is so at one moment of the journal.
#[derive(Default)]
struct Moment {
    /// The sites' names as the events up to here number them.
    places: Vec<String>,
    /// By name, so that a site that moves in the list keeps its past.
    verdicts: BTreeMap<String, Verdict>,
    resting: BTreeMap<String, bool>,
    desired: SiteSet,
    moving: bool,
    latched: bool,
    /// Whether automation might act; `None` before the first event.
    armed: Option<bool>,
}

/// The states between two moments; `events` are the service's, oldest first, and reach back as far
/// as is known.
pub fn history(
    service: &str,
    sites: Vec<String>,
    events: &[EventRecord],
    (from, to): (Timestamp, Timestamp),
    known_from: Timestamp,
) -> History {
    let mut moment = Moment { places: sites.clone(), ..Moment::default() };
    let mut rows = vec![row(HistorySubject::Service, service)];
    rows.extend(sites.iter().map(|site| row(HistorySubject::Site, site)));
    rows.push(row(HistorySubject::Automation, ""));
    let within = |at: Timestamp| at.max(known_from);
    let mut since = from;
    if known_from > from {
        rows.iter_mut().for_each(|row| add(row, HistoryState::Unknown, from, known_from));
        since = known_from;
    }
    let mut marks = Vec::new();
    for record in events.iter().take_while(|record| record.at <= to) {
        let at = within(record.at).max(since);
        extend(&mut rows, &moment, since, at);
        since = at;
        moment.take(&record.event);
        if record.at >= from && is_mark(&record.event) {
            marks.push(mark(record));
        }
    }
    extend(&mut rows, &moment, since, to);
    marks.drain(..marks.len().saturating_sub(MARKS_MAX));
    History { from, to, rows, marks, known_from }
}

impl Moment {
    fn take(&mut self, event: &Event) {
        self.armed.get_or_insert(true);
        match event {
            Event::PolicyAdopted { policy } => {
                self.places = policy.sites.iter().map(|site| site.name.clone()).collect();
            }
            Event::Adopted { sites } => self.desired = *sites,
            Event::VerdictChanged { site, to, .. } => {
                self.verdicts.insert(self.name(*site), *to);
            }
            Event::MoveStarted { to, .. } => (self.desired, self.moving) = (*to, true),
            Event::MoveCompleted { .. } | Event::MoveAbandoned { .. } => self.moving = false,
            Event::Latched { .. } => self.latched = true,
            Event::Rearmed { .. } => self.latched = false,
            Event::Armed { .. } => self.armed = Some(true),
            Event::Disarmed { .. } => self.armed = Some(false),
            Event::MaintenanceOn { site, .. } => {
                self.resting.insert(self.name(*site), true);
            }
            Event::MaintenanceOff { site, .. } => {
                self.resting.insert(self.name(*site), false);
            }
            _ => {}
        }
    }

    /// A site's name; nothing is called like one that the policy does not have.
    fn name(&self, site: SiteId) -> String {
        self.places.get(site.index()).cloned().unwrap_or_default()
    }

    fn of(&self, row: &HistoryRow) -> HistoryState {
        match row.subject {
            HistorySubject::Service => self.service(),
            HistorySubject::Site if self.resting.get(&row.name) == Some(&true) => {
                HistoryState::Maintenance
            }
            HistorySubject::Site => seen(self.verdict(&row.name)),
            HistorySubject::Automation => match self.armed {
                None => HistoryState::Unknown,
                Some(false) => HistoryState::Disarmed,
                Some(true) if self.latched => HistoryState::Latched,
                Some(true) => HistoryState::Armed,
            },
        }
    }

    /// What people found where the name pointed.
    fn service(&self) -> HistoryState {
        if self.moving {
            return HistoryState::Moving;
        }
        let active = self.desired.iter().map(|site| self.name(site));
        let verdicts: Vec<Verdict> = active.map(|name| self.verdict(&name)).collect();
        let all_down = verdicts.iter().all(|verdict| *verdict == Verdict::Down);
        match () {
            () if verdicts.is_empty() => HistoryState::Unknown,
            () if verdicts.contains(&Verdict::Up) => HistoryState::Up,
            () if all_down => HistoryState::Down,
            () => HistoryState::Unknown,
        }
    }

    fn verdict(&self, name: &str) -> Verdict {
        self.verdicts.get(name).copied().unwrap_or(Verdict::Unknown)
    }
}

fn seen(verdict: Verdict) -> HistoryState {
    match verdict {
        Verdict::Up => HistoryState::Up,
        Verdict::Down => HistoryState::Down,
        Verdict::Unknown => HistoryState::Unknown,
    }
}

fn row(subject: HistorySubject, name: &str) -> HistoryRow {
    HistoryRow { subject, name: name.to_owned(), spans: Vec::new() }
}

fn extend(rows: &mut [HistoryRow], moment: &Moment, from: Timestamp, to: Timestamp) {
    for row in rows {
        let state = moment.of(row);
        add(row, state, from, to);
    }
}

/// What stays the same is one span, however many events there were.
fn add(row: &mut HistoryRow, state: HistoryState, from: Timestamp, to: Timestamp) {
    if from >= to {
        return;
    }
    match row.spans.last_mut() {
        Some(last) if last.state == state => last.to = to,
        _ => row.spans.push(HistorySpan { state, from, to }),
    }
}

/// Verdicts show as states; what remains are moves and what people or the machine did about them.
fn is_mark(event: &Event) -> bool {
    !matches!(
        event,
        Event::PolicyAdopted { .. }
            | Event::Adopted { .. }
            | Event::VerdictChanged { .. }
            | Event::MoveCompleted { .. }
            | Event::Latched { .. }
    )
}

fn mark(record: &EventRecord) -> HistoryMark {
    let kind = serde_json::to_value(&record.event).ok();
    let kind = kind.as_ref().and_then(|event| event["kind"].as_str());
    HistoryMark {
        at: record.at,
        seq: record.seq,
        kind: kind.unwrap_or_default().to_owned(),
        severity: record.severity,
        text: record.text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use failover_core::{Actor, Evidence, MoveId, MoveKind, Severity};

    use super::*;

    fn at(second: u64) -> Timestamp {
        Timestamp::from_millis(second * 1000)
    }

    fn records(events: Vec<(u64, Event)>) -> Vec<EventRecord> {
        let record = |(seq, (second, event)): (u64, (u64, Event))| EventRecord {
            seq,
            at: at(second),
            service: "app".to_owned(),
            severity: Severity::Info,
            text: "A sentence.".to_owned(),
            event,
        };
        (1..).zip(events).map(record).collect()
    }

    fn verdict(site: u8, to: Verdict) -> Event {
        let (site, from, evidence) = (SiteId(site), Verdict::Unknown, Evidence::default());
        Event::VerdictChanged { site, from, to, evidence }
    }

    fn told(events: &[EventRecord], from: u64, known_from: u64) -> History {
        let sites = vec!["london".to_owned(), "falkenstein".to_owned()];
        history("app", sites, events, (at(from), at(100)), at(known_from))
    }

    fn spans(history: &History, place: usize) -> Vec<(HistoryState, u64)> {
        let seconds = |span: &HistorySpan| (span.state, span.from.as_millis() / 1000);
        history.rows[place].spans.iter().map(seconds).collect()
    }

    fn failover() -> Vec<EventRecord> {
        let [from, to] = [0, 1].map(|site| SiteSet::one(SiteId(site)));
        let (who, evidence) = (Actor("schwenk".to_owned()), Evidence::default());
        let (id, reason) = (MoveId(1), MoveKind::Failover);
        records(vec![
            (10, Event::Adopted { sites: from }),
            (10, verdict(0, Verdict::Up)),
            (11, verdict(1, Verdict::Up)),
            (50, verdict(0, Verdict::Down)),
            (51, Event::MoveStarted { id, reason, from, to, who, evidence }),
            (51, Event::Latched { until: None }),
            (53, Event::MoveCompleted { id }),
            (60, Event::Disarmed { who: Actor("anna".to_owned()), until: Some(at(90)) }),
            (70, Event::Armed { who: Actor("anna".to_owned()) }),
        ])
    }

    #[test]
    fn a_failover_is_seen_as_people_found_it() {
        use HistoryState::{Armed, Disarmed, Down, Latched, Moving, Unknown, Up};
        let history = told(&failover(), 5, 5);
        assert_eq!(
            spans(&history, 0),
            [(Unknown, 5), (Up, 10), (Down, 50), (Moving, 51), (Up, 53)]
        );
        assert_eq!(spans(&history, 1), [(Unknown, 5), (Up, 10), (Down, 50)]);
        assert_eq!(spans(&history, 2), [(Unknown, 5), (Up, 11)]);
        let automation = [(Unknown, 5), (Armed, 10), (Latched, 51), (Disarmed, 60), (Latched, 70)];
        assert_eq!(spans(&history, 3), automation);
        let marks: Vec<_> = history.marks.iter().map(|mark| mark.kind.as_str()).collect();
        assert_eq!(marks, ["move_started", "disarmed", "armed"]);
        for row in &history.rows {
            assert_eq!(row.spans.last().map(|span| span.to), Some(at(100)));
            assert!(row.spans.windows(2).all(|pair| pair[0].to == pair[1].from), "no gaps");
        }
    }

    #[test]
    fn what_was_so_before_the_picture_begins_still_counts() {
        let history = told(&failover(), 55, 55);
        assert_eq!(spans(&history, 0), [(HistoryState::Up, 55)]);
        assert_eq!(spans(&history, 1), [(HistoryState::Down, 55)]);
        assert_eq!(history.marks.len(), 2);
    }

    #[test]
    fn what_lies_before_the_events_is_not_known() {
        let history = told(&failover()[4..], 5, 51);
        assert_eq!(spans(&history, 1), [(HistoryState::Unknown, 5)]);
        assert_eq!(spans(&history, 3)[0], (HistoryState::Unknown, 5));
        assert_eq!(spans(&history, 3)[1], (HistoryState::Latched, 51));
    }

    #[test]
    fn a_site_in_maintenance_rests_whatever_its_probes_say() {
        let (site, who) = (SiteId(1), Actor("anna".to_owned()));
        let events = records(vec![
            (10, verdict(1, Verdict::Down)),
            (20, Event::MaintenanceOn { site, who: who.clone(), until: at(90) }),
            (30, verdict(1, Verdict::Up)),
            (40, Event::MaintenanceOff { site, who }),
        ]);
        let expected =
            [(HistoryState::Down, 10), (HistoryState::Maintenance, 20), (HistoryState::Up, 40)];
        assert_eq!(spans(&told(&events, 10, 10), 2), expected);
    }
}
