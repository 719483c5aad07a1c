//! A world to watch: the emulator with both clouds and two sites, and a journal in a directory of
//! its own.
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use cloud_emulator::{Emulator, Fault, Info, Options as EmulatorOptions};
use cloud_http::{Call, Error, HttpOptions, HttpTransport, Pacer, StaticToken};
use dns_provider::google::GoogleDns;
use dns_provider::hetzner::HetznerDns;
use dns_provider::propagation::{self, NameServer};
use dns_provider::{
    Capabilities, ChangeSet, DnsProvider, Key, Name, Outcome, RecordType, Report, RrSet, Ticket,
    Zone,
};
use failover_core::{
    Actor, Answer, Event, EventRecord, Policy, PolicySpec, Preset, ProviderPolicy, SiteId, SiteSet,
    Snapshot, Verdict,
};
use health::{Check, HttpCheck, Kind};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use watcher::{
    Checkpoint, Handle, Options, ProviderSpec, RunError, ServiceSpec, SiteSpec, Watcher,
    WatcherBuilder, ZoneRef,
};

/// No machine is so slow that this is not enough.
const PATIENCE: Duration = Duration::from_secs(90);

pub const ONE: SiteId = SiteId(0);
pub const TWO: SiteId = SiteId(1);
pub const GOOGLE: usize = 0;
pub const HETZNER: usize = 1;

/// Both clouds and two sites; what is in a watcher's way can be broken with [`World::breaks`].
pub struct World {
    pub emulator: Emulator,
    pub map: Map,
    pub directory: TempDir,
}

/// Where everything is; also for a watcher in another process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Map {
    pub google: String,
    pub google_zone: String,
    pub google_token: String,
    pub project: String,
    pub hetzner: String,
    pub hetzner_token: String,
    pub zone: String,
    /// Provider, name, address.
    pub servers: Vec<(String, String, SocketAddr)>,
    /// Name, address.
    pub sites: Vec<(String, IpAddr)>,
    pub port: u16,
}

impl Map {
    fn of(info: &Info) -> Self {
        let zone = info.zone.as_ref().expect("a zone");
        let servers = info.dns.iter().map(|server| {
            let address = server.address.parse().expect("an address");
            (server.provider.to_string(), server.server.clone(), address)
        });
        Self {
            google: info.google.clone(),
            google_zone: zone.google.as_ref().expect("a zone").name.clone(),
            google_token: info.tokens.google.clone(),
            project: info.project.clone(),
            hetzner: info.hetzner.clone(),
            hetzner_token: info.tokens.hetzner.clone(),
            zone: zone.name.clone(),
            servers: servers.collect(),
            sites: info.sites.iter().map(|site| (site.name.clone(), site.address)).collect(),
            port: info.sites[0].port,
        }
    }

    pub fn address(&self, site: SiteId) -> String {
        self.sites[site.index()].1.to_string()
    }

    pub fn servers(&self, provider: &str) -> Vec<NameServer> {
        let own = self.servers.iter().filter(|(of, ..)| of == provider);
        let own = own.map(|(_, name, at)| NameServer { name: name.clone(), addresses: vec![*at] });
        own.collect()
    }

    fn service_name(&self) -> Name {
        Name::parse(&format!("app.{}", self.zone)).expect("a name")
    }

    pub fn clients(&self) -> (Arc<GoogleDns>, Arc<HetznerDns>) {
        let transport = Arc::new(HttpTransport::new(HttpOptions::default()).expect("a transport"));
        let token = StaticToken::new(SecretString::from(self.google_token.clone()));
        let google = GoogleDns::builder(&self.project, Arc::new(token), transport.clone())
            .endpoint(&self.google)
            .pacer(Arc::new(Pacer::unlimited()))
            .polling(Duration::from_millis(10), Duration::from_millis(100))
            .build();
        let token = SecretString::from(self.hetzner_token.clone());
        let hetzner = HetznerDns::builder(token, transport)
            .endpoint(&self.hetzner)
            .pacer(Arc::new(Pacer::unlimited()))
            .polling(Duration::from_millis(10), Duration::from_millis(100))
            .build()
            .expect("a client");
        (Arc::new(google), Arc::new(hetzner))
    }

