//! From a description to a watcher: everything that can be wrong is said here.
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use failover_core::{Failover, Fence, SiteId, State, VantageId};
use health::Prober;
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::cluster::Cluster;
use crate::driver::{Driver, Memory, Seated, Service, Works};
use crate::error::{BuildError, RunError};
use crate::figures::Counts;
use crate::handle::Handle;
use crate::journal::{self, Batch, Journal, LoneRow, Stage, Terms};
use crate::options::Options;
use crate::power::SitePower;
use crate::probe;
use crate::pulse::Pulse;
use crate::setup::{Family, ServiceSetup, Setup};
use crate::spec::{ProviderSpec, ServiceSpec, ZoneRef};
use crate::telling::{ChannelSpec, DeliveryCounts};

/// Commands and plans that wait for the driver.
const REQUESTS_MAX: usize = 64;
/// The largest TTL there is (RFC 2181 section 8).
const TTL_MAX: u32 = 0x7fff_ffff;

/// Watches services and moves them; see the [crate's documentation](crate).
#[derive(Debug)]
pub struct Watcher {
    driver: Driver,
    handle: Handle,
}

/// Describes a [`Watcher`].
#[derive(Debug)]
pub struct WatcherBuilder {
    vantage: String,
    version: String,
    journal: Option<PathBuf>,
    providers: Vec<ProviderSpec>,
    services: Vec<ServiceSpec>,
    power: Vec<(String, String, Arc<dyn SitePower>)>,
    cluster: Option<Cluster>,
    channels: Vec<ChannelSpec>,
    panel: Option<String>,
    prober: Prober,
    options: Options,
}

impl Watcher {
    /// Begins the description of a watcher that probes from the place called `vantage`, which
    /// must be one of each policy's vantages.
    pub fn builder(vantage: impl Into<String>) -> WatcherBuilder {
        WatcherBuilder {
            vantage: vantage.into(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            journal: None,
            providers: Vec::new(),
            services: Vec::new(),
            power: Vec::new(),
            cluster: None,
            channels: Vec::new(),
            panel: None,
            prober: Prober::new(),
            options: Options::default(),
        }
    }

    /// A way to look at it and to command it, before it runs and while it does.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Runs until `shutdown` resolves; an open move then has [`Options::grace`] to end, and what
    /// is left of it is continued by the next watcher on the same journal.
    ///
    /// Needs a tokio runtime with IO and time. Dropping the future stops everything at once, as a
    /// crash would; that is safe too.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), RunError> {
        let Self { driver, handle } = self;
        drop(handle);
        driver.run(shutdown).await
    }
}

impl WatcherBuilder {
    /// The version that snapshots and the journal show. Default: this crate's.
    #[must_use]
    pub fn version(self, version: impl Into<String>) -> Self {
        Self { version: version.into(), ..self }
    }

    /// The journal's file; made if it is not there. Required. A lock file is kept beside it.
    #[must_use]
    pub fn journal(self, path: impl Into<PathBuf>) -> Self {
        Self { journal: Some(path.into()), ..self }
    }

    /// One more DNS provider.
    #[must_use]
    pub fn provider(mut self, provider: ProviderSpec) -> Self {
        self.providers.push(provider);
        self
    }

    /// One more service.
    #[must_use]
    pub fn service(mut self, service: ServiceSpec) -> Self {
        self.services.push(service);
        self
    }

    /// The servers behind `site` of `service`: the watcher may fence them, start a cold standby and
    /// let it rest again. Without this it turns nothing on or off.
    #[must_use]
    pub fn power(
        mut self,
        service: impl Into<String>,
        site: impl Into<String>,
        power: Arc<dyn SitePower>,
    ) -> Self {
        self.power.push((service.into(), site.into(), power));
        self
    }

    /// Makes it one of several watchers, of which one leads at a time. Default: it is alone.
    #[must_use]
    pub fn cluster(self, cluster: Cluster) -> Self {
        Self { cluster: Some(cluster), ..self }
    }

