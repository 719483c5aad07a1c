//! An incident out of a journal: what the machine was told, given to the same machine once more.
use super::deeds::{self, Entry};
use super::line::{Kind, Mark};
use super::play::kind;
use super::told::told;
use crate::model::news::News;
use crate::words::simulator as say;
use failover_core::{
    Answer, CheckFacts, CheckId, CheckPolicy, EventRecord, Failover, Input, Layer, Output,
    PolicySpec, ProviderId, ProviderStep, Published, Receipt, Sample, SampleSeries, ServerAnswer,
    ServiceSnapshot, SiteFacts, SiteId, Timestamp, VantageId,
};
use failover_sim::replay::{Part, Told};
use std::collections::VecDeque;
use std::sync::Arc;
use web_api::Incident;

/// So many probes of a series are kept, facts and events listed.
const SAMPLES: usize = 60;
const LISTED: usize = 40;
/// So many facts are given without looking at the clock.
const PIECE: usize = 20;

/// An incident as it was recorded.
#[derive(Debug)]
pub struct Case {
    /// The event it was asked for by.
    pub event: EventRecord,
    /// Later facts are left out.
    pub cut: bool,
    /// The moment of the first fact.
    pub from: Timestamp,
    /// The moment of the last fact.
    pub until: Timestamp,
    /// When the incident began.
    pub began: Timestamp,
    /// The facts.
    pub parts: Vec<Part>,
    /// What is known of the service today, for its names and addresses.
    pub today: Option<Known>,
}

/// What no machine knows of its service.
#[derive(Clone, Debug)]
pub struct Known {
    /// The owner name.
    pub name: String,
    /// The TTL.
    pub ttl: u32,
    /// The sites.
    pub sites: Vec<SiteFacts>,
}

impl Case {
    /// Reads what the server sends; `None`: another version recorded it.
    pub fn read(text: &str) -> Option<Self> {
        let incident: Incident = serde_json::from_str(text).ok()?;
        let mut parts = Vec::new();
        for part in incident.parts {
            let machine: Failover = serde_json::from_str(&part.machine).ok()?;
            let mut facts = Vec::new();
            for fact in part.facts {
                let digest = u64::from_str_radix(&fact.digest, 16).ok()?;
                facts.push(Told { now: fact.at, fact: fact.fact, digest });
            }
            parts.push(Part { started: part.started, machine, facts });
        }
        let from = parts.first()?.facts.first()?.now;
        let until = parts.last()?.facts.last()?.now;
        let Incident { event, cut, began, .. } = incident;
        Some(Self { event, cut, from, until, began, parts, today: None })
    }

    /// How long it took, in milliseconds.
    pub fn length(&self) -> u64 {
        between(self.from, self.until)
    }

    /// The policy it began with.
    pub fn policy(&self) -> Option<&PolicySpec> {
        self.parts.first().map(|part| part.machine.policy().spec())
    }
}

/// A case that is followed, fact by fact.
pub struct Follow {
    case: Arc<Case>,
    part: usize,
    fact: usize,
    machine: Failover,
    now: Timestamp,
    differs: bool,
    told: VecDeque<(u64, String)>,
    listed: VecDeque<Entry>,
    seq: u64,
    marks: Vec<Mark>,
    series: Vec<SampleSeries>,
    answers: Vec<Option<(Answer, Timestamp)>>,
    stored: Vec<Option<(Answer, Timestamp)>>,
}

impl Follow {
    /// At the beginning.
    pub fn new(case: Arc<Case>) -> Option<Self> {
        let machine = case.parts.first()?.machine.clone();
        let now = case.from;
        let mut follow = Self {
            part: 0,
            fact: 0,
            now,
            differs: false,
            told: VecDeque::new(),
            listed: VecDeque::new(),
            seq: 0,
            marks: Vec::new(),
            series: series(machine.policy().spec()),
            answers: Vec::new(),
            stored: Vec::new(),
            machine,
            case,
        };
        follow.begin();
        Some(follow)
    }

    /// What a machine that is settled somewhere was told before.
    fn begin(&mut self) {
        let view = self.machine.view(self.now);
        let known = |step: &ProviderStep| {
            let settled = *step == ProviderStep::Settled && !view.desired.is_empty();
            settled.then_some((Answer::Sites(view.desired), self.now))
        };
        self.answers = view.providers.iter().map(|provider| known(&provider.step)).collect();
        self.stored = self.answers.clone();
    }

