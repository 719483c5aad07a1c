//! The lag of real, replicating databases decides where a service may go.
use std::time::Duration;

use cloud_emulator::Fault;
use failover_core::{Blocker, Command, Event, SiteSet, Snapshot};
use health::{Check, Kind, MariadbCheck};
use watcher::ServiceSpec;

use crate::mariadb_server::{Authority, Server, Start, available, free_port};
use crate::support::{ONE, Running, TWO, World, operator};

/// The world's two sites, each with a database at its own address; two replicates from one.
struct Databases {
    authority: Authority,
    one: Server,
    two: Server,
}

impl Databases {
    fn start(world: &World) -> Self {
        let authority = Authority::new("the authority of this test");
        let port = free_port();
        let start = |id, site| {
            let address = &world.map.address(site);
            Server::start(&Start { id, address, port, authority: Some(&authority) })
        };
        let (one, two) = (start(1, ONE), start(2, TWO));
        one.sql("CREATE DATABASE app; CREATE TABLE app.t (id INT PRIMARY KEY)");
        two.replicate_from(&one);
        two.until("SHOW TABLES IN app", "Tables_in_app: t");
        Self { authority, one, two }
    }

    /// The world's usual watcher, with a check of the databases and a limit to their lag.
    fn watched(&self, world: &World) -> Running {
        let (google, hetzner) = world.map.clients();
        let mut check =
            MariadbCheck::new("watch", "geheim".into(), self.authority.pem.clone().into_bytes());
        check.port = self.one.port;
        // One check is described, two are counted: the other one follows.
        let mut service: ServiceSpec = world.map.service(|policy| {
            policy.lag_max = Some(Duration::from_secs(2));
            let mut database = policy.checks[0].clone();
            database.name = "mariadb".to_owned();
            database.interval = Duration::from_millis(300);
            policy.checks.push(database);
            // The site is down as soon as its web server is.
            policy.require = failover_core::Require::Any;
        });
        let timeout = service.policy.spec().checks[1].timeout;
        service.checks.push(Check::new(Kind::Mariadb(check), timeout));
        let builder = world.map.at("here", google, hetzner, service).journal(world.journal());
        Running::of(builder.build().expect("a watcher"))
    }
}

fn lag(snapshot: &Snapshot) -> Option<u64> {
    snapshot.services[0].view.sites[TWO.index()].lag_ms
}

fn held_by_lag(snapshot: &Snapshot) -> bool {
    snapshot.recent.iter().any(|record| match &record.event {
        Event::Held { blockers } => {
            blockers.iter().any(|blocker| matches!(blocker, Blocker::Lag { site } if *site == TWO))
        }
        _ => false,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_whose_database_lags_is_taken_once_it_has_caught_up() {
    if !available() {
        return;
    }
    let world = World::start().await;
    let databases = Databases::start(&world);
    let running = databases.watched(&world);
    running.settled_at(ONE).await;
    running.is_up(TWO).await;
    running.until("no lag", |snapshot| lag(snapshot) == Some(0)).await;

    databases.two.sql("STOP SLAVE SQL_THREAD");
    let mut written = 0;
    let give_up = std::time::Instant::now() + Duration::from_secs(60);
    while lag(&running.handle.snapshot()).is_none_or(|lag| lag <= 2500) {
        assert!(std::time::Instant::now() < give_up, "it never lags");
        databases.one.sql(&format!("INSERT INTO app.t VALUES ({written})"));
        written += 1;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    world.breaks(Fault::SiteKilled { site: "one".to_owned() }).await;
    let held = running.until("held", held_by_lag).await;
    assert_eq!(held.services[0].view.desired, SiteSet::one(ONE));
    let shown = &held.services[0].series;
    let told = shown.iter().flat_map(|row| &row.samples).filter_map(|sample| sample.text.as_ref());
    assert!(told.into_iter().any(|text| text == "replication stopped"), "the panel says why");

    databases.two.sql("START SLAVE SQL_THREAD");
    running.settled_at(TWO).await;
    databases.two.until("SELECT COUNT(*) AS n FROM app.t", &format!("n: {written}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_database_is_left_when_the_other_has_everything_and_by_force_when_it_has_not() {
    if !available() {
        return;
    }
    let world = World::start().await;
    let mut databases = Databases::start(&world);
    let running = databases.watched(&world);
    running.settled_at(ONE).await;
    running.is_up(TWO).await;
    databases.one.sql("INSERT INTO app.t VALUES (1)");
    databases.two.until("SELECT COUNT(*) AS n FROM app.t", "n: 1");
    databases.two.sql("STOP SLAVE IO_THREAD");
    running.until("no lag", |snapshot| lag(snapshot) == Some(0)).await;
    databases.one.sql("INSERT INTO app.t VALUES (2)");
    running.until("lag", |snapshot| lag(snapshot).is_some_and(|lag| lag > 2000)).await;
    databases.one.kill();
    world.kills_site_one().await;
    running.until("held", held_by_lag).await;
    let force = Command::Force { from: ONE, to: TWO };
    running.handle.command("app", operator(), force).await.expect("obeyed");
    running.settled_at(TWO).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_death_of_a_whole_site_with_its_database_is_answered_by_a_move() {
    if !available() {
        return;
    }
    let world = World::start().await;
    let mut databases = Databases::start(&world);
    let running = databases.watched(&world);
    running.settled_at(ONE).await;
    running.is_up(TWO).await;
    databases.one.sql("INSERT INTO app.t VALUES (1)");
    databases.two.until("SELECT COUNT(*) AS n FROM app.t", "n: 1");
    running.until("no lag", |snapshot| lag(snapshot) == Some(0)).await;
    databases.one.kill();
    world.kills_site_one().await;
    running.settled_at(TWO).await;
}
