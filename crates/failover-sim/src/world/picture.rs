//! The world as people are shown it: the same snapshot as the server sends.
use std::time::Duration;

use failover_core::{
    Answer, CheckFacts, CheckId, Event, EventRecord, Layer, ProviderId, Published, Sample,
    SampleSeries, ServerAnswer, ServiceSnapshot, SiteFacts, SiteId, Snapshot, Timestamp, VantageId,
    View, span,
};

use super::provider::Content;
use super::{BEGIN, World};

const ZONE: &str = "example.com";
const NAME: &str = "app.example.com";

impl World {
    /// What the panel would show of the watcher that leads.
    pub fn snapshot(&self) -> Snapshot {
        let recent = self.journal.recent.iter().rev().map(|known| self.line_of(known));
        Snapshot { recent: recent.collect(), ..self.present() }
    }

    /// The same without the latest events: who says them in words of their own has them from
    /// [`Self::happened`].
    pub fn present(&self) -> Snapshot {
        let spec = self.policy.spec();
        let watcher = &self.watchers[self.leader()];
        let at = Timestamp::from_millis(watcher.clock.at(self.now));
        let home = watcher.home.and_then(|home| spec.vantages.get(home.index()));
        Snapshot {
            number: (self.now - BEGIN) / 1_000,
            at,
            started: Timestamp::from_millis(BEGIN),
            version: concat!(env!("CARGO_PKG_VERSION"), " (simulated)").to_owned(),
            vantage: home.cloned().unwrap_or_default(),
            journal_problem: watcher.trouble.then(|| "journal: the disk is full".to_owned()),
            alerts: Vec::new(),
            cluster: None,
            services: vec![self.service(watcher.machine.view(at))],
            recent: Vec::new(),
        }
    }

    /// The latest events of the journal with a number above `after`, oldest first; a few dozen are
    /// kept.
    pub fn happened(&self, after: u64) -> impl Iterator<Item = (u64, Timestamp, &Event)> {
        let new = self.journal.recent.iter().filter(move |(seq, ..)| *seq > after);
        new.map(|(seq, at, event)| (*seq, *at, event))
    }

    /// The moment at which it began.
    pub fn began(&self) -> Timestamp {
        Timestamp::from_millis(BEGIN)
    }

    fn line_of(&self, (seq, at, event): &(u64, Timestamp, Event)) -> EventRecord {
        let spec = self.policy.spec();
        EventRecord {
            seq: *seq,
            at: *at,
            service: spec.service.clone(),
            severity: event.severity(),
            text: event.text(spec),
            event: event.clone(),
        }
    }

    fn service(&self, view: View) -> ServiceSnapshot {
        let spec = self.policy.spec();
        let sites = (0u8..).zip(&spec.sites).map(|(place, site)| SiteFacts {
            name: site.name.clone(),
            location: format!("{}, simulated", site.name),
            addresses: vec![address(SiteId(place))],
        });
        // Nothing stands behind a simulated check that could be told apart.
        let checks = spec.checks.iter().map(|check| CheckFacts {
            name: check.name.clone(),
            what: check.name.clone(),
            layer: Layer::Application,
        });
        let providers = || (0..u8::try_from(self.providers.len()).unwrap_or(0)).map(ProviderId);
        let completed = view.last_move.as_ref().and_then(|last| last.completed);
        let settled = completed.filter(|_| view.open_move.is_none());
        ServiceSnapshot {
            name: NAME.to_owned(),
            ttl: self.ttl(),
            sites: sites.collect(),
            checks: checks.collect(),
            series: self.series(),
            published: providers().filter_map(|provider| self.published(provider)).collect(),
            answers: providers().flat_map(|provider| self.answers(provider)).collect(),
            converged_at: settled.map(|at| at.plus(self.setup.ttl)),
            losses: Vec::new(),
            false_failover: None,
            view,
        }
    }

    fn ttl(&self) -> u32 {
        u32::try_from(self.setup.ttl.as_secs()).unwrap_or(u32::MAX)
    }

    fn series(&self) -> Vec<SampleSeries> {
        let checks = &self.policy.spec().checks;
        let shown = self.rows.iter().map(|row| SampleSeries {
            vantage: VantageId(row.vantage),
            site: SiteId(row.site),
            check: CheckId(row.check),
            what: checks[usize::from(row.check)].name.clone(),
            samples: row.samples.iter().map(sample).collect(),
        });
        shown.collect()
    }

    /// What the leading watcher has last read of a provider.
    fn published(&self, provider: ProviderId) -> Option<Published> {
        let place = &self.watchers[self.leader()].places[provider.index()];
        let (at, answer) = place.seen.clone()?;
        let values = match &answer {
            Answer::Sites(sites) => values(Content::Sites(*sites)),
            foreign if *foreign == Content::Other.answer() => values(Content::Other),
            _ => Vec::new(),
        };
        Some(Published {
            provider: self.provider_name(provider),
            zone: ZONE.to_owned(),
            name: NAME.to_owned(),
            rtype: "A".to_owned(),
            ttl: (!values.is_empty()).then(|| self.ttl()),
            values,
            answer,
            at: Timestamp::from_millis(at),
        })
    }

    fn answers(&self, provider: ProviderId) -> Vec<ServerAnswer> {
        let known = &self.providers[provider.index()];
        let name = self.provider_name(provider);
        let shown = known.servers.iter().enumerate().map(|(server, (_, content))| {
            let silent = known.manner.silent;
            let values = if silent { Vec::new() } else { values(*content) };
            let text = || "no answer in 1 s".to_owned();
            ServerAnswer {
                provider: name.clone(),
                server: format!("ns{}.{name}.example", server + 1),
                address: format!("198.51.100.{}:53", provider.index() * 16 + server + 1),
                rtype: "A".to_owned(),
                ttl: (!values.is_empty()).then(|| self.ttl()),
                values,
                answer: if silent { Answer::Silent { text: text() } } else { content.answer() },
                at: self.stamp(),
                elapsed_ms: (!silent).then_some(20.0),
            }
        });
        shown.collect()
    }

    fn provider_name(&self, provider: ProviderId) -> String {
        self.policy.spec().providers[provider.index()].name.clone()
    }
}

fn address(site: SiteId) -> String {
    format!("192.0.2.{}", u16::from(site.0) + 1)
}

fn values(content: Content) -> Vec<String> {
    match content {
        Content::Sites(sites) => sites.iter().map(address).collect(),
        Content::Other => vec!["203.0.113.66".to_owned()],
        Content::Nothing => Vec::new(),
    }
}

fn sample(glance: &super::probing::Glance) -> Sample {
    let took = Duration::from_millis(u64::from(glance.took));
    let text = match (glance.ok, glance.answered) {
        (true, _) => None,
        (false, true) => Some("connection refused".to_owned()),
        (false, false) => Some(format!("no answer in {}", span(took))),
    };
    let latency_ms = glance.answered.then_some(took.as_secs_f32() * 1000.0);
    Sample { at: Timestamp::from_millis(glance.at), ok: glance.ok, latency_ms, text }
}
