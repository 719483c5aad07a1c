//! The power of servers: changes are written into the journal, then done, then tried again until it is so.
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use cloud_http::Call;
use failover_core::{Input, Mode, SiteId, Timestamp, Verdict, View};

use super::task::Task;
use super::{Driver, Fact, Gate};
use crate::journal::{Batch, Written};
use crate::power::{Act, PowerChange, SitePower};

/// What is known of the servers of one service's sites.
#[derive(Debug, Default)]
pub(crate) struct Works {
    /// The latest change of each site.
    latest: BTreeMap<SiteId, Work>,
    /// When each site was started, as far as the budget looks back.
    starts: Vec<(SiteId, Timestamp)>,
    /// Since when the active site has been up without a doubt.
    calm: Option<Instant>,
    /// What would have been done was said, and is not said again before it is over.
    said: bool,
}

#[derive(Debug)]
pub(super) struct Work {
    pub(super) change: PowerChange,
    pub(super) task: Option<Task>,
}

impl Works {
    /// What the journal remembers of `service`; `site` finds a site by its name.
    pub(crate) fn of(
        all: &[PowerChange],
        service: &str,
        site: impl Fn(&str) -> Option<SiteId>,
    ) -> Self {
        let mut works = Self::default();
        for change in all.iter().filter(|one| one.service == service) {
            let Some(place) = site(&change.site) else { continue };
            if change.act == Act::Start {
                works.starts.push((place, change.asked));
            }
            works.latest.insert(place, Work { change: change.clone(), task: None });
        }
        works
    }

    /// The latest change of a site.
    pub(super) fn change(&self, site: SiteId) -> Option<&PowerChange> {
        self.latest.get(&site).map(|work| &work.change)
    }

    /// Puts what another watcher has begun in place of what is known.
    pub(super) fn take_over(&mut self, site: SiteId, work: Work) {
        let known = self.starts.contains(&(site, work.change.asked));
        if work.change.act == Act::Start && !known {
            self.starts.push((site, work.change.asked));
        }
        self.latest.insert(site, work);
    }

    fn is_under_way(&self, site: SiteId, act: Act) -> bool {
        self.latest.get(&site).is_some_and(|work| {
            work.task.is_some() && work.change.act == act && work.change.ended.is_none()
        })
    }
}

impl Driver {
    /// Goes on with what an earlier watcher on this journal has begun.
    pub(super) fn resume_power(&mut self) {
        (0..self.services.len()).for_each(|service| self.resume_power_of(service));
    }

    pub(super) fn resume_power_of(&mut self, service: usize) {
        let now = self.setup.clock.now();
        let view = self.services[service].machine.view(now);
        self.give_up_fences(service, &view, now);
        let open: Vec<SiteId> = self.services[service]
            .works
            .latest
            .iter()
            .filter(|(_, work)| work.change.ended.is_none())
            .map(|(site, _)| *site)
            .collect();
        for site in open {
            self.begin(service, site, None);
        }
    }

    /// Another watcher leads: what it wants done it asks for itself.
    pub(super) fn yield_power(&mut self, place: usize) {
        let at = self.setup.clock.now();
        let mut over = Vec::new();
        for (site, work) in &mut self.services[place].works.latest {
            if work.change.ended.is_none() {
                work.task = None;
                work.change.ended = Some(at);
                work.change.given_up = Some("another watcher leads".to_owned());
                over.push(*site);
            }
        }
        for site in over {
            self.keep_change(place, site);
        }
    }