    /// A watcher without a journal; quick, but patient with a loaded machine.
    pub fn builder(
        &self,
        google: Arc<dyn DnsProvider>,
        hetzner: Arc<dyn DnsProvider>,
        change: impl FnOnce(&mut PolicySpec),
    ) -> WatcherBuilder {
        self.at("here", google, hetzner, self.service(change))
    }

    /// The same, from another vantage and for another service.
    pub fn at(
        &self,
        vantage: &str,
        google: Arc<dyn DnsProvider>,
        hetzner: Arc<dyn DnsProvider>,
        service: ServiceSpec,
    ) -> WatcherBuilder {
        let call_timeout = Duration::from_secs(2);
        let google = ProviderSpec { call_timeout, ..ProviderSpec::new("google", google) };
        let hetzner = ProviderSpec { call_timeout, ..ProviderSpec::new("hetzner", hetzner) };
        Watcher::builder(vantage)
            .options(options())
            .provider(google.servers(self.servers("google")))
            .provider(hetzner.servers(self.servers("hetzner")))
            .service(service)
    }

    pub fn service(&self, change: impl FnOnce(&mut PolicySpec)) -> ServiceSpec {
        let mut check = HttpCheck::get(self.port, "/");
        check.contains.push("dbworking".to_owned());
        let mut policy = policy();
        change(&mut policy);
        let timeout = policy.checks[0].timeout;
        let sites = self.sites.iter().map(|(name, address)| SiteSpec {
            name: name.clone(),
            location: format!("the place of {name}"),
            targets: vec![*address],
        });
        ServiceSpec {
            policy: Policy::new(policy).expect("a valid policy"),
            name: self.service_name(),
            ttl: 60,
            sites: sites.collect(),
            checks: vec![Check::new(Kind::Http(check), timeout)],
            layers: Vec::new(),
            zones: vec![
                ZoneRef::Id(self.google_zone.clone()),
                ZoneRef::Name(Name::parse(&self.zone).expect("a name")),
            ],
        }
    }
}

impl World {
    pub async fn start() -> Self {
        let soon = Duration::from_millis(5);
        let [action_delay, change_delay, publish_delay] = [soon; 3];
        let default = EmulatorOptions::default();
        Self::of(EmulatorOptions { action_delay, change_delay, publish_delay, ..default }).await
    }

    /// A world around an emulator that is told something else.
    pub async fn of(options: EmulatorOptions) -> Self {
        let emulator = Emulator::start(options).await.expect("an emulator");
        let map = Map::of(emulator.info());
        Self { emulator, map, directory: tempfile::tempdir().expect("a directory") }
    }

    pub fn journal(&self) -> PathBuf {
        self.directory.path().join("journal.db")
    }

    pub async fn breaks(&self, fault: Fault) {
        self.emulator.faults().set(fault);
        self.emulator.faults().settled().await;
    }

    pub async fn mends(&self, fault: &Fault) {
        self.emulator.faults().clear(fault);
        self.emulator.faults().settled().await;
    }

    pub async fn kills_site_one(&self) {
        self.breaks(Fault::SiteKilled { site: "one".to_owned() }).await;
    }

    /// A watcher of this world with `policy` changed as needed.
    pub fn builder(&self, change: impl FnOnce(&mut PolicySpec)) -> WatcherBuilder {
        let (google, hetzner) = self.map.clients();
        self.map.builder(google, hetzner, change).journal(self.journal())
    }

    /// Runs a watcher with the usual policy until site one is known to be published and up.
    pub async fn watched(&self) -> Running {
        let running = Running::of(self.builder(|_| {}).build().expect("a watcher"));
        running.settled_at(ONE).await;
        running
    }

    /// What every name server of both providers answers for the service now.
    pub async fn answers(&self) -> Vec<Vec<String>> {
        let key = Key::new(self.map.service_name(), RecordType::A);
        let mut answers = Vec::new();
        for provider in ["google", "hetzner"] {
            let servers = self.map.servers(provider);
            for seen in propagation::observe(&servers, &key, Duration::from_secs(5)).await {
                answers.push(seen.reply.expect("an answer").values);
            }
        }
        answers
    }

    pub async fn all_answer(&self, site: SiteId) {
        let answers = self.answers().await;
        assert!(!answers.is_empty());
        for answer in answers {
            assert_eq!(answer, [self.map.address(site)]);
        }
    }
}

