//! What other tasks have found out, turned into what a machine understands.
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_http::Call;
use failover_core::{Answer, Input, ProviderId, Published, Receipt, Sample};
use health::{Problem, Report};

use super::step::Job;
use super::task::Task;
use super::{Driver, Fact, Stored};
use crate::observe::{self, Heard};
use crate::probe::Row;
use crate::setup::Setup;
use crate::translate::{Found, worst};
use crate::zone::Home;
use crate::{publish, zone};

impl Driver {
    pub(super) fn take_in(&mut self, fact: Fact) {
        match fact {
            Fact::Probe { row, report } => self.probed(&row, &report),
            Fact::Attempt { service, provider, attempt, ended } => {
                let Some(place) = self.place(service, provider) else { return };
                place.publishing.take_if(|(running, _)| *running == attempt);
                place.changed();
                place.ttl_before = ended.ttl_before.or(place.ttl_before);
                place.prod.notify_one();
                let receipt = ended.receipt;
                self.tell_machine(service, Input::Receipt { attempt, provider, receipt });
            }
            Fact::Stored { service, provider, mark, stored, read_back } => {
                let Some(place) = self.place(service, provider) else { return };
                if read_back {
                    place.reading = None;
                }
                self.stored(service, provider, mark, stored);
            }
            Fact::Heard { service, provider, mark, heard, tell } => {
                self.heard(service, provider, mark, heard, tell);
            }
            Fact::Verified { service, provider, mark, sites } => {
                let Some(place) = self.place(service, provider) else { return };
                if place.mark() == mark {
                    // A round of questions that is still under way began before all agreed.
                    place.changed();
                    place.verifying = None;
                    let answer = Answer::Sites(sites);
                    self.tell_machine(service, Input::Answered { provider, answer });
                }
            }
            Fact::Zone { service, provider, found } => self.zone_found(service, provider, found),
            Fact::Bound { service, bound } => self.services[service].bound = bound,
            Fact::Powered { service, site, id, ok } => self.powered(service, site, id, ok),
            Fact::Cluster(news) => self.hear(*news),
            Fact::Command { service, who, command, reply } => {
                self.commanded(service, who, command, reply);
            }
            Fact::Mirrored(problem) => self.mirrored(problem),
            Fact::Handed(id) => self.handed(&id),
            Fact::Raised(alert) => self.raise(alert),
            Fact::Over { key, text } => self.clear(&key, &text),
            Fact::Isolated(isolated) => {
                self.is_isolated(isolated);
                if let Some(seated) = &self.seated {
                    seated.facts.send_modify(|own| own.isolated = isolated);
                }
                for service in 0..self.services.len() {
                    let vantage = self.services[service].setup.vantage;
                    self.tell_machine(service, Input::Isolated { vantage, isolated });
                }
            }
        }
    }

    /// While ending, only open moves go on.
    pub(super) fn tell_machine(&mut self, service: usize, input: Input) {
        if self.ending.is_none() || self.has_open_move(service) {
            self.queue.push_back(Job::of(service, input));
        }
    }

    pub(super) fn has_open_move(&self, service: usize) -> bool {
        self.services[service].machine.view(self.setup.clock.now()).open_move.is_some()
    }

    fn place(
        &mut self,
        service: usize,
        provider: ProviderId,
    ) -> Option<&mut super::service::Place> {
        self.services.get_mut(service)?.places.get_mut(provider.index())
    }

    fn probed(&mut self, row: &Row, report: &Report) {
        self.pulse.probed();
        let at = self.setup.clock.stamp(report.started);
        let ok = report.outcome.is_ok();
        let keep = self.setup.options.samples;
        let Some(service) = self.services.get_mut(row.service) else { return };
        let same = |other: &Row| (other.site, other.check, other.family);
        let place = service.series.iter().position(|series| same(&series.row) == same(row));
        if let Some(place) = place {
            self.setup.counts.probed(row.service, place, &report.outcome);
            let series = &mut service.series[place];
            series.samples.push_back(sample(report, at));
            while series.samples.len() > keep {
                series.samples.pop_front();
            }
        }
        self.pictures.soon();
        if let (Some(lags), Some(_)) = (&mut service.lags, service.setup.database(row.check)) {
            lags.hear(row.site, report.started, &report.outcome);
            self.tell_lags(row.service);
        }
        let Some(service) = self.services.get_mut(row.service) else { return };
        // A probe that could not be run says nothing about the site.
        if matches!(report.outcome.problem, Some(Problem::NotRun { .. })) {
            return;
        }
        let voice = service.voices.get_mut(&(row.site, row.check));
        if voice.is_some_and(|voice| voice.hears(row.family, report.started, ok)) {
            let (site, check, vantage) = (row.site, row.check, service.setup.vantage);
            self.tell_others(row, ok, report.started);
            self.tell_machine(row.service, Input::Probed { vantage, site, check, ok, at });
        }
    }

