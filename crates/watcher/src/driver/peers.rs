//! The other watchers: what they see counts here too, and whether they watch is watched.
//!
//! A peer that is silent or blind is a reason to tell people. It is never restarted from here, and
//! nobody acts in its place: who leads is the store's affair alone.
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use failover_core::{
    Blocker, CheckId, ClusterView, Digest, Input, PeerView, Severity, SiteId, Timestamp, VantageId,
    Verdict,
};

use super::Driver;
use crate::alert::Alert;
use crate::cluster::{OwnFacts, Probe, Pulse, Report, Said};
use crate::probe::Row;
use crate::setup::Setup;

/// How long a move may be due while the leader does nothing, before people are told.
const IDLE: Duration = Duration::from_secs(15);
/// How long vantages may disagree about an active site before people are told.
const DOUBT: Duration = Duration::from_secs(3);
/// Between two looks at the others.
const LOOK: Duration = Duration::from_millis(250);
/// The key of the alert that nobody leads.
const VACANT: &str = "leader";

/// What is known of another watcher.
#[derive(Debug)]
pub(crate) struct Peer {
    pulse: Pulse,
    /// Its latest report, without the probes.
    latest: Option<Report>,
    heard: Option<Instant>,
    /// When this watcher began to expect it.
    expected: Instant,
    /// Since when it sees nothing while others do.
    blind: Option<Instant>,
}

/// The other vantages of all policies.
pub(crate) fn expected(setup: &Setup) -> BTreeMap<String, Peer> {
    let vantages = setup.services.iter().flat_map(|service| &service.policy().vantages);
    let others = vantages.filter(|vantage| **vantage != setup.vantage);
    others.map(|vantage| (vantage.clone(), Peer::new())).collect()
}

impl Peer {
    fn new() -> Self {
        let expected = Instant::now();
        Self { pulse: Pulse::default(), latest: None, heard: None, expected, blind: None }
    }

    pub(super) fn policies(&self) -> &[(String, u64)] {
        self.latest.as_ref().map(|report| report.policies.as_slice()).unwrap_or_default()
    }

    pub(super) fn was_heard_after(&self, moment: Instant) -> bool {
        self.heard.is_some_and(|heard| heard >= moment)
    }

    fn silent_for(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.heard.unwrap_or(self.expected))
    }
}

impl Driver {
    /// Passes on a probe of this watcher's own.
    pub(super) fn tell_others(&self, row: &Row, ok: bool, started: Instant) {
        let Some(seated) = &self.seated else { return };
        let setup = &self.services[row.service].setup;
        let policy = setup.policy();
        let (Some(site), Some(check)) =
            (policy.sites.get(row.site.index()), policy.checks.get(row.check.index()))
        else {
            return;
        };
        let probe = Probe {
            service: setup.name().to_owned(),
            site: site.name.clone(),
            check: check.name.clone(),
            ok,
            at: 0,
        };
        // If the others cannot be told, to them this vantage is silent, and silence is unknown.
        let _ = seated.probes.try_send((probe, started));
    }

    /// Another watcher has said something.
    pub(super) fn said(&mut self, said: Said) {
        let Some(seated) = &mut self.seated else { return };
        let group = seated.group.clone();
        let Said { vantage, mut report, heard } = said;
        let peer = seated.peers.entry(vantage.clone()).or_insert_with(Peer::new);
        if !peer.pulse.hears(&report, group.millis(heard)) {
            return;
        }
        peer.heard = Some(heard);
        let news = peer.latest.as_ref().is_none_or(|latest| latest.isolated != report.isolated);
        let (now, here) = (group.millis(Instant::now()), self.setup.clock.now());
        let probes = std::mem::take(&mut report.probes);
        let started: Vec<Timestamp> = probes
            .iter()
            .map(|probe| {
                let age = now.saturating_sub(peer.pulse.here(probe.at));
                Timestamp::from_millis(here.as_millis().saturating_sub(age))
            })
            .collect();
        let isolated = report.isolated;
        peer.latest = Some(report);
        for service in 0..self.services.len() {
            let Some(vantage) = self.vantage(service, &vantage) else { continue };
            if news {
                self.tell_machine(service, Input::Isolated { vantage, isolated });
            }
            for (probe, at) in probes.iter().zip(&started) {
                if let Some((site, check)) = self.place_of(service, probe) {
                    let (ok, at) = (probe.ok, *at);
                    self.tell_machine(service, Input::Probed { vantage, site, check, ok, at });
                }
            }
        }
        self.pictures.soon();
    }

    /// The lease of another watcher has ended.
    pub(super) fn gone(&mut self, vantage: &str) {
        tracing::info!("the lease of {vantage} has ended");
    }