pub fn options() -> Options {
    Options {
        drift_interval: Duration::from_millis(300),
        observe_interval: Duration::from_millis(150),
        query_timeout: Duration::from_secs(2),
        ..Options::default()
    }
}

fn policy() -> PolicySpec {
    let provider = |name: &str, guarded| ProviderPolicy { name: name.to_owned(), guarded };
    let providers = vec![provider("google", true), provider("hetzner", false)];
    let sites = vec!["one".to_owned(), "two".to_owned()];
    let millis = Duration::from_millis;
    let mut policy = Preset::Fast.spec("app", sites, vec!["here".to_owned()], providers);
    policy.checks[0].interval = millis(100);
    policy.checks[0].fast_interval = millis(50);
    policy.checks[0].timeout = millis(3000);
    policy.freshness = millis(10_000);
    policy.candidate_up_for = millis(200);
    policy.retry_min = millis(50);
    policy.retry_max = millis(500);
    policy.attempt_timeout = millis(10_000);
    policy.split_after = millis(300);
    policy
}

/// A watcher that runs.
pub struct Running {
    pub handle: Handle,
    shutdown: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<Result<(), RunError>>>,
}

impl Running {
    pub fn of(watcher: Watcher) -> Self {
        let handle = watcher.handle();
        let (shutdown, asked) = oneshot::channel::<()>();
        let run = watcher.run(async move {
            let _ = asked.await;
        });
        Self { handle, shutdown: Some(shutdown), task: Some(tokio::spawn(run)) }
    }

    /// Waits until a snapshot is as wanted.
    pub async fn until(&self, what: &str, wanted: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
        let mut updates = self.handle.updates();
        let give_up = tokio::time::Instant::now() + PATIENCE;
        let mut snapshot = self.handle.snapshot();
        while !wanted(&snapshot) {
            match tokio::time::timeout_at(give_up, updates.next()).await {
                Ok(Some(next)) => snapshot = next,
                Ok(None) => panic!("the watcher ended before: {what}\n{}", shown(&snapshot)),
                Err(_) => panic!("never: {what}\n{}", shown(&snapshot)),
            }
        }
        snapshot
    }

    /// Waits until `site` is active, complete at all providers, and up.
    pub async fn settled_at(&self, site: SiteId) -> Arc<Snapshot> {
        self.until("settled", |snapshot| {
            let view = &snapshot.services[0].view;
            let up = &view.sites.get(site.index()).map(|site| site.verdict);
            view.desired == SiteSet::one(site)
                && view.open_move.is_none()
                && *up == Some(Verdict::Up)
        })
        .await
    }

    /// Waits until `site` is known to be up.
    pub async fn is_up(&self, site: SiteId) {
        self.until("up", |snapshot| {
            let sites = &snapshot.services[0].view.sites;
            sites[site.index()].verdict == Verdict::Up
        })
        .await;
    }

    /// Waits until something is published and no move is open.
    pub async fn settled_somewhere(&self) -> Arc<Snapshot> {
        self.until("settled", |snapshot| {
            let view = &snapshot.services[0].view;
            snapshot.number > 0 && !view.desired.is_empty() && view.open_move.is_none()
        })
        .await
    }

    /// Waits until `site` is what both providers store and all their name servers answer.
    pub async fn seen_at(&self, site: SiteId) -> Arc<Snapshot> {
        self.until("seen everywhere", |snapshot| {
            let service = &snapshot.services[0];
            let right = Answer::Sites(SiteSet::one(site));
            service.view.desired == SiteSet::one(site)
                && service.view.open_move.is_none()
                && service.published.len() == 2
                && service.published.iter().all(|row| row.answer == right)
                && !service.answers.is_empty()
                && service.answers.iter().all(|row| row.answer == right)
        })
        .await
    }

    /// All events of the journal, oldest first.
    pub async fn events(&self) -> Vec<EventRecord> {
        let mut events = self.handle.events(0, 10_000, None).await.expect("readable");
        events.reverse();
        events
    }

