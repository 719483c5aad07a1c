//! The journal as a list: what is loaded and what arrives, filtered, with its evidence.
use super::news::{Happening, News};
use super::route::{decode, encode};
use super::{time, tone, tone::Tone};
use crate::words;
use failover_core::{ServiceSnapshot, Severity, SiteId};

/// How many events the panel keeps; a longer list is better taken away as a file.
pub const KEPT: usize = 2000;
/// How many events are asked for at once.
pub const PAGE: usize = 100;

/// Groups of kinds of events: the word in addresses, and the kinds.
pub const KINDS: [(&str, &[&str]); 6] = [
    (
        "moves",
        &[
            "move_started",
            "move_completed",
            "move_abandoned",
            "adopted",
            "held",
            "latched",
            "split",
            "healed",
        ],
    ),
    ("sites", &["verdict_changed", "all_down", "all_down_over"]),
    (
        "commands",
        &[
            "armed",
            "disarmed",
            "rearmed",
            "maintenance_on",
            "maintenance_off",
            "command_refused",
            "by_hand",
            "acknowledged",
            "policy_adopted",
            "budget_spent",
        ],
    ),
    ("dns", &["attempt_started", "attempt_ended", "verified", "drift_seen", "drift_gone"]),
    ("watchers", &["vantage_isolated", "vantage_back", "leadership_taken", "leadership_lost"]),
    ("servers", &["fence_started", "fence_ended", "standby_starting", "standby_started"]),
];

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

/// Which events are shown; part of the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Only this service.
    pub service: String,
    /// Only this group of [`KINDS`].
    pub kind: String,
    /// Only this urgent or more.
    pub severity: String,
    /// Only what this person has done.
    pub who: String,
    /// Only with these letters in the English sentence, the service, the kind or who did it.
    pub text: String,
}

impl Filter {
    /// Whether an event passes.
    pub fn passes(&self, event: &Happening) -> bool {
        let least = match self.severity.as_str() {
            "critical" => Severity::Critical,
            "warning" => Severity::Warning,
            _ => Severity::Info,
        };
        let kinds = self.kinds();
        (self.service.is_empty() || self.service == event.service)
            && event.severity >= least
            && (self.who.is_empty() || event.event.who.as_deref() == Some(&self.who))
            && (kinds.is_empty() || kinds.contains(&event.event.kind.as_str()))
            && (self.text.is_empty() || self.is_in(event))
    }

    /// Whether the letters are where the server looks for them, too: not in the language of the page.
    fn is_in(&self, event: &Happening) -> bool {
        let wanted = self.text.to_ascii_lowercase();
        let who = event.event.who.as_deref().unwrap_or_default();
        [&event.said, &event.service, &event.event.kind, who]
            .into_iter()
            .any(|text| text.to_ascii_lowercase().contains(&wanted))
    }

    /// The filter as part of an address, empty if it lets everything pass.
    pub fn query(&self) -> String {
        join(self.fields().map(|(name, value)| (name, value.clone())))
    }

    /// Reads it from an address; what nobody knows is left out.
    pub fn parse(query: &str) -> Self {
        let mut filter = Self::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let place = match name {
                "service" => &mut filter.service,
                "kind" => &mut filter.kind,
                "severity" => &mut filter.severity,
                "who" => &mut filter.who,
                "text" => &mut filter.text,
                _ => continue,
            };
            *place = decode(value);
        }
        if filter.kinds().is_empty() {
            filter.kind.clear();
        }
        if !["warning", "critical"].contains(&filter.severity.as_str()) {
            filter.severity.clear();
        }
        filter
    }

    /// The filter as the server is asked, with `more` in front.
    pub fn asked(&self, more: &str) -> String {
        let kinds = self.kinds().join(",");
        let fields = self.fields().map(|(name, value)| {
            (name, if name == "kind" { kinds.clone() } else { value.clone() })
        });
        let query = join(fields);
        if query.is_empty() || more.is_empty() {
            format!("{more}{query}")
        } else {
            format!("{more}&{query}")
        }
    }

    fn fields(&self) -> [(&'static str, &String); 5] {
        [
            ("service", &self.service),
            ("kind", &self.kind),
            ("severity", &self.severity),
            ("who", &self.who),
            ("text", &self.text),
        ]
    }

    fn kinds(&self) -> &'static [&'static str] {
        KINDS.iter().find(|(group, _)| *group == self.kind).map_or(&[], |(_, kinds)| *kinds)
    }
}