    /// The case.
    pub fn case(&self) -> &Arc<Case> {
        &self.case
    }

    /// What it was asked for by, in the language of the page.
    pub fn title(&self) -> String {
        let EventRecord { event, at, .. } = &self.case.event;
        deeds::sentence(event, &self.service(), *at)
    }

    /// How far it has come, in milliseconds.
    pub fn age(&self) -> u64 {
        between(self.case.from, self.now)
    }

    /// Whether nothing follows.
    pub fn is_over(&self) -> bool {
        self.differs || self.now >= self.case.until
    }

    /// It goes another way than it was recorded.
    pub fn differs(&self) -> bool {
        self.differs
    }

    /// What the machine did.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// The latest facts, newest first, each with its time.
    pub fn told(&self) -> &VecDeque<(u64, String)> {
        &self.told
    }

    /// The number of the latest event.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The latest events, newest first.
    pub fn listed(&self) -> &VecDeque<Entry> {
        &self.listed
    }

    /// Goes on until `target` for as long as `more` says so; says whether it has come there, or can
    /// come no further.
    pub fn run_to(&mut self, target: u64, more: &mut dyn FnMut(&Self) -> bool) -> bool {
        let target = self.case.from.plus(std::time::Duration::from_millis(target));
        let target = target.min(self.case.until);
        let case = self.case.clone();
        let mut given = 0;
        while !self.differs {
            let Some(part) = case.parts.get(self.part) else { break };
            let Some(next) = part.facts.get(self.fact) else {
                if !self.next_part() {
                    break;
                }
                continue;
            };
            if next.now > target {
                break;
            }
            let seq = self.seq;
            self.give(next);
            self.fact += 1;
            given += 1;
            if (given % PIECE == 0 || self.seq != seq) && !more(self) {
                return false;
            }
        }
        self.now = self.now.max(target);
        true
    }

    /// The watcher was started again, or facts are missing: the next machine is taken.
    fn next_part(&mut self) -> bool {
        let case = self.case.clone();
        let Some(part) = case.parts.get(self.part + 1) else { return false };
        (self.part, self.fact) = (self.part + 1, 0);
        self.machine = part.machine.clone();
        self.series = series(self.machine.policy().spec());
        let text = if part.started { say::SIM_STARTED_AGAIN } else { say::SIM_FACTS_MISSING };
        self.remember(text.to_owned());
        self.begin();
        true
    }

    fn give(&mut self, next: &Told) {
        self.now = self.now.max(next.now);
        let outputs = self.machine.step(next.now, next.fact.clone());
        if self.machine.digest() != next.digest {
            self.differs = true;
            return;
        }
        self.see(&next.fact);
        let policy = self.machine.policy().clone();
        let spec = policy.spec();
        if let Some(text) = told(&next.fact, spec) {
            self.remember(text);
        }
        let mut service = None;
        for output in outputs {
            let Output::Record(event) = output else { continue };
            self.seq += 1;
            let service = service.get_or_insert_with(|| self.service());
            let text = deeds::sentence(&event, service, next.now);
            if let Some(kind) = kind(&event) {
                self.marks.push(Mark { at: self.age(), kind, text: text.clone() });
            }
            let (seq, at, severity) = (self.seq, next.now, event.severity());
            self.listed.push_front(Entry { seq, at, severity, text });
            self.listed.truncate(LISTED);
        }
    }

    fn remember(&mut self, text: String) {
        self.told.push_front((self.age(), text));
        self.told.truncate(LISTED);
    }

    /// Keeps what the picture shows of a fact.
    fn see(&mut self, fact: &Input) {
        let now = self.now;
        let put = |places: &mut Vec<Option<(Answer, Timestamp)>>, provider: ProviderId, answer| {
            if let Some(place) = places.get_mut(provider.index()) {
                *place = Some((answer, now));
            }
        };
        match fact {
            Input::Probed { vantage, site, check, ok, at } => {
                let own = |s: &&mut SampleSeries| {
                    (s.vantage, s.site, s.check) == (*vantage, *site, *check)
                };
                if let Some(series) = self.series.iter_mut().find(own) {
                    let text = (!ok).then(|| say::SIM_FAILED.to_owned());
                    series.samples.push(Sample { at: *at, ok: *ok, latency_ms: None, text });
                    let over = series.samples.len().saturating_sub(SAMPLES);
                    series.samples.drain(..over);
                }
            }
            Input::Answered { provider, answer } => {
                put(&mut self.answers, *provider, answer.clone());
            }
            Input::Stored { provider, answer } => put(&mut self.stored, *provider, answer.clone()),
            Input::Receipt { provider, receipt: Receipt::Applied, .. } => {
                let answer = Answer::Sites(self.machine.state().desired());
                put(&mut self.stored, *provider, answer);
            }
            _ => {}
        }
    }

