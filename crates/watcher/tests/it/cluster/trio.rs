//! Three watchers of one world, each at a vantage of its own, with a store in memory between them.
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use failover_core::{Event, EventRecord, PolicySpec, SiteId, Snapshot};
use futures_util::future::join_all;
use health::Kind;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use watcher::cluster::{Cluster, Coordination, MemoryConnection, MemoryCoordination};
use watcher::{ChannelSpec, Checkpoint, Options, ServiceSpec, SitePower};

use crate::support::{Counted, ONE, Running, World, options};

pub const VANTAGES: [&str; 3] = ["north", "south", "west"];
/// Short, so that tests are; long enough for a loaded machine.
pub const LEASE: Duration = Duration::from_millis(2500);

/// Three watchers, or as many as are running.
pub struct Trio {
    pub world: World,
    pub store: MemoryCoordination,
    pub google: Arc<Counted>,
    pub hetzner: Arc<Counted>,
    pub places: Vec<Place>,
    /// The intervals of watchers that are started from now on.
    pub options: Options,
    /// The servers behind the sites, by their names.
    pub power: Vec<(&'static str, Arc<dyn SitePower>)>,
    /// What the policy of a watcher that is started now has of its own.
    pub change: fn(&mut PolicySpec),
}

/// One vantage and its watcher.
pub struct Place {
    pub name: &'static str,
    pub way: MemoryConnection,
    pub hold: Arc<HoldAt>,
    /// Its own way to the sites.
    pub view: View,
    /// How it tells people.
    pub channels: Vec<ChannelSpec>,
    pub running: Option<Running>,
}

impl Trio {
    /// All three, settled at site one.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(change: fn(&mut PolicySpec)) -> Self {
        let mut trio = Self::idle(change).await;
        for place in 0..VANTAGES.len() {
            trio.run(place);
        }
        trio.settled_at(ONE).await;
        trio
    }

    /// A world without watchers yet.
    pub async fn idle(change: fn(&mut PolicySpec)) -> Self {
        let world = World::start().await;
        let (google, hetzner) = world.map.clients();
        let store = MemoryCoordination::new();
        let mut places = Vec::new();
        for name in VANTAGES {
            let view = View::start(&world).await;
            let way = store.connect();
            let (hold, channels) = (Arc::default(), Vec::new());
            places.push(Place { name, way, hold, view, channels, running: None });
        }
        let (google, hetzner) = (Counted::new(google), Counted::new(hetzner));
        let (options, power) = (options(), Vec::new());
        Self { world, store, google, hetzner, places, options, power, change }
    }

    /// Starts the watcher of a place, anew if it has run before.
    pub fn run(&mut self, place: usize) {
        let store: Arc<dyn Coordination> = Arc::new(self.places[place].way.clone());
        self.run_on(place, store);
    }

    pub fn run_on(&mut self, place: usize, store: Arc<dyn Coordination>) {
        let service = self.service(place);
        let one = &mut self.places[place];
        let options = Options { checkpoint: Some(one.hold.clone()), ..self.options.clone() };
        let journal = self.world.directory.path().join(format!("{}.db", one.name));
        let builder =
            self.world.map.at(one.name, self.google.clone(), self.hetzner.clone(), service);
        let cluster = Cluster::new(store).lease(LEASE);
        let channels = one.channels.iter().cloned();
        let builder = channels.fold(builder, watcher::WatcherBuilder::channel);
        let power = self.power.iter().cloned();
        let builder = power.fold(builder, |all, (site, power)| all.power("app", site, power));
        let watcher = builder.journal(journal).options(options).cluster(cluster).build();
        one.running = Some(Running::of(watcher.expect("a watcher")));
    }

    fn service(&self, place: usize) -> ServiceSpec {
        let change = self.change;
        let mut service = self.world.map.service(|policy| {
            policy.vantages = VANTAGES.map(str::to_owned).to_vec();
            policy.quorum = 2;
            change(policy);
        });
        if let Kind::Http(check) = &mut service.checks[0].kind {
            check.port = self.places[place].view.port;
        }
        service
    }

    pub fn running(&self, place: usize) -> &Running {
        self.places[place].running.as_ref().expect("it runs")
    }

    pub fn all(&self) -> impl Iterator<Item = &Running> {
        self.places.iter().filter_map(|place| place.running.as_ref())
    }

    /// Waits until all that run see the same end.
    pub async fn settled_at(&self, site: SiteId) {
        join_all(self.all().map(|running| running.settled_at(site))).await;
    }

    /// Waits until one of those that run leads, and says which.
    pub async fn leader(&self) -> usize {
        self.leader_after(0).await
    }

    /// The same, under a later epoch than this one.
    pub async fn leader_after(&self, epoch: u64) -> usize {
        let leads = |snapshot: &Snapshot| {
            let cluster = snapshot.cluster.as_ref();
            cluster.is_some_and(|cluster| cluster.leads && cluster.epoch > epoch)
        };
        let waiting = self.places.iter().enumerate().filter_map(|(place, one)| {
            let running = one.running.as_ref()?;
            Some(Box::pin(async move {
                running.until("it leads", leads).await;
                place
            }))
        });
        futures_util::future::select_all(waiting).await.0
    }

