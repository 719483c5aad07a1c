//! Servers that are turned on and off: a dead site is fenced, a cold standby is started and rests again.
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_api::{ComputeProvider, HetznerCloud, Name, Owner, Power, ServerSpec, Status};
use cloud_emulator::{Cloud, Fault};
use cloud_http::{Backoff, Call, HttpOptions, HttpTransport, Pacer, Transport, TransportError};
use failover_core::{Actor, Command, Event, Fence, PolicySpec, SiteSet, Verdict};
use secrecy::SecretString;
use watcher::{Act, Checkpoint, Options, SiteServers, Watcher, power_changes};

use crate::support::{ONE, Running, StopAt, TWO, World, moves, operator, options};

/// More steps than a fence and its move have.
const STEPS_MAX: usize = 60;

/// A world whose sites stand on servers at Hetzner.
struct Yard {
    world: World,
    cloud: Arc<HetznerCloud>,
    wire: Arc<Wire>,
    ids: [String; 2],
}

/// Notes every request that changes something.
#[derive(Debug)]
struct Wire {
    inner: HttpTransport,
    changes: Mutex<Vec<String>>,
}

#[async_trait]
impl Transport for Wire {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        deadline: Instant,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let changes = request.method() != http::Method::GET;
        let path = request.uri().path().to_owned();
        let response = self.inner.send(request, deadline).await?;
        // What was refused because the server is being turned on or off already has changed nothing.
        if changes && response.status().is_success() {
            self.changes.lock().expect("not poisoned").push(path);
        }
        Ok(response)
    }
}

impl Yard {
    async fn start() -> Self {
        let world = World::start().await;
        let inner = HttpTransport::new(HttpOptions::default()).expect("a transport");
        let wire = Arc::new(Wire { inner, changes: Mutex::default() });
        let info = world.emulator.info();
        let token = SecretString::from(info.tokens.hetzner.clone());
        let cloud = HetznerCloud::builder(token, wire.clone())
            .endpoint(&info.hetzner)
            .pacer(Arc::new(Pacer::unlimited()))
            .backoff(Backoff::new(Duration::from_millis(10), Duration::from_millis(100), 3))
            .polling(Duration::from_millis(10), Duration::from_millis(100))
            .build()
            .expect("a client");
        let mut yard =
            Self { world, cloud: Arc::new(cloud), wire, ids: [String::new(), String::new()] };
        for (place, name) in ["one-app", "two-app"].into_iter().enumerate() {
            yard.ids[place] = yard.make(name).await;
        }
        // Of somebody else, in the same project.
        yard.make("bystander").await;
        yard.wire.changes.lock().expect("not poisoned").clear();
        yard
    }

    fn call() -> Call {
        Call::until(Instant::now() + Duration::from_secs(60))
    }

    async fn make(&self, name: &str) -> String {
        let (name, owner) = (Name::parse(name).expect("a name"), Owner::parse("acme"));
        let owner = owner.expect("an owner");
        let spec = ServerSpec::new(name, owner, "fsn1", "cx23", "debian-12");
        let made = self.cloud.create(&spec, Self::call()).await.expect("made");
        if let Some(ticket) = &made.ticket {
            self.cloud.settle(ticket, Self::call()).await.expect("settled");
        }
        made.id
    }

    async fn turn(&self, place: usize, power: Power) {
        let ticket = self.cloud.power(&self.ids[place], power, Self::call()).await.expect("taken");
        if let Some(ticket) = ticket {
            self.cloud.settle(&ticket, Self::call()).await.expect("settled");
        }
        self.wire.changes.lock().expect("not poisoned").clear();
    }

    async fn status(&self, place: usize) -> Status {
        let server = self.cloud.server(&self.ids[place], Self::call()).await.expect("an answer");
        server.expect("it is there").status
    }