    /// One more way to tell people. Without any, what happens is only logged and shown.
    #[must_use]
    pub fn channel(mut self, channel: ChannelSpec) -> Self {
        self.channels.push(channel);
        self
    }

    /// Where people find the panel; stands in every message.
    #[must_use]
    pub fn panel(self, url: impl Into<String>) -> Self {
        Self { panel: Some(url.into()), ..self }
    }

    /// What probes are run with. Default: `Prober::new()`.
    #[must_use]
    pub fn prober(self, prober: Prober) -> Self {
        Self { prober, ..self }
    }

    /// Intervals and limits.
    #[must_use]
    pub fn options(self, options: Options) -> Self {
        Self { options, ..self }
    }

    /// Checks the description and opens the journal. Contacts nobody.
    pub fn build(self) -> Result<Watcher, BuildError> {
        let Some(path) = self.journal.clone() else {
            return Err(spec("journal", "a file is needed: without it nothing may be changed"));
        };
        let services = self.checked()?;
        if let Some((what, message)) = self.cluster.as_ref().and_then(Cluster::problem) {
            return Err(spec(format!("cluster: {what}"), message));
        }
        let clock = Clock::start();
        let terms = Terms {
            now: clock.now(),
            version: &self.version,
            vantage: &self.vantage,
            bytes_max: self.options.journal_max_bytes,
            retention: self.options.retention,
            recent: self.options.recent,
        };
        let opened = journal::open(&path, &terms)?;
        let rows: Vec<_> =
            services.iter().enumerate().map(|(at, setup)| probe::rows(at, setup)).collect();
        let counts = Arc::new(Counts::new(&services, &rows, &path));
        let setup = Arc::new(Setup {
            version: self.version,
            vantage: self.vantage,
            options: self.options,
            clock: clock.not_before(opened.at),
            prober: self.prober,
            channels: self.channels.into(),
            panel: self.panel,
            providers: self.providers,
            services,
            counts: counts.clone(),
        });
        let mut states: BTreeMap<String, State> = opened.states.into_iter().collect();
        let segments = Arc::new(AtomicU64::new(opened.segment));
        let policies = setup.services.iter().map(|service| service.spec.policy.clone()).collect();
        let services = setup.services.iter().enumerate().map(|(at, service)| {
            let state = states.remove(service.name()).unwrap_or_default();
            let site = |name: &str| {
                let known = service.spec.sites.iter().position(|site| site.name == name);
                known.and_then(|place| u8::try_from(place).ok()).map(SiteId)
            };
            let works = Works::of(&opened.power_changes, service.name(), site);
            Service::new(at, service.clone(), state, segments.clone(), works)
        });
        let mut services: Vec<Service> = services.collect();
        let journal = Journal::start(&path, opened.writer)?;
        let own = opened.lone.iter().map(|row| row.id.clone()).collect();
        take_up_lone_moves(&mut services, &journal, opened.lone, self.cluster.is_some());
        let (requests, incoming) = mpsc::channel(REQUESTS_MAX);
        let power_changes = opened.power_changes.last().map_or(0, |latest| latest.id);
        let memory = Memory {
            seq: opened.seq,
            power_changes,
            recent: opened.recent,
            told: opened.told,
            unfinished: opened.unfinished,
            problem: opened.problem,
        };
        let (deliveries, pulse) = (DeliveryCounts::new(&setup.channels), Pulse::new(&setup));
        let shared = (deliveries.clone(), pulse.clone());
        let seated = self.cluster.map(|cluster| Seated::new(cluster, &setup, opened.mirrored, own));
        let (driver, snapshots) =
            Driver::new(setup, services, journal, memory, shared, incoming, seated);
        let journal = path;
        let handle = Handle { requests, snapshots, journal, counts, deliveries, pulse, policies };
        Ok(Watcher { driver, handle })
    }