    /// What the panel shows of it, as of what is true now.
    pub fn news(&self) -> News {
        News {
            at: self.now,
            started: self.case.from,
            vantage: String::new(),
            journal_problem: None,
            alerts: Vec::new(),
            cluster: None,
            services: vec![self.service()],
            recent: Vec::new(),
        }
    }

    fn service(&self) -> ServiceSnapshot {
        let view = self.machine.view(self.now);
        let spec = self.machine.policy().spec();
        let today = self.case.today.as_ref();
        let facts = |place: usize, name: &str| {
            let known = today.and_then(|known| known.sites.iter().find(|site| site.name == name));
            known.cloned().unwrap_or_else(|| SiteFacts {
                name: name.to_owned(),
                location: String::new(),
                addresses: vec![say::sim_site_number(place + 1)],
            })
        };
        let sites: Vec<SiteFacts> =
            spec.sites.iter().enumerate().map(|(at, site)| facts(at, &site.name)).collect();
        let ttl = today.map_or(60, |known| known.ttl);
        let name = today.map_or_else(|| spec.service.clone(), |known| known.name.clone());
        let values = |answer: &Answer| match answer {
            Answer::Sites(set) => {
                let of = |site: SiteId| sites.get(site.index()).map(|site| site.addresses.clone());
                set.iter().filter_map(of).flatten().collect()
            }
            _ => Vec::new(),
        };
        let each = |places: &[Option<(Answer, Timestamp)>]| {
            let known = spec.providers.iter().zip(places);
            let known = known.filter_map(|(provider, known)| Some((provider, known.clone()?)));
            known
                .map(|(provider, (answer, at))| (provider.name.clone(), answer, at))
                .collect::<Vec<_>>()
        };
        let published = each(&self.stored).into_iter().map(|(provider, answer, at)| Published {
            provider,
            zone: String::new(),
            name: name.clone(),
            rtype: "A".to_owned(),
            ttl: Some(ttl),
            values: values(&answer),
            answer,
            at,
        });
        let answers = each(&self.answers).into_iter().map(|(provider, answer, at)| ServerAnswer {
            provider,
            server: say::SIM_ALL_SERVERS.to_owned(),
            address: String::new(),
            rtype: "A".to_owned(),
            ttl: Some(ttl),
            values: values(&answer),
            answer,
            at,
            elapsed_ms: None,
        });
        ServiceSnapshot {
            published: published.collect(),
            answers: answers.collect(),
            name,
            ttl,
            sites,
            checks: self.machine.policy().spec().checks.iter().map(looks).collect(),
            series: self.series.clone(),
            converged_at: None,
            losses: Vec::new(),
            false_failover: None,
            view,
        }
    }
}

/// What a check looks at is not recorded; all look at the application, as in a simulated world.
fn looks(check: &CheckPolicy) -> CheckFacts {
    let name = check.name.clone();
    CheckFacts { what: name.clone(), name, layer: Layer::Application }
}

/// The incident's own mark.
pub fn asked_for(case: &Case, text: String) -> Mark {
    Mark { at: between(case.from, case.event.at), kind: Kind::Fault, text }
}

fn series(spec: &PolicySpec) -> Vec<SampleSeries> {
    let mut all = Vec::new();
    for site in (0u8..).zip(&spec.sites).map(|(at, _)| SiteId(at)) {
        for vantage in (0u8..).zip(&spec.vantages).map(|(at, _)| VantageId(at)) {
            for (at, check) in (0u8..).zip(&spec.checks) {
                let (check, what) = (CheckId(at), check.name.clone());
                all.push(SampleSeries { vantage, site, check, what, samples: Vec::new() });
            }
        }
    }
    all
}

fn between(from: Timestamp, until: Timestamp) -> u64 {
    until.as_millis().saturating_sub(from.as_millis())
}

#[cfg(test)]
mod tests;