    /// Asks it to end; returns what came of it and how long it took.
    pub async fn stop(mut self) -> (Result<(), RunError>, Duration) {
        let start = Instant::now();
        let _ = self.shutdown.take().map(|shutdown| shutdown.send(()));
        let task = self.task.take().expect("it runs");
        let ended = task.await.expect("no panic");
        (ended, start.elapsed())
    }

    /// Ends it as a crash would.
    pub async fn crash(mut self) {
        let task = self.task.take().expect("it runs");
        task.abort();
        let _ = task.await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// Stops a watcher for good at one of its steps.
#[derive(Debug, Default)]
pub struct StopAt {
    /// How many steps it still may take; `None`: as many as it likes.
    left: Mutex<Option<usize>>,
    reached: Notify,
}

impl StopAt {
    /// From now on, `steps` steps are taken and the one after them never ends.
    pub fn after(&self, steps: usize) {
        *self.left.lock().expect("not poisoned") = Some(steps);
    }

    /// Waits until it has stopped.
    pub async fn reached(&self) {
        self.reached.notified().await;
    }
}

#[async_trait]
impl Checkpoint for StopAt {
    async fn reached(&self, _service: &str, _step: &str) {
        let stop = match &mut *self.left.lock().expect("not poisoned") {
            Some(0) => true,
            Some(left) => {
                *left -= 1;
                false
            }
            None => false,
        };
        if stop {
            self.reached.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

/// Counts what a provider has really changed. A change that was sent lands even if whoever sent
/// it is gone, as on a real network.
#[derive(Debug)]
pub struct Counted {
    inner: Arc<dyn DnsProvider>,
    changes: Arc<AtomicUsize>,
    under_way: Mutex<Vec<JoinHandle<()>>>,
}

impl Counted {
    pub fn new(inner: Arc<dyn DnsProvider>) -> Arc<Self> {
        Arc::new(Self { inner, changes: Arc::default(), under_way: Mutex::default() })
    }

    pub fn changes(&self) -> usize {
        self.changes.load(Ordering::SeqCst)
    }

    /// Waits until every change that was sent has landed.
    pub async fn landed(&self) {
        let under_way = std::mem::take(&mut *self.under_way.lock().expect("not poisoned"));
        for change in under_way {
            change.await.expect("no panic");
        }
    }
}

#[async_trait]
impl DnsProvider for Counted {
    fn id(&self) -> &str {
        self.inner.id()
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn zones(&self, call: Call) -> Result<Vec<Zone>, Error> {
        self.inner.zones(call).await
    }

    async fn rrsets(&self, zone: &Zone, call: Call) -> Result<Vec<RrSet>, Error> {
        self.inner.rrsets(zone, call).await
    }

    async fn rrset(&self, zone: &Zone, key: &Key, call: Call) -> Result<Option<RrSet>, Error> {
        self.inner.rrset(zone, key, call).await
    }

    async fn apply(&self, set: &ChangeSet, call: Call) -> Result<Report, Error> {
        let (inner, changes, set) = (self.inner.clone(), self.changes.clone(), set.clone());
        let (reply, answer) = oneshot::channel();
        let change = tokio::spawn(async move {
            let report = inner.apply(&set, call).await;
            let outcomes = report.iter().flat_map(|report| &report.outcomes);
            let applied = outcomes.filter(|(_, outcome)| *outcome == Outcome::Applied).count();
            changes.fetch_add(applied, Ordering::SeqCst);
            let _ = reply.send(report);
        });
        self.under_way.lock().expect("not poisoned").push(change);
        answer.await.expect("an answer")
    }

    async fn settle(&self, ticket: &Ticket, call: Call) -> Result<(), Error> {
        self.inner.settle(ticket, call).await
    }
}

pub fn operator() -> Actor {
    Actor("ann".to_owned())
}

pub fn moves(events: &[EventRecord]) -> usize {
    events.iter().filter(|record| matches!(record.event, Event::MoveStarted { .. })).count()
}

fn shown(snapshot: &Snapshot) -> String {
    let events: Vec<&str> = snapshot.recent.iter().map(|record| record.text.as_str()).collect();
    let service = &snapshot.services[0];
    format!(
        "journal: {:?}\nevents, newest first: {events:#?}\nview: {:#?}\npublished: {:#?}\n\
         answers: {:#?}",
        snapshot.journal_problem, service.view, service.published, service.answers
    )
}