    fn checked(&self) -> Result<Vec<Arc<ServiceSetup>>, BuildError> {
        let mut names = BTreeSet::new();
        for provider in &self.providers {
            if !names.insert(&provider.name) {
                let place = format!("provider {}", provider.name);
                return Err(spec(place, "there are two of this name; rename one"));
            }
        }
        if self.services.is_empty() {
            return Err(spec("services", "at least one is needed"));
        }
        channels_fit(&self.channels, &self.services)?;
        let mut names = BTreeSet::new();
        let mut checked = Vec::new();
        for service in &self.services {
            let name = service.policy.spec().service.clone();
            let setup = self.service_setup(service)?;
            if !names.insert(name.clone()) {
                let place = format!("service {name}");
                return Err(spec(place, "there are two of this name; rename one"));
            }
            checked.push(Arc::new(setup));
        }
        Ok(checked)
    }

    fn service_setup(&self, service: &ServiceSpec) -> Result<ServiceSetup, BuildError> {
        let policy = service.policy.spec();
        let wrong = |what: &str, message: String| {
            Err(spec(format!("service {}: {what}", policy.service), message))
        };
        let vantage = policy.vantages.iter().position(|name| *name == self.vantage);
        let Some(vantage) = vantage.and_then(|place| u8::try_from(place).ok()) else {
            let known = policy.vantages.join(", ");
            let message = format!("{} is not one of the policy's ({known})", self.vantage);
            return wrong("vantage", message);
        };
        sites_fit(service)?;
        checks_fit(service)?;
        let power = self.power_of(service);
        for (place, site) in (0..).zip(&policy.sites) {
            let needed = policy.fence != Fence::Never || site.cold;
            if needed && !power.contains_key(&SiteId(place)) {
                let message = "nobody says how its servers are turned off and on; name them, or use fence = \
                               never and no cold site";
                return wrong(&site.name, message.to_owned());
            }
        }
        if service.zones.len() != policy.providers.len() {
            let (have, need) = (service.zones.len(), policy.providers.len());
            return wrong("zones", format!("{have} zones for {need} providers; give one each"));
        }
        let mut providers = Vec::new();
        for (wanted, zone) in policy.providers.iter().zip(&service.zones) {
            let found = self.providers.iter().position(|provider| provider.name == wanted.name);
            let Some(at) = found else {
                let message = format!("no provider is called {}", wanted.name);
                return wrong("providers", message);
            };
            publishable(service, &self.providers[at], zone)?;
            providers.push(at);
        }
        let targets: BTreeSet<Family> = service
            .sites
            .iter()
            .flat_map(|site| &site.targets)
            .map(|target| Family::of(*target))
            .collect();
        let families = targets.into_iter().collect();
        let vantage = VantageId(vantage);
        Ok(ServiceSetup { spec: service.clone(), vantage, providers, families, power })
    }

    fn power_of(&self, service: &ServiceSpec) -> BTreeMap<SiteId, Arc<dyn SitePower>> {
        let policy = service.policy.spec();
        let own = self.power.iter().filter(|(of, ..)| *of == policy.service);
        let places = own.filter_map(|(_, site, power)| {
            let place = policy.sites.iter().position(|known| known.name == *site)?;
            Some((SiteId(u8::try_from(place).ok()?), power.clone()))
        });
        places.collect()
    }
}

/// Moves that were made here alone are told to the group; without one they are what is so.
fn take_up_lone_moves(
    services: &mut [Service],
    journal: &Journal,
    rows: Vec<LoneRow>,
    in_group: bool,
) {
    for row in rows.into_iter().filter(|row| row.stage != Stage::Handed) {
        let own = services.iter_mut().find(|service| service.setup.name() == row.service);
        let Some(service) = own else { continue };
        if in_group {
            service.lone.push(row);
            continue;
        }
        let mut state = service.machine.state().clone();
        row.events.iter().for_each(|record| state.apply(record.at, &record.event));
        service.machine = Failover::new(service.setup.spec.policy.clone(), state.clone());
        let states = vec![(row.service.clone(), row.at, state)];
        let lone = Some(Box::new(LoneRow { stage: Stage::Handed, ..row }));
        drop(journal.commit(Batch { states, lone, ..Batch::default() }));
    }
}