    /// Turns the servers of a site on or off, if that is not under way already.
    pub(super) fn power(&mut self, service: usize, site: SiteId, act: Act) {
        let now = self.setup.clock.now();
        if self.services[service].works.is_under_way(site, act) {
            return;
        }
        if self.trouble.is_some() {
            // The machine knows that there is no journal; this is the second lock on the door.
            tracing::error!("a change of power without a journal was suppressed");
            match act {
                Act::Fence => self.tell_machine(service, Input::Fenced { site, ok: false }),
                Act::Start => self.tell_machine(service, Input::Started { site, ok: false }),
                Act::Rest => {}
            }
            return;
        }
        let (options, known) = (&self.setup.options, self.services[service].setup.clone());
        let name = known.spec.sites.get(site.index()).map(|site| site.name.clone());
        let Some(name) = name else { return };
        if act == Act::Start {
            let starts = &mut self.services[service].works.starts;
            starts.retain(|(_, at)| now.since(*at) < options.starts_window);
            let spent = starts.iter().filter(|(of, _)| *of == site).count();
            if spent >= options.starts_max {
                tracing::warn!(
                    "service {}: {name} is not started again: {spent} times is enough \
                     for {:?}",
                    known.name(),
                    options.starts_window
                );
                self.tell_machine(service, Input::Started { site, ok: false });
                return;
            }
            starts.push((site, now));
        }
        self.power_changes += 1;
        let change = PowerChange {
            id: self.power_changes,
            service: known.name().to_owned(),
            site: name,
            act,
            asked: now,
            ended: None,
            served: None,
            given_up: None,
        };
        let works = &mut self.services[service].works;
        let mut power = vec![change.clone()];
        let mut task = None;
        if let Some(mut replaced) = works.latest.remove(&site) {
            task = replaced.task.take();
            if replaced.change.ended.is_none() {
                replaced.change.ended = Some(now);
                replaced.change.given_up = Some(format!("{} is wanted instead", act.word()));
                power.insert(0, replaced.change);
            }
        }
        works.latest.insert(site, Work { change, task });
        let written = self.journal.commit(Batch { power, ..Batch::default() });
        self.begin(service, site, Some(written));
    }

    /// Lets a task do what the latest change of `site` says, once it is on the disk.
    fn begin(&mut self, service: usize, site: SiteId, written: Option<Written>) {
        let Some(gate) = self.gate_of(service) else { return };
        // The store knows of it before anything is done, too.
        let shared = written.is_some().then(|| self.share_power(service, site)).flatten();
        let (setup, facts) = (self.setup.clone(), self.facts.0.clone());
        let known = self.services[service].setup.clone();
        let Some(work) = self.services[service].works.latest.get_mut(&site) else { return };
        let Some(power) = known.power.get(&site).cloned() else { return };
        let (id, act, previous) = (work.change.id, work.change.act, work.task.take());
        tracing::info!("service {}: {} of {} begins", known.name(), act.word(), work.change.site);
        work.task = Some(Task::spawn(async move {
            if let Some(previous) = previous {
                previous.stop().await;
            }
            if let Some(written) = written
                && !matches!(written.await, Ok(Ok(())))
            {
                // Nothing was done; whoever wants it asks again.
                let _ = facts.send(Fact::Powered { service, site, id, ok: false }).await;
                return;
            }
            if let Some(shared) = shared
                && !matches!(shared.await, Ok(true))
            {
                // Whoever leads by now asks for it.
                let _ = facts.send(Fact::Powered { service, site, id, ok: false }).await;
                return;
            }
            setup.options.reached(known.name(), "powering").await;
            until_done(&setup, &known, &power, act, &gate).await;
            setup.options.reached(known.name(), "powered").await;
            let _ = facts.send(Fact::Powered { service, site, id, ok: true }).await;
        }));
    }

    /// A task has ended.
    pub(super) fn powered(&mut self, service: usize, site: SiteId, id: u64, ok: bool) {
        let now = self.setup.clock.now();
        let Some(work) = self.services[service].works.latest.get_mut(&site) else { return };
        if work.change.id != id || work.change.ended.is_some() {
            return;
        }
        work.task = None;
        work.change.ended = Some(now);
        work.change.given_up = (!ok).then(|| "the journal could not be written".to_owned());
        let act = work.change.act;
        self.keep_change(service, site);
        match act {
            Act::Fence => self.tell_machine(service, Input::Fenced { site, ok }),
            Act::Start => self.tell_machine(service, Input::Started { site, ok }),
            Act::Rest => {}
        }
    }

    /// Writes what has become of a change. Lost, it is done again by the next watcher.
    fn keep_change(&self, service: usize, site: SiteId) {
        if let Some(work) = self.services[service].works.latest.get(&site) {
            let batch = Batch { power: vec![work.change.clone()], ..Batch::default() };
            drop(self.journal.commit(batch));
        }
        drop(self.share_power(service, site));
    }

