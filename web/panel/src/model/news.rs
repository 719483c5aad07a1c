//! What the server sends, as far as the panel reads it.
//!
//! Services are `failover-core`'s own types. Of events the panel knows the server's sentence, the
//! kind and the votes; the rest of their many variants it keeps as it is, for [`told`](super::told).
use super::json::{FromJson, at, fields};
use super::told;
use failover_core::{AlertView, ClusterView, ServiceSnapshot, Severity, SiteId, Timestamp, Vote};
use serde_json::Value;
use std::sync::Arc;

/// A [`failover_core::Snapshot`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct News {
    /// The moment.
    pub at: Timestamp,
    /// When the watcher was started.
    pub started: Timestamp,
    /// The vantage that watches.
    pub vantage: String,
    /// Set when the journal cannot be written: why.
    pub journal_problem: Option<String>,
    /// What lasts and is no event, the longest-lasting first.
    pub alerts: Vec<AlertView>,
    /// Set where several watch.
    pub cluster: Option<ClusterView>,
    /// The services.
    pub services: Vec<ServiceSnapshot>,
    /// The latest events, newest first.
    pub recent: Vec<Happening>,
}

/// A [`failover_core::EventRecord`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// Its place in the journal.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Which service.
    pub service: String,
    /// How urgent.
    pub severity: Severity,
    /// One sentence, in the language of the page.
    pub text: String,
    /// The server's own, in English: what is searched.
    pub said: String,
    /// What.
    pub event: Deed,
}

/// A [`failover_core::Event`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Which kind, such as `verdict_changed`.
    pub kind: String,
    /// Who did it, if somebody did.
    pub who: Option<String>,
    /// The site it is about.
    pub site: Option<SiteId>,
    /// Until when it lasts.
    pub until: Option<Timestamp>,
    /// The votes it rests on, if any.
    pub votes: Vec<Vote>,
    /// All of it, as it was sent.
    pub facts: Arc<Value>,
}

/// A [`web_api::Events`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Newest first.
    pub events: Vec<Happening>,
}

fields! {
    News { at, started, vantage, journal_problem, alerts, cluster, services, recent }
    Page { events }
}

impl FromJson for Happening {
    fn from_json(json: &Value) -> Option<Self> {
        let said: String = at(json, "text")?;
        Some(Self {
            seq: at(json, "seq")?,
            at: at(json, "at")?,
            service: at(json, "service")?,
            severity: at(json, "severity")?,
            text: said.clone(),
            said,
            event: at(json, "event")?,
        })
    }
}

impl News {
    /// Says its events in the language of the page.
    pub fn translate(&mut self) {
        for event in &mut self.recent {
            event.text = told::sentence(event, &self.services);
        }
    }
}

impl FromJson for Deed {
    fn from_json(json: &Value) -> Option<Self> {
        let votes = json.get("evidence").map(|evidence| at(evidence, "votes"));
        Some(Self {
            kind: at(json, "kind")?,
            who: at(json, "who")?,
            site: at(json, "site")?,
            until: at(json, "until")?,
            votes: votes.unwrap_or(Some(Vec::new()))?,
            facts: Arc::new(json.clone()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture;
    use crate::model::json::parse;
    use failover_core::{
        Actor, CheckId, Event, EventRecord, Evidence, MoveId, MoveKind, SiteId, SiteSet, Snapshot,
        VantageId, Verdict,
    };

    fn record(seq: u64, event: Event) -> EventRecord {
        EventRecord {
            seq,
            at: fixture::NOW,
            service: "shop".to_owned(),
            severity: Severity::Critical,
            text: "A sentence.".to_owned(),
            event,
        }
    }

    /// What the server writes is read back, event by event.
    #[test]
    fn the_servers_own_types_are_understood() {
        let (from, to) = (SiteSet::one(SiteId(0)), SiteSet::one(SiteId(1)));
        let vote = Vote {
            vantage: VantageId(0),
            site: SiteId(1),
            verdict: Verdict::Down,
            since: fixture::before(3),
            reported: fixture::NOW,
            failed: vec![CheckId(2)],
        };
        let votes = vec![vote.clone()];
        let who = Actor("anna".to_owned());
        let evidence = Evidence { votes, candidate_up_since: Some(fixture::NOW), lag_ms: None };
        let recent = vec![
            record(4, Event::AllDown),
            record(
                3,
                Event::MoveStarted {
                    id: MoveId(1),
                    reason: MoveKind::Failover,
                    from,
                    to,
                    who,
                    evidence: evidence.clone(),
                },
            ),
            record(
                2,
                Event::VerdictChanged {
                    site: SiteId(0),
                    from: Verdict::Up,
                    to: Verdict::Down,
                    evidence,
                },
            ),
        ];
        let sent = Snapshot {
            number: 7,
            at: fixture::NOW,
            started: fixture::before(9),
            version: "0.1.0".to_owned(),
            vantage: "here".to_owned(),
            journal_problem: None,
            alerts: vec![AlertView {
                key: "etcd".to_owned(),
                severity: Severity::Warning,
                service: None,
                text: "etcd cannot be reached".to_owned(),
                since: fixture::before(9),
            }],
            cluster: Some(fixture::cluster()),
            services: vec![fixture::moving(), fixture::moved()],
            recent,
        };
        let news: News = parse(&serde_json::to_string(&sent).unwrap()).unwrap();
        assert_eq!(news.services, sent.services);
        assert_eq!((&news.alerts, &news.cluster), (&sent.alerts, &sent.cluster));
        assert_eq!((news.at, news.started), (sent.at, sent.started));
        let kinds: Vec<_> = news.recent.iter().map(|event| event.event.kind.as_str()).collect();
        assert_eq!(kinds, ["all_down", "move_started", "verdict_changed"]);
        assert_eq!(news.recent[0].event.votes, []);
        assert_eq!(news.recent[1].event.votes, [vote]);
        assert_eq!(news.recent[1].event.who.as_deref(), Some("anna"));
        assert_eq!(news.recent[2].event.site, Some(SiteId(0)));
        let page = web_api::Events { events: sent.recent };
        let page: Page = parse(&serde_json::to_string(&page).unwrap()).unwrap();
        assert_eq!(page.events, news.recent);
    }
}
