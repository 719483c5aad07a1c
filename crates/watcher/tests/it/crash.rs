//! A crash between any two steps of a move: the next watcher ends what was begun, once.
use std::sync::Arc;
use std::time::Duration;

use failover_core::{Actor, Command, SiteId, SiteSet};
use futures_util::future::join_all;
use watcher::{Options, Watcher};

use crate::replay::replayed;
use crate::support::{Counted, ONE, Running, StopAt, TWO, World, moves, operator, options};

/// More steps than a move has.
const STEPS_MAX: usize = 60;

struct Crashes {
    world: World,
    google: Arc<Counted>,
    hetzner: Arc<Counted>,
}

impl Crashes {
    fn watcher(&self, checkpoint: Option<Arc<StopAt>>) -> Watcher {
        let options = Options {
            checkpoint: checkpoint.map(|stop| stop as Arc<dyn watcher::Checkpoint>),
            ..options()
        };
        let (google, hetzner) = (self.google.clone(), self.hetzner.clone());
        let builder = self.world.map.builder(google, hetzner, |_| {});
        builder.journal(self.world.journal()).options(options).build().expect("a watcher")
    }

    fn changed(&self) -> [usize; 2] {
        [self.google.changes(), self.hetzner.changes()]
    }

    /// Moves from `from` to `to`, crashing after `steps` steps; says whether it came to a crash.
    async fn crash_after(&self, steps: usize, from: SiteId, to: SiteId) -> bool {
        let stop = Arc::new(StopAt::default());
        let running = Running::of(self.watcher(Some(stop.clone())));
        running.settled_at(from).await;
        running.is_up(to).await;
        let (before, told) = (self.changed(), moves(&running.events().await));
        stop.after(steps);
        let handle = running.handle.clone();
        let switching = tokio::spawn(async move {
            handle.command("app", operator(), Command::SwitchOver { from, to }).await
        });
        let crashed = tokio::select! {
            () = stop.reached() => true,
            _ = running.settled_at(to) => false,
        };
        running.crash().await;
        self.google.landed().await;
        self.hetzner.landed().await;
        // Whether the command was obeyed before the crash is not known to whoever gave it.
        let _ = switching.await;
        let again = Running::of(self.watcher(None));
        let view = &again.settled_somewhere().await.services[0].view;
        if view.desired == SiteSet::one(from) {
            // Nothing of it was durable: it was as if nobody had asked.
            assert_eq!((self.changed(), moves(&again.events().await)), (before, told));
            let command = Command::SwitchOver { from, to };
            again.is_up(to).await;
            again.handle.command("app", Actor("bob".to_owned()), command).await.expect("obeyed");
        }
        again.seen_at(to).await;
        self.world.all_answer(to).await;
        assert_eq!(moves(&again.events().await), told + 1, "after {steps} steps: one move");
        for (provider, (now, before)) in self.changed().into_iter().zip(before).enumerate() {
            // None is counted where the answer came too late on a loaded machine and the change
            // was then found to be there.
            let changes = now - before;
            assert!(changes <= 1, "after {steps} steps: {changes} changes at {provider}");
        }
        again.stop().await.0.expect("a clean end");
        let replay = replayed(&self.world.journal());
        assert!(replay.difference.is_none(), "after {steps} steps: {:?}", replay.difference);
        crashed
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_any_step_leads_to_the_same_end_without_a_second_move() {
    // Each world takes every fifth step.
    let seen = join_all((0..5).map(every_fifth_step)).await;
    let steps: usize = seen.iter().sum();
    // decided, recorded; publishing, read, applied, settled at two providers; their receipts.
    assert!(steps >= 14, "only {seen:?} steps were seen");
}

async fn every_fifth_step(first: usize) -> usize {
    let world = World::start().await;
    let (google, hetzner) = world.map.clients();
    let crashes = Crashes { world, google: Counted::new(google), hetzner: Counted::new(hetzner) };
    let mut places = [(ONE, TWO), (TWO, ONE)].into_iter().cycle();
    for (seen, steps) in (first..STEPS_MAX).step_by(5).enumerate() {
        let (from, to) = places.next().unwrap_or((ONE, TWO));
        if !crashes.crash_after(steps, from, to).await {
            return seen;
        }
    }
    panic!("a move has an end");
}

#[tokio::test(flavor = "multi_thread")]
async fn latch_pause_and_maintenance_survive_a_crash() {
    let world = World::start().await;
    let running = world.watched().await;
    world.kills_site_one().await;
    running.settled_at(TWO).await;
    let until = running.handle.snapshot().at.plus(Duration::from_secs(3600));
    for command in [Command::Disarm { until }, Command::MaintenanceOn { site: ONE, until }] {
        running.handle.command("app", operator(), command).await.expect("obeyed");
    }
    let before = running.handle.snapshot().services[0].view.clone();
    running.crash().await;
    let running = Running::of(world.builder(|_| {}).build().expect("a watcher"));
    let snapshot = running.settled_at(TWO).await;
    let after = &snapshot.services[0].view;
    assert!(after.latched.is_some());
    assert_eq!((&after.latched, &after.mode), (&before.latched, &before.mode));
    assert_eq!(after.sites[0].maintenance, Some((until, operator())));
    assert_eq!((after.generation, &after.last_move), (before.generation, &before.last_move));
    assert_eq!(moves(&running.events().await), 1);
}