fn channels_fit(channels: &[ChannelSpec], services: &[ServiceSpec]) -> Result<(), BuildError> {
    let mut names = BTreeSet::new();
    for channel in channels {
        let place = format!("channel {}", channel.name);
        if !names.insert(&channel.name) {
            return Err(spec(place, "there are two of this name; rename one"));
        }
        for wanted in channel.services.iter().flatten() {
            if !services.iter().any(|service| service.policy.spec().service == *wanted) {
                return Err(spec(place, format!("no service is called {wanted}")));
            }
        }
    }
    Ok(())
}

fn sites_fit(service: &ServiceSpec) -> Result<(), BuildError> {
    let policy = service.policy.spec();
    let place = |what: &str| format!("service {}: {what}", policy.service);
    let configured: Vec<&str> = service.sites.iter().map(|site| site.name.as_str()).collect();
    let decided: Vec<&str> = policy.sites.iter().map(|site| site.name.as_str()).collect();
    if configured != decided {
        let (configured, decided) = (configured.join(", "), decided.join(", "));
        let message = format!("they are {configured}, but the policy decides about {decided}");
        return Err(spec(place("sites"), message));
    }
    let mut owners = BTreeMap::new();
    for site in &service.sites {
        if site.targets.is_empty() {
            return Err(spec(place(&site.name), "it has no target; give at least one address"));
        }
        for target in &site.targets {
            if let Some(owner) = owners.insert(*target, &site.name) {
                let message = format!(
                    "{target} belongs to {owner} too; without addresses of its own nobody can see \
                     which site is published"
                );
                return Err(spec(place(&site.name), message));
            }
        }
    }
    Ok(())
}

fn checks_fit(service: &ServiceSpec) -> Result<(), BuildError> {
    let policy = service.policy.spec();
    let place = format!("service {}: checks", policy.service);
    if service.checks.len() != policy.checks.len() {
        let (have, need) = (service.checks.len(), policy.checks.len());
        return Err(spec(place, format!("{have} are described, the policy counts on {need}")));
    }
    for (check, decided) in service.checks.iter().zip(&policy.checks) {
        if check.timeout != decided.timeout {
            let (have, name) = (check.timeout, &decided.name);
            let need = decided.timeout;
            let message = format!("{name} times out after {have:?}, the policy counts on {need:?}");
            return Err(spec(place, message));
        }
    }
    Ok(())
}

fn publishable(
    service: &ServiceSpec,
    provider: &ProviderSpec,
    zone: &ZoneRef,
) -> Result<(), BuildError> {
    let policy = service.policy.spec();
    let place = |what: &str| format!("service {}: {what}", policy.service);
    if let ZoneRef::Name(zone) = zone
        && !service.name.is_in(zone)
    {
        let message = format!("{} does not lie in {zone}", service.name);
        return Err(spec(place("zones"), message));
    }
    let capabilities = provider.provider.capabilities();
    let (least, ttl) = (capabilities.ttl_min, service.ttl);
    if ttl < least || ttl > TTL_MAX {
        let message = format!("{ttl} s; {} takes {least} to {TTL_MAX}", provider.name);
        return Err(spec(place("ttl"), message));
    }
    let most = service.sites.iter().map(|site| site.targets.len()).sum::<usize>();
    if most > capabilities.values_max {
        let (name, values_max) = (&provider.name, capabilities.values_max);
        let message = format!("{most} targets; {name} takes {values_max} values per RRset");
        return Err(spec(place("sites"), message));
    }
    Ok(())
}

fn spec(place: impl Into<String>, message: impl Into<String>) -> BuildError {
    BuildError::Spec { place: place.into(), message: message.into() }
}