/// Fields of a query that are not empty.
fn join(fields: [(&'static str, String); 5]) -> String {
    let given = fields.into_iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<String> =
        given.map(|(name, value)| format!("{name}={}", encode(&value))).collect();
    pairs.join("&")
}

/// Everybody who has done something in `events`, in the order of the alphabet.
pub fn people(events: &[Happening]) -> Vec<String> {
    let mut people: Vec<String> =
        events.iter().filter_map(|event| event.event.who.clone()).collect();
    people.sort();
    people.dedup();
    people
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

/// An event as a line of an incident report, with the votes it rests on below it.
pub fn markdown(record: &Happening, ballots: &[Ballot]) -> String {
    // What somebody did beside the decision concerns no service.
    let service = match record.service.as_str() {
        "" => String::new(),
        name => format!("**{name}** "),
    };
    let mut lines = vec![format!("- {} {service}{}", time::utc(record.at), record.text)];
    let vote =
        |ballot: &Ballot| format!("  - {}, {}: {}", ballot.site, ballot.vantage, ballot.said);
    lines.extend(ballots.iter().map(vote));
    lines.join("\n")
}

/// Events as a report, the oldest first.
pub fn report(events: &[Happening], service: Option<&str>) -> String {
    let (Some(newest), Some(oldest)) = (events.first(), events.last()) else {
        return String::new();
    };
    let title = words::report_title(service, &time::utc(oldest.at), &time::utc(newest.at));
    let lines: Vec<String> = events.iter().rev().map(|event| markdown(event, &[])).collect();
    format!("{title}\n\n{}\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{self, NOW};
    use crate::model::news::Deed;
    use failover_core::{CheckId, VantageId, Verdict, Vote};

    fn deed(kind: &str) -> Deed {
        Deed {
            kind: kind.to_owned(),
            who: None,
            site: None,
            until: None,
            votes: Vec::new(),
            facts: Default::default(),
        }
    }

    fn record(seq: u64, kind: &str) -> Happening {
        Happening {
            seq,
            at: NOW,
            service: "shop".to_owned(),
            severity: Severity::Info,
            text: format!("Event {seq}."),
            said: format!("Said {seq}."),
            event: deed(kind),
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
        let event = Deed { votes: vec![vote], ..deed("verdict_changed") };
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
        let passes = |query: &str| Filter::parse(query).passes(&event);
        assert!(passes(""));
        assert!(passes("service=shop&text=SAID&kind=sites"));
        assert!(passes("text=all_d") && passes("text=Shop"));
        assert!(!passes("text=event"), "what is read here may be another language");
        assert!(!passes("service=mail"));
        assert!(!passes("severity=warning"));
        assert!(!passes("text=absent"));
        assert!(!passes("kind=moves"));
        assert!(!passes("who=anna"));
    }

    #[test]
    fn a_filter_survives_the_address_and_rubbish_does_not() {
        let query = "service=shop&kind=moves&severity=critical&who=a%26b&text=%C3%BC%20x";
        let filter = Filter::parse(query);
        assert_eq!((filter.who.as_str(), filter.text.as_str()), ("a&b", "ü x"));
        assert_eq!(filter.query(), query);
        assert_eq!(Filter::parse("kind=moods&severity=loud&colour=red&=&"), Filter::default());
        let asked = Filter::parse("kind=sites").asked("limit=9");
        assert_eq!(asked, "limit=9&kind=verdict_changed%2Call_down%2Call_down_over");
        assert_eq!(Filter::default().asked("limit=9"), "limit=9");
    }

    /// The compiler cannot tell: a kind that is in no group could not be found by it.
    #[test]
    fn every_kind_of_the_core_is_in_one_group() {
        let source = include_str!("../../../../crates/failover-core/src/event.rs");
        let body = &source[source.find("pub enum Event {").unwrap()..];
        let body = &body[..body.find("\n}").unwrap()];
        let own = body.lines().filter_map(|line| line.strip_prefix("    "));
        let variants: Vec<_> =
            own.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase())).collect();
        assert!(variants.len() > 25, "{variants:?}");
        for variant in variants {
            let end = variant.find(|c: char| !c.is_ascii_alphanumeric()).unwrap();
            let mut word = String::new();
            for letter in variant[..end].chars() {
                if letter.is_ascii_uppercase() && !word.is_empty() {
                    word.push('_');
                }
                word.push(letter.to_ascii_lowercase());
            }
            let groups = KINDS.iter().filter(|(_, kinds)| kinds.contains(&word.as_str())).count();
            assert_eq!(groups, 1, "{word}");
        }
    }

    #[test]
    fn a_report_begins_with_the_oldest() {
        let report = report(&[record(2, "all_down"), record(1, "all_down")], Some("shop"));
        let lines: Vec<&str> = report.lines().collect();
        assert!(lines[0].starts_with("## Activity of shop, 2026-11-23"), "{report}");
        assert!(lines[2].ends_with("Event 1.") && lines[3].ends_with("Event 2."), "{report}");
        assert_eq!(super::report(&[], None), "");
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
        let line = markdown(&record(1, "all_down"), &[]);
        assert_eq!(line, "- 2026-11-23 12:03:11 UTC **shop** Event 1.");
        let verdict = verdict_changed(2);
        let text = markdown(&verdict, &ballots(&verdict, &fixture::service()));
        assert!(text.ends_with("\n  - London, here: down for 3 s, 1 check failed"), "{text}");
    }
}