    /// The epoch that a watcher knows of.
    pub fn epoch(&self, place: usize) -> u64 {
        self.running(place).handle.snapshot().cluster.as_ref().map_or(0, |group| group.epoch)
    }

    /// A place whose watcher runs and does not lead.
    pub async fn follower(&self) -> usize {
        let leader = self.leader().await;
        let follows = |place: &usize| *place != leader && self.places[*place].running.is_some();
        (0..VANTAGES.len()).find(follows).expect("a follower")
    }

    /// Ends a watcher as SIGKILL would.
    pub async fn kill(&mut self, place: usize) {
        let running = self.places[place].running.take().expect("it runs");
        running.crash().await;
        self.google.landed().await;
        self.hetzner.landed().await;
    }

    /// How many changes each provider has seen.
    pub fn changed(&self) -> [usize; 2] {
        [self.google.changes(), self.hetzner.changes()]
    }

    /// The moves of all journals, which must agree.
    pub async fn moves(&self) -> usize {
        let mut counts = Vec::new();
        for running in self.all() {
            counts.push(started(&running.events().await));
        }
        let first = counts.first().expect("somebody runs");
        assert!(counts.iter().all(|count| count == first), "the journals differ: {counts:?}");
        first.len()
    }

    /// Waits until all journals that are followed hold a completed move to `site`.
    pub async fn all_know(&self, site: SiteId) {
        for running in self.all() {
            loop {
                let events = running.events().await;
                let done =
                    |record: &EventRecord| matches!(record.event, Event::MoveCompleted { .. });
                if events.iter().any(done) {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            running.settled_at(site).await;
        }
    }
}

/// The moves that were started: their numbers, in order.
pub fn started(events: &[EventRecord]) -> Vec<u64> {
    let ids = events.iter().filter_map(|record| match record.event {
        Event::MoveStarted { id, .. } => Some(id.0),
        _ => None,
    });
    ids.collect()
}

/// Holds a watcher at a named step until it is let go.
#[derive(Debug)]
pub struct HoldAt {
    step: Mutex<Option<&'static str>>,
    held: watch::Sender<usize>,
    go: watch::Sender<usize>,
}

impl Default for HoldAt {
    fn default() -> Self {
        let (held, go) = (watch::channel(0).0, watch::channel(0).0);
        Self { step: Mutex::default(), held, go }
    }
}

impl HoldAt {
    /// The next time this step is reached, it is held.
    pub fn at(&self, step: &'static str) {
        *self.step.lock().expect("not poisoned") = Some(step);
    }

    /// Waits until the step was reached.
    pub async fn held(&self) {
        let _ = self.held.subscribe().wait_for(|count| *count > 0).await;
    }

    /// Lets go whatever is held, and holds nothing more.
    pub fn release(&self) {
        *self.step.lock().expect("not poisoned") = None;
        self.go.send_modify(|count| *count += 1);
    }
}

#[async_trait]
impl Checkpoint for HoldAt {
    async fn reached(&self, _service: &str, step: &str) {
        let holds = *self.step.lock().expect("not poisoned") == Some(step);
        if holds {
            let mut go = self.go.subscribe();
            self.held.send_modify(|count| *count += 1);
            let _ = go.changed().await;
        }
    }
}

/// One vantage's way to the sites: a port of its own at each site's address, which can be closed.
pub struct View {
    pub port: u16,
    open: Vec<watch::Sender<bool>>,
    tasks: Vec<JoinHandle<()>>,
}

impl View {
    async fn start(world: &World) -> Self {
        let addresses: Vec<IpAddr> = world.map.sites.iter().map(|(_, address)| *address).collect();
        let listeners = same_port(&addresses).await;
        let port = listeners[0].local_addr().expect("bound").port();
        let (mut open, mut tasks) = (Vec::new(), Vec::new());
        for listener in listeners {
            let address = listener.local_addr().expect("bound").ip();
            let (sender, state) = watch::channel(true);
            open.push(sender);
            let target = SocketAddr::new(address, world.map.port);
            tasks.push(tokio::spawn(pass(listener, target, state)));
        }
        Self { port, open, tasks }
    }

    /// Cuts this vantage off from one site.
    pub fn cut(&self, site: SiteId) {
        self.open[site.index()].send_replace(false);
    }

    pub fn mend(&self, site: SiteId) {
        self.open[site.index()].send_replace(true);
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Listeners with one free port at all addresses.
async fn same_port(addresses: &[IpAddr]) -> Vec<TcpListener> {
    loop {
        let first = TcpListener::bind((addresses[0], 0)).await.expect("a free port");
        let port = first.local_addr().expect("bound").port();
        let others = join_all(addresses[1..].iter().map(|at| TcpListener::bind((*at, port)))).await;
        if let Ok(others) = others.into_iter().collect::<Result<Vec<_>, _>>() {
            return std::iter::once(first).chain(others).collect();
        }
    }
}

async fn pass(listener: TcpListener, target: SocketAddr, open: watch::Receiver<bool>) {
    while let Ok((mut client, _)) = listener.accept().await {
        // Closed at once, as by a firewall that resets.
        if !*open.borrow() {
            continue;
        }
        tokio::spawn(async move {
            if let Ok(mut server) = TcpStream::connect(target).await {
                let _ = copy_bidirectional(&mut client, &mut server).await;
            }
        });
    }
}