    fn vantage(&self, service: usize, name: &str) -> Option<VantageId> {
        let all = &self.services[service].setup.policy().vantages;
        let place = all.iter().position(|known| known == name)?;
        u8::try_from(place).ok().map(VantageId)
    }

    fn place_of(&self, service: usize, probe: &Probe) -> Option<(SiteId, CheckId)> {
        let setup = &self.services[service].setup;
        if setup.name() != probe.service {
            return None;
        }
        let policy = setup.policy();
        let site = policy.sites.iter().position(|site| site.name == probe.site)?;
        let check = policy.checks.iter().position(|check| check.name == probe.check)?;
        Some((SiteId(u8::try_from(site).ok()?), CheckId(u8::try_from(check).ok()?)))
    }

    /// Who is cut off, for a machine that knows nothing yet.
    pub(super) fn isolation(&self, service: usize) -> Vec<Input> {
        let Some(seated) = &self.seated else { return Vec::new() };
        let mut inputs = Vec::new();
        if seated.facts.borrow().isolated {
            let vantage = self.services[service].setup.vantage;
            inputs.push(Input::Isolated { vantage, isolated: true });
        }
        for (name, peer) in &seated.peers {
            let isolated = peer.latest.as_ref().is_some_and(|report| report.isolated);
            if let Some(vantage) = self.vantage(service, name).filter(|_| isolated) {
                inputs.push(Input::Isolated { vantage, isolated });
            }
        }
        inputs
    }

    /// The largest lag that another watcher has measured lately.
    pub(super) fn lag_elsewhere(&self, service: usize, site: SiteId) -> Option<Duration> {
        let seated = self.seated.as_ref()?;
        let setup = &self.services[service].setup;
        let name = &setup.spec.sites.get(site.index())?.name;
        let (now, freshness) = (Instant::now(), setup.policy().freshness);
        let fresh = seated.peers.values().filter(|peer| peer.silent_for(now) < freshness);
        let lags = fresh.filter_map(|peer| peer.latest.as_ref()).flat_map(|report| &report.lags);
        let own = lags.filter(|(of, at, _)| of == setup.name() && at == name);
        own.map(|(.., millis)| Duration::from_millis(*millis)).max()
    }

    /// Whether another watcher has moved this service alone, and the group does not know of it yet.
    pub(super) fn peer_is_alone(&self, service: &str) -> bool {
        let Some(seated) = &self.seated else { return false };
        let (now, patience) = (Instant::now(), seated.group.lease * 2);
        let heard = seated.peers.values().filter(|peer| peer.silent_for(now) < patience);
        let mut alone = heard.filter_map(|peer| peer.latest.as_ref()).flat_map(|all| &all.alone);
        alone.any(|name| name == service)
    }

    pub(super) fn policy_digests(&self) -> Vec<(String, u64)> {
        let all = self.services.iter().map(|service| &service.setup);
        all.map(|setup| (setup.name().to_owned(), Digest::of(setup.policy()))).collect()
    }

    /// Tells the others what is true of this watcher now.
    pub(super) fn tell_of_oneself(&self) {
        let Some(seated) = &self.seated else { return };
        let mut lags = Vec::new();
        let mut sees = false;
        for service in &self.services {
            let series = service.series.iter();
            sees |= series.filter_map(|series| series.samples.back()).any(|sample| sample.ok);
            let names = service.setup.spec.sites.iter().map(|site| &site.name);
            for (name, lag) in names.zip(&service.lags_own) {
                if let Some(lag) = lag {
                    let millis = u64::try_from(lag.as_millis()).unwrap_or(u64::MAX);
                    lags.push((service.setup.name().to_owned(), name.clone(), millis));
                }
            }
        }
        let (leads, journal) = (seated.leads(), seated.mirror.problem.clone());
        let (alone, policies) = (self.alone_services(), self.policy_digests());
        seated.facts.send_if_modified(|own| {
            let facts =
                OwnFacts { isolated: own.isolated, lags, leads, journal, sees, alone, policies };
            let news = *own != facts;
            *own = facts;
            news
        });
    }