    /// Looks after the servers: notes when a started site is up, ends what is not wanted any more,
    /// and lets a standby rest once the suspicion has passed.
    pub(super) fn look_after_servers(&mut self, place: usize) {
        if self.services[place].setup.power.is_empty() || !self.leads() {
            return;
        }
        let (now, at) = (Instant::now(), self.setup.clock.now());
        let view = self.services[place].machine.view(at);
        let up = |site: SiteId| {
            view.sites.get(site.index()).is_some_and(|site| site.verdict == Verdict::Up)
        };
        self.give_up_fences(place, &view, at);
        let setup = self.services[place].setup.clone();
        let armed = matches!(view.mode, Mode::Armed { .. });
        let doubted = |site: SiteId| view.sites.get(site.index()).is_none_or(|s| s.tally[1] > 0);
        let active = view.desired.single();
        let calm = active.is_some_and(|site| up(site) && !doubted(site));
        let calm = calm && view.open_move.is_none();
        let works = &mut self.services[place].works;
        works.calm = calm.then(|| works.calm.unwrap_or(now));
        let rested = works.calm.is_some_and(|since| now - since >= self.setup.options.rest_after);
        let mut served = Vec::new();
        let mut rest = Vec::new();
        for (site, work) in &mut works.latest {
            let started = work.change.act == Act::Start;
            if work.change.is_done() && started && work.change.served.is_none() && up(*site) {
                work.change.served = Some(at);
                served.push(*site);
            }
            let cold = setup.policy().sites.get(site.index()).is_some_and(|site| site.cold);
            if started && cold && rested && !view.desired.contains(*site) {
                rest.push(*site);
            }
        }
        self.say_what_would_be_done(place, &view, armed, active.is_some_and(doubted));
        for site in served {
            self.keep_change(place, site);
        }
        for site in rest.into_iter().filter(|_| armed) {
            self.power(place, site, Act::Rest);
        }
    }

    /// A site that people are sent to again is not stopped any more.
    fn give_up_fences(&mut self, place: usize, view: &View, at: Timestamp) {
        let mut over = Vec::new();
        for (site, work) in &mut self.services[place].works.latest {
            let open = work.change.ended.is_none() && work.change.act != Act::Start;
            if open && view.desired.contains(*site) {
                work.task = None;
                work.change.ended = Some(at);
                work.change.given_up = Some("the site is active again".to_owned());
                over.push(*site);
            }
        }
        for site in over {
            self.keep_change(place, site);
        }
    }

    fn say_what_would_be_done(&mut self, place: usize, view: &View, armed: bool, doubted: bool) {
        let service = &mut self.services[place];
        let would = !armed && doubted;
        if would && !service.works.said {
            let sites = service.setup.policy().sites.iter().enumerate();
            let cold = sites.filter(|(site, policy)| {
                let site = u8::try_from(*site).map(SiteId);
                policy.cold && site.is_ok_and(|site| !view.desired.contains(site))
            });
            for (_, policy) in cold {
                tracing::info!(
                    "service {}: disarmed; if it were armed, the standby {} would be \
                     started now",
                    service.setup.name(),
                    policy.name
                );
            }
        }
        service.works.said = would;
    }
}

async fn until_done(
    setup: &crate::setup::Setup,
    known: &crate::setup::ServiceSetup,
    power: &Arc<dyn SitePower>,
    act: Act,
    gate: &Gate,
) {
    let mut pause = known.policy().retry_min;
    loop {
        let Some(call) = gate.call(Call::until(Instant::now() + setup.options.power_timeout))
        else {
            // The driver hears of it, too, and ends this task.
            return std::future::pending().await;
        };
        let tried = match act {
            Act::Fence => power.fence(call).await,
            Act::Start => power.start(call).await,
            Act::Rest => power.rest(call).await,
        };
        let Err(message) = tried else { return };
        tracing::warn!("service {}: {} is not done yet: {message}", known.name(), act.word());
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(known.policy().retry_max);
    }
}