    /// Tells the machine how far the sites' databases lag, where that is news; it also is once an
    /// answer has become too old.
    pub(super) fn tell_lags(&mut self, place: usize) {
        let (serving, now) = (self.agreed(place).desired(), Instant::now());
        let service = &mut self.services[place];
        let Some(lags) = &service.lags else { return };
        let sites: Vec<_> = service.setup.site_ids().collect();
        for (site, own) in sites.iter().zip(&mut service.lags_own) {
            *own = lags.of(*site, serving, now).map(coarse);
        }
        let mut news = Vec::new();
        for site in sites {
            let own = self.services[place].lags_own[site.index()];
            let lag = own.or_else(|| self.lag_elsewhere(place, site).map(coarse));
            let told = &mut self.services[place].lags_told[site.index()];
            if *told != lag {
                *told = lag;
                news.push(Input::Lag { site, lag });
            }
        }
        for input in news {
            self.tell_machine(place, input);
        }
    }

    fn stored(&mut self, service: usize, provider: ProviderId, mark: u64, stored: Stored) {
        let at = self.setup.clock.now();
        let Some(place) = self.place(service, provider) else { return };
        if place.mark() != mark {
            return;
        }
        let home = place.home.borrow().clone().and_then(Result::ok);
        let zone = home.map(|home| home.zone.name.to_string()).unwrap_or_default();
        let known = &self.services[service].setup;
        let (found, answer) = match &stored {
            Ok(stored) => {
                let found = publish::found(stored);
                let answer = known.answer(&found);
                (found, answer)
            }
            Err(text) => (Vec::new(), Answer::Silent { text: text.clone() }),
        };
        let mut found = found.into_iter();
        let rows = known.families.iter().map(|family| {
            let Found { ttl, values, .. } = found.next().unwrap_or_default();
            Published {
                provider: known.provider_name(provider).to_owned(),
                zone: zone.clone(),
                name: known.spec.name.to_string(),
                rtype: family.rtype().as_str().to_owned(),
                ttl,
                values,
                answer: answer.clone(),
                at,
            }
        });
        let rows = rows.collect();
        if let Some(place) = self.place(service, provider) {
            place.published = rows;
        }
        self.pictures.soon();
        self.tell_machine(service, Input::Stored { provider, answer });
    }

    fn heard(
        &mut self,
        service: usize,
        provider: ProviderId,
        mark: u64,
        heard: Vec<Heard>,
        tell: bool,
    ) {
        let clock = self.setup.clock.clone();
        let name = self.services[service].setup.provider_name(provider).to_owned();
        let desired = self.agreed(service).desired();
        let Some(place) = self.place(service, provider) else { return };
        if place.mark() != mark {
            return;
        }
        let answer = worst(heard.iter().map(|one| &one.answer), desired);
        for one in heard {
            let asked = clock.stamp(one.asked);
            place.hear(&name, one, asked);
        }
        self.pictures.soon();
        if let (true, Some(answer)) = (tell, answer) {
            self.tell_machine(service, Input::Answered { provider, answer });
        }
    }

    fn zone_found(&mut self, service: usize, provider: ProviderId, found: zone::Found) {
        let setup = self.setup.clone();
        let facts = self.facts.0.clone();
        let known = self.services[service].setup.clone();
        let Some(place) = self.place(service, provider) else { return };
        match &found {
            Ok(home) => {
                if let Some(problem) = &home.problem {
                    tracing::warn!("service {}: {problem}", known.name());
                }
                let servers = &home.servers;
                place.answers.retain(|(name, address), _| {
                    let same = servers.iter().filter(|server| server.name == *name);
                    same.flat_map(|server| &server.addresses).any(|at| at == address)
                });
                let patrol = Patrol {
                    setup,
                    service,
                    provider,
                    home: home.clone(),
                    writes: place.writes.clone(),
                    prod: place.prod.clone(),
                };
                place.patrol = Some(Task::spawn(patrol.walk(facts)));
                place.home.send_replace(Some(found));
            }
            Err(problem) => {
                tracing::warn!("service {}: {problem}", known.name());
                let (mark, stored) = (place.mark(), Err(problem.clone()));
                // A zone that was found once stays known while the API is away.
                if !matches!(*place.home.borrow(), Some(Ok(_))) {
                    place.home.send_replace(Some(found));
                    self.stored(service, provider, mark, stored);
                }
            }
        }
    }
}