    async fn until(&self, place: usize, wanted: &Status) {
        let give_up = Instant::now() + Duration::from_secs(60);
        while self.status(place).await != *wanted {
            assert!(Instant::now() < give_up, "never {wanted:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// How often something that changes was asked of a server, in all.
    fn asked(&self, place: usize, action: &str) -> usize {
        let path = format!("/servers/{}/actions/{action}", self.ids[place]);
        let changes = self.wire.changes.lock().expect("not poisoned");
        changes.iter().filter(|change| change.ends_with(&path)).count()
    }

    /// Nobody else's servers, and nothing but power.
    fn touched_only_its_own(&self) {
        let changes = self.wire.changes.lock().expect("not poisoned");
        let own = |change: &&String| {
            self.ids.iter().any(|id| change.contains(&format!("/servers/{id}/actions/power")))
                || self
                    .ids
                    .iter()
                    .any(|id| change.ends_with(&format!("/servers/{id}/actions/shutdown")))
        };
        let foreign: Vec<&String> = changes.iter().filter(|change| !own(change)).collect();
        assert!(foreign.is_empty(), "{foreign:?}");
    }

    fn watcher(&self, options: Options, change: impl FnOnce(&mut PolicySpec)) -> Watcher {
        let mut builder = self.world.builder(change).options(options);
        for (site, server) in [("one", "one-app"), ("two", "two-app")] {
            let names = vec![server.to_owned()];
            let servers = SiteServers::new(self.cloud.clone(), names, Vec::new());
            builder = builder.power("app", site, Arc::new(servers));
        }
        builder.build().expect("a watcher")
    }

    /// Site two serves as soon as its server runs.
    async fn two_serves_when_its_server_runs(&self) {
        self.until(1, &Status::Running).await;
        self.world.mends(&Fault::SiteKilled { site: "two".to_owned() }).await;
    }
}

fn fencing(policy: &mut PolicySpec) {
    policy.fence = Fence::Before;
}

fn cold(policy: &mut PolicySpec) {
    policy.sites[1].cold = true;
}

async fn fenced_events(running: &Running) -> Vec<bool> {
    let events = running.events().await;
    let ended = events.iter().filter_map(|record| match record.event {
        Event::FenceEnded { ok, .. } => Some(ok),
        _ => None,
    });
    ended.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_sites_servers_are_off_before_people_are_sent_elsewhere() {
    let yard = Yard::start().await;
    let running = Running::of(yard.watcher(options(), fencing));
    running.settled_at(ONE).await;
    running.is_up(TWO).await;
    yard.world.kills_site_one().await;
    running.settled_at(TWO).await;
    assert_eq!(yard.status(0).await, Status::Off);
    assert_eq!(yard.status(1).await, Status::Running);
    let events = running.events().await;
    let place = |wanted: fn(&Event) -> bool| {
        events.iter().position(|record| wanted(&record.event)).expect("it happened")
    };
    let fenced = place(|event| matches!(event, Event::FenceEnded { ok: true, .. }));
    let published = place(|event| matches!(event, Event::AttemptStarted { .. }));
    let completed = place(|event| matches!(event, Event::MoveCompleted { .. }));
    assert!(fenced < completed && published < completed, "{events:#?}");
    assert_eq!(yard.asked(0, "poweroff"), 1);
    yard.touched_only_its_own();
    let kept = power_changes(&yard.world.journal()).expect("readable");
    assert_eq!(kept.len(), 1);
    assert!(kept[0].act == Act::Fence && kept[0].is_done(), "{kept:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_any_step_of_a_fence_stops_the_servers_once_and_moves_once() {
    let mut steps = 0;
    loop {
        assert!(steps < STEPS_MAX, "it never ends");
        let yard = Yard::start().await;
        let stop = Arc::new(StopAt::default());
        let checkpoint = Some(stop.clone() as Arc<dyn Checkpoint>);
        let running = Running::of(yard.watcher(Options { checkpoint, ..options() }, fencing));
        running.settled_at(ONE).await;
        running.is_up(TWO).await;
        stop.after(steps);
        yard.world.kills_site_one().await;
        let crashed = tokio::select! {
            () = stop.reached() => true,
            _ = running.settled_at(TWO) => false,
        };
        running.crash().await;
        let again = Running::of(yard.watcher(options(), fencing));
        again.settled_at(TWO).await;
        yard.until(0, &Status::Off).await;
        let give_up = Instant::now() + Duration::from_secs(30);
        while !power_changes(&yard.world.journal())
            .expect("readable")
            .iter()
            .all(watcher::PowerChange::is_done)
        {
            assert!(Instant::now() < give_up, "after {steps} steps: a change of power never ends");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(yard.asked(0, "poweroff"), 1, "after {steps} steps");
        assert_eq!(moves(&again.events().await), 1, "after {steps} steps");
        yard.touched_only_its_own();
        if !crashed {
            assert!(steps > 5, "a fence has more steps than {steps}");
            return;
        }
        steps += 2;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_that_is_down_holds_the_move_up_for_a_while_and_is_caught_up_with() {
    let yard = Yard::start().await;
    let running = Running::of(yard.watcher(options(), |policy| {
        fencing(policy);
        policy.attempt_timeout = Duration::from_millis(2500);
        policy.complete_at = 1;
    }));
    running.settled_at(ONE).await;
    running.is_up(TWO).await;
    yard.world.breaks(Fault::ApiDown { cloud: Cloud::Hetzner }).await;
    yard.world.kills_site_one().await;
    running.until("moved", |snapshot| snapshot.services[0].view.desired == SiteSet::one(TWO)).await;
    running
        .until("published at the other provider", |snapshot| {
            snapshot
                .recent
                .iter()
                .any(|record| matches!(record.event, Event::FenceEnded { ok: false, .. }))
        })
        .await;
    assert_eq!(yard.asked(0, "poweroff"), 0, "nobody could be asked");
    yard.world.mends(&Fault::ApiDown { cloud: Cloud::Hetzner }).await;
    yard.until(0, &Status::Off).await;
    running
        .until("told at last", |snapshot| {
            snapshot
                .recent
                .iter()
                .any(|record| matches!(record.event, Event::FenceEnded { ok: true, .. }))
        })
        .await;
    assert_eq!(fenced_events(&running).await, [false, true]);
    yard.touched_only_its_own();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cold_standby_is_started_on_suspicion_and_takes_over_once_it_serves() {
    let yard = Yard::start().await;
    yard.turn(1, Power::PowerOff).await;
    yard.world.breaks(Fault::SiteKilled { site: "two".to_owned() }).await;
    let running = Running::of(yard.watcher(options(), cold));
    running.settled_at(ONE).await;
    yard.world.kills_site_one().await;
    yard.two_serves_when_its_server_runs().await;
    running.settled_at(TWO).await;
    assert_eq!(yard.asked(1, "poweron"), 1);
    running
        .until("measured", |_| {
            let all = power_changes(&yard.world.journal());
            all.is_ok_and(|all| all.iter().any(|one| one.served.is_some()))
        })
        .await;
    let kept = power_changes(&yard.world.journal()).expect("readable");
    assert!(kept[0].act == Act::Start && kept[0].served >= kept[0].ended, "{kept:?}");
    yard.touched_only_its_own();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_any_step_of_a_start_turns_the_standby_on_once() {
    // Later steps belong to the move, which has a test of its own.
    for steps in 0..8 {
        let yard = Yard::start().await;
        yard.turn(1, Power::PowerOff).await;
        yard.world.breaks(Fault::SiteKilled { site: "two".to_owned() }).await;
        let stop = Arc::new(StopAt::default());
        let checkpoint = Some(stop.clone() as Arc<dyn Checkpoint>);
        let running = Running::of(yard.watcher(Options { checkpoint, ..options() }, cold));
        running.settled_at(ONE).await;
        stop.after(steps);
        yard.world.kills_site_one().await;
        tokio::select! {
            () = stop.reached() => {}
            () = yard.two_serves_when_its_server_runs() => stop.reached().await,
        }
        running.crash().await;
        let again = Running::of(yard.watcher(options(), cold));
        yard.two_serves_when_its_server_runs().await;
        again.settled_at(TWO).await;
        assert_eq!(yard.asked(1, "poweron"), 1, "after {steps} steps");
        assert_eq!(moves(&again.events().await), 1, "after {steps} steps");
        yard.touched_only_its_own();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_that_was_started_in_vain_rests_again() {
    let yard = Yard::start().await;
    yard.turn(1, Power::PowerOff).await;
    yard.world.breaks(Fault::SiteKilled { site: "two".to_owned() }).await;
    let rest_after = Duration::from_millis(300);
    let running = Running::of(yard.watcher(Options { rest_after, ..options() }, cold));
    running.settled_at(ONE).await;
    yard.world.kills_site_one().await;
    yard.until(1, &Status::Running).await;
    // Site two never serves; site one comes back before anything was moved.
    yard.world.mends(&Fault::SiteKilled { site: "one".to_owned() }).await;
    running.is_up(ONE).await;
    yard.until(1, &Status::Off).await;
    assert_eq!(yard.status(0).await, Status::Running);
    assert_eq!(moves(&running.events().await), 0);
    yard.touched_only_its_own();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flapping_site_starts_its_standby_a_few_times_only() {
    let yard = Yard::start().await;
    yard.turn(1, Power::PowerOff).await;
    yard.world.breaks(Fault::SiteKilled { site: "two".to_owned() }).await;
    let rest_after = Duration::from_millis(100);
    let options = Options { rest_after, starts_max: 2, ..options() };
    let running = Running::of(yard.watcher(options, cold));
    running.settled_at(ONE).await;
    for round in 0..3 {
        yard.world.kills_site_one().await;
        running
            .until("down", |snapshot| snapshot.services[0].view.sites[0].verdict == Verdict::Down)
            .await;
        if round < 2 {
            yard.until(1, &Status::Running).await;
        }
        yard.world.mends(&Fault::SiteKilled { site: "one".to_owned() }).await;
        running.is_up(ONE).await;
        yard.until(1, &Status::Off).await;
    }
    assert_eq!(yard.asked(1, "poweron"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disarmed_turns_nothing_on_or_off() {
    let yard = Yard::start().await;
    yard.turn(1, Power::PowerOff).await;
    yard.world.breaks(Fault::SiteKilled { site: "two".to_owned() }).await;
    let running = Running::of(yard.watcher(options(), |policy| {
        cold(policy);
        fencing(policy);
    }));
    running.settled_at(ONE).await;
    let until = running.handle.snapshot().at.plus(Duration::from_secs(3600));
    let disarm = Command::Disarm { until };
    let who: Actor = operator();
    running.handle.command("app", who, disarm).await.expect("obeyed");
    yard.world.kills_site_one().await;
    running
        .until("down", |snapshot| snapshot.services[0].view.sites[0].verdict == Verdict::Down)
        .await;
    assert_eq!(yard.status(0).await, Status::Running);
    assert_eq!(yard.status(1).await, Status::Off);
    assert_eq!((yard.asked(0, "poweroff"), yard.asked(1, "poweron")), (0, 0));
}