    /// Raises and clears what concerns the other watchers.
    pub(super) fn look_after_peers(&mut self) {
        let now = Instant::now();
        let Some(seated) = &mut self.seated else { return };
        if now.saturating_duration_since(seated.looked) < LOOK {
            return;
        }
        seated.looked = now;
        // Who hears nobody has a problem of its own, which is told already.
        if seated.away.is_some() {
            return;
        }
        let patience = seated.group.lease * 2;
        let sees = seated.facts.borrow().sees;
        let mut news = Vec::new();
        for (name, peer) in &mut seated.peers {
            let key = format!("peer:{name}");
            let silent = peer.silent_for(now);
            let blind = peer.latest.as_ref().is_some_and(|report| !report.sees) && sees;
            peer.blind = blind.then(|| peer.blind.unwrap_or(now));
            let text = if silent >= patience {
                Some(format!(
                    "The watcher {name} is silent: look after it, because one vote less is left."
                ))
            } else if peer.blind.is_some_and(|since| now - since >= patience) {
                Some(format!(
                    "The watcher {name} sees no site at all, while {} does.",
                    self.setup.vantage
                ))
            } else {
                None
            };
            let over = format!("The watcher {name} watches again.");
            news.push((key, text, over));
        }
        let vacant = seated.vacant.filter(|since| now - *since >= patience);
        let text = vacant.map(|_| "No watcher leads, so nothing is moved by itself.".to_owned());
        news.push((VACANT.to_owned(), text, "A watcher leads again.".to_owned()));
        news.extend(self.policy_news());
        for service in 0..self.services.len() {
            news.extend(self.services_news(service, now));
        }
        for (key, text, over) in news {
            match text {
                Some(text) => self.raise(Alert::new(key, Severity::Warning, text)),
                None => self.clear(&key, &over),
            }
        }
    }

    /// What concerns one service: a leader that does nothing, and vantages that disagree.
    fn services_news(
        &mut self,
        place: usize,
        now: Instant,
    ) -> Vec<(String, Option<String>, String)> {
        let leads = self.leads();
        let holder = self.seated.as_ref().and_then(|seated| seated.holder.as_ref());
        let leader = holder.map(|holder| holder.vantage.clone()).unwrap_or_default();
        let agreed = self.agreed(place).desired();
        let service = &mut self.services[place];
        let view = service.seeing().view(self.setup.clock.now());
        let same = agreed == service.seeing().state().desired();
        let lead = |blocker: &Blocker| matches!(blocker, Blocker::NotLeader);
        let due =
            !leads && same && view.next.wants.is_some() && view.next.blockers.iter().all(lead);
        service.due = due.then(|| service.due.unwrap_or(now));
        let idle = service.due.is_some_and(|since| now - since >= IDLE);
        let name = service.setup.name().to_owned();
        let text = idle.then(|| {
            format!("The watcher {leader} leads and should have moved {name}, and does not.")
        });
        let mut news = vec![(format!("idle:{name}"), text, format!("{name} is led again."))];
        let doubted = view.sites.iter().zip(0..).find(|(site, number)| {
            agreed.contains(SiteId(*number)) && site.verdict != Verdict::Down && site.tally[1] > 0
        });
        service.doubted = doubted.is_some().then(|| service.doubted.unwrap_or(now));
        let lasts = service.doubted.is_some_and(|since| now - since >= DOUBT);
        let text = doubted.filter(|_| lasts).map(|(site, _)| {
            let ([_, down, _], all) = (site.tally, site.votes.len());
            format!(
                "{down} of {all} vantages see {} of {name} down; it takes {} to move, so nothing \
                 is moved.",
                site.name, view.quorum
            )
        });
        let over = format!("The vantages agree about {name} again.");
        news.push((format!("doubt:{name}"), text, over));
        news
    }

    /// The group as people are shown it.
    pub(super) fn picture_of_group(&self) -> Option<ClusterView> {
        let seated = self.seated.as_ref()?;
        let (now, at) = (Instant::now(), self.setup.clock.now());
        let patience = seated.group.lease * 2;
        let peers = seated.peers.iter().map(|(name, peer)| {
            let heard = peer.heard.map(|heard| self.setup.clock.stamp(heard));
            let latest = peer.latest.as_ref();
            PeerView {
                vantage: name.clone(),
                heard,
                alive: heard.is_some() && peer.silent_for(now) < patience,
                sees: latest.is_some_and(|report| report.sees),
                isolated: latest.is_some_and(|report| report.isolated),
                leads: latest.is_some_and(|report| report.leads),
                journal: latest.and_then(|report| report.journal.clone()),
                version: latest.map(|report| report.version.clone()),
            }
        });
        Some(ClusterView {
            leader: seated.holder.as_ref().map(|holder| holder.vantage.clone()),
            epoch: seated.holder.as_ref().map_or(0, |holder| holder.epoch),
            leads: seated.leads(),
            since: seated.vacant.map(|since| {
                let before = u64::try_from((now - since).as_millis()).unwrap_or(0);
                Timestamp::from_millis(at.as_millis().saturating_sub(before))
            }),
            problem: seated.away.clone(),
            peers: peers.collect(),
        })
    }
}