/// How long after a write a provider without precondition is looked at more closely, and how often.
const LATE: Duration = Duration::from_secs(120);
const CLOSE_LOOK: Duration = Duration::from_secs(5);

/// Looks at one provider of one service, for ever.
struct Patrol {
    setup: Arc<Setup>,
    service: usize,
    provider: ProviderId,
    home: Arc<Home>,
    writes: Arc<std::sync::atomic::AtomicU64>,
    prod: Arc<tokio::sync::Notify>,
}

impl Patrol {
    /// Asks the name servers each `observe_interval`; reads the API and tells the machine of both
    /// each `drift_interval`, and whenever it is prodded.
    async fn walk(self, facts: tokio::sync::mpsc::Sender<Fact>) {
        let Self { setup, service, provider, home, writes, prod } = self;
        let known = &setup.services[service];
        let spec = &setup.providers[known.providers[provider.index()]];
        let options = &setup.options;
        let guarded = known.policy().providers[provider.index()].guarded;
        let count = || writes.load(std::sync::atomic::Ordering::SeqCst);
        let (mut whole_at, mut latest, mut close_until) = (now(), count(), now());
        loop {
            let mark = count();
            if mark != latest && !guarded {
                // A late write of our own could still land, and nothing there would stop it.
                close_until = now() + LATE;
            }
            latest = mark;
            let close = now() < close_until;
            let interval = options.drift_interval;
            let interval = if close { interval.min(CLOSE_LOOK) } else { interval };
            let tell = now() >= whole_at;
            let asking = observe::round(known, &home.servers, options.query_timeout);
            if tell {
                whole_at = now() + shifted(interval);
                let call = Call::until(Instant::now() + spec.call_timeout);
                let (heard, stored) = tokio::join!(asking, publish::read(known, spec, &home, call));
                let read_back = false;
                let stored = Fact::Stored { service, provider, mark, stored, read_back };
                let heard = Fact::Heard { service, provider, mark, heard, tell };
                let _ = facts.send(stored).await;
                let _ = facts.send(heard).await;
                if count() != mark {
                    // It speaks of the time before a write, and is passed on to nobody.
                    whole_at = now();
                }
            } else {
                let heard = asking.await;
                let _ = facts.send(Fact::Heard { service, provider, mark, heard, tell }).await;
            }
            let pause = options.observe_interval.min(whole_at.saturating_duration_since(now()));
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = prod.notified() => whole_at = now(),
            }
        }
    }
}

fn now() -> Instant {
    Instant::now()
}

/// Up to the next tenth of a second: finer steps would only be more facts to keep.
fn coarse(lag: Duration) -> Duration {
    let tenths = lag.as_millis().div_ceil(100);
    Duration::from_millis(100) * u32::try_from(tenths).unwrap_or(u32::MAX)
}

/// The interval, up to a fifth shorter: many watchers and services do not look all at once.
fn shifted(interval: Duration) -> Duration {
    let share = getrandom::u32().unwrap_or(0);
    interval.mul_f64(1.0 - 0.2 * f64::from(share) / f64::from(u32::MAX))
}

fn sample(report: &Report, at: failover_core::Timestamp) -> Sample {
    let outcome = &report.outcome;
    let warnings: Vec<String> = outcome.warnings.iter().map(ToString::to_string).collect();
    let problem = outcome.problem.as_ref().map(ToString::to_string);
    let answered = !matches!(
        outcome.problem,
        Some(Problem::TimedOut { .. } | Problem::NotRun { .. } | Problem::Unreachable { .. })
    );
    Sample {
        at,
        ok: outcome.is_ok(),
        latency_ms: answered.then_some(outcome.elapsed.as_secs_f32() * 1000.0),
        text: problem.or_else(|| (!warnings.is_empty()).then(|| warnings.join("; "))),
    }
}

impl crate::publish::Attempt {
    /// An attempt that could not even be made.
    pub(super) fn refused(message: String) -> Self {
        Self { receipt: Receipt::Refused { message, changed: false }, ttl_before: None }
    }
}
