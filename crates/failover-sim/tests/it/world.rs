//! Worlds: what happens in them, that they keep their promises, and that they can be told again.
use std::time::Duration;

use failover_core::bound::{self, Failure};
use failover_core::{Policy, PolicySpec, ProviderId, ProviderPolicy, SiteId, SiteSet, Snapshot};
use failover_sim::{
    Disk, Fault, Foreign, Mix, Order, ProviderTrouble, Script, Serves, Setup, Tally,
    WatcherTrouble, World,
};

const LONDON: SiteId = SiteId(0);
const PARIS: SiteId = SiteId(1);
const HETZNER: ProviderId = ProviderId(1);

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn policy() -> Policy {
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    let provider = |name: &str, guarded| ProviderPolicy { name: name.to_owned(), guarded };
    let providers = vec![provider("google", true), provider("hetzner", false)];
    let (sites, vantages) = (names(&["london", "paris"]), names(&["a", "b", "c"]));
    Policy::new(PolicySpec::fast("app", sites, vantages, providers)).expect("a valid policy")
}

fn world() -> World {
    let mut world = World::new(policy(), Setup::default(), 7);
    advance(&mut world, secs(20));
    world
}

fn advance(world: &mut World, time: Duration) {
    world.advance(time).unwrap_or_else(|failure| panic!("{failure}"));
}

fn all_store(world: &World, site: SiteId) -> bool {
    world.truth().stored.iter().all(|stored| stored.sites == SiteSet::one(site))
}

fn hetzner(trouble: ProviderTrouble) -> Fault {
    Fault::Provider { provider: HETZNER, trouble }
}

/// Stories short enough to be told without optimisation.
fn short() -> Mix {
    Mix { trouble: secs(60), pause: secs(3), ..Mix::default() }
}

fn tell(seeds: std::ops::Range<u64>) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds {
        let script = short().story(seed);
        match script.play() {
            Ok(world) => tally.add(world.tally()),
            Err(failure) => panic!("{failure}\n{script}"),
        }
    }
    tally
}

fn check(tally: &Tally) {
    assert_eq!(tally.regressions, 0, "a guarded provider went back to an older move");
    assert_eq!(tally.empties, 0, "something empty was published");
    assert!(tally.longest_repair <= 10_000, "a late write stayed for {} ms", tally.longest_repair);
    assert!(tally.longest_drift <= 30_000, "a drift stayed hidden for {} ms", tally.longest_drift);
}

#[test]
fn a_hundred_stories_break_no_promise_and_every_kind_of_trouble_happens_in_them() {
    let tally = tell(0..100);
    check(&tally);
    // What must never happen, and what is too rare for so few.
    let rare =
        ["regressions", "empties", "longest_repair", "blind_regressions", "repaired", "fenced"];
    let missing: Vec<&str> = tally
        .figures()
        .into_iter()
        .filter(|(name, count)| *count == 0 && !rare.contains(name))
        .map(|(name, _)| name)
        .collect();
    assert!(missing.is_empty(), "never happened: {missing:?}");
}

#[test]
fn a_hundred_more_stories_break_no_promise() {
    check(&tell(100..200));
}

#[test]
fn the_same_seed_gives_the_same_world_and_another_seed_another() {
    let digest = |seed: u64| {
        let script = short().story(seed);
        script.play().map(|world| world.digest()).unwrap_or_else(|failure| panic!("{failure}"))
    };
    assert_eq!(digest(3), digest(3));
    let mut same = short().story(3);
    same.seed = 4;
    let other = same.play().unwrap_or_else(|failure| panic!("{failure}"));
    assert_ne!(digest(3), other.digest());
}

#[test]
fn time_may_pass_in_large_or_in_small_pieces() {
    let (mut at_once, mut in_pieces) = (world(), world());
    advance(&mut at_once, secs(30));
    (0..300).for_each(|_| advance(&mut in_pieces, Duration::from_millis(100)));
    assert_eq!(at_once.digest(), in_pieces.digest());
}

#[test]
fn what_has_happened_to_a_world_can_be_played_again() {
    let script = short().story(11);
    let world = script.play().unwrap_or_else(|failure| panic!("{failure}"));
    let again = world.script().play().unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(world.digest(), again.digest());
}

#[test]
fn a_script_survives_printing_and_parsing() {
    for seed in 0..300 {
        let script = Mix::default().story(seed);
        assert_eq!(Script::parse(&script.to_string()), Ok(script), "seed {seed}");
    }
}

#[test]
fn a_script_that_cannot_be_read_says_where_and_why() {
    let head = "sites london paris\nproviders google\n";
    let problem = |body: &str| Script::parse(&format!("{head}{body}")).expect_err(body).to_string();
    assert_eq!(
        problem("1s site berlin silent\n2s end"),
        "line 3: there is no site \"berlin\"; there are london, paris"
    );
    assert_eq!(problem("1s it rains\n2s end"), "line 3: \"it rains\" is nothing that can happen");
    assert_eq!(problem("5s calm\n2s end"), "line 4: 2 s is before the line above");
    assert_eq!(problem("2s end\n3s calm"), "line 4: nothing comes after the end");
    assert!(problem("1s calm").contains("the last line must say when it ends"));
    assert!(problem("set quorum 4\n1s end").contains("the policy is not valid: quorum"));
    assert!(problem("sun shines\n1s end").contains("line 3"));
}

#[test]
fn a_failover_completes_at_both_providers_within_the_stated_bound() {
    let mut world = world();
    world.inject(Fault::Site { site: LONDON, check: None, serves: Serves::Silent });
    let detected = bound::detection(policy().spec(), Failure::BlackHole).worst;
    // The report and the journal, a read and a write at each provider, and the slowest name server.
    let setup = world.setup().clone();
    let published = setup.call * 3 + setup.publication + Duration::from_millis(200);
    advance(&mut world, detected + published);
    assert_eq!(world.tally().completed, 1);
    assert!(all_store(&world, PARIS), "{:?}", world.truth());
    assert!(world.people().desired < 1_000, "caches follow within the TTL, not at once");
    // The slowest resolver keeps answers for four times their TTL, and its people pin for a minute.
    advance(&mut world, setup.ttl * 5);
    assert_eq!((world.people().desired, world.people().astray), (1_000, 0));
}

#[test]
fn an_old_write_that_lands_late_at_a_blind_provider_is_repaired_within_ten_seconds() {
    let mut world = world();
    world.inject(hetzner(ProviderTrouble::Delays(secs(1))));
    world.inject(Fault::Operator(Order::Switch(LONDON, PARIS)));
    // The read is under way; the write after it waits for half a minute.
    advance(&mut world, Duration::from_millis(200));
    world.inject(hetzner(ProviderTrouble::Stalls(1_000, secs(30))));
    advance(&mut world, secs(3));
    world.inject(hetzner(ProviderTrouble::Stalls(0, Duration::ZERO)));
    world.inject(hetzner(ProviderTrouble::Delays(Duration::from_millis(200))));
    advance(&mut world, secs(7));
    assert!(all_store(&world, PARIS), "{:?}", world.truth());
    world.inject(Fault::Operator(Order::Switch(PARIS, LONDON)));
    advance(&mut world, secs(8));
    assert!(all_store(&world, LONDON), "{:?}", world.truth());
    advance(&mut world, secs(25));
    let tally = world.tally();
    assert_eq!((tally.late_writes, tally.blind_regressions, tally.repaired), (1, 1, 1));
    assert!(tally.longest_repair <= 10_000, "{}", tally.longest_repair);
    assert!(all_store(&world, LONDON), "{:?}", world.truth());
}

#[test]
fn what_somebody_else_writes_is_found_within_thirty_seconds() {
    let mut world = world();
    for content in [Foreign::Nothing, Foreign::Other, Foreign::Sites(SiteSet::one(PARIS))] {
        world.inject(Fault::Foreign { provider: ProviderId(0), content });
        advance(&mut world, secs(31));
    }
    let tally = world.tally();
    assert!(tally.drifts_found > 0 && tally.longest_drift <= 30_000, "{tally:?}");
}

#[test]
fn another_watcher_leads_when_the_first_one_dies() {
    let setup = Setup { watchers: 3, ..Setup::default() };
    let mut world = World::new(policy(), setup, 5);
    advance(&mut world, secs(20));
    for watcher in 0..2 {
        let trouble = WatcherTrouble::Crashes { after: None, down: secs(600) };
        world.inject(Fault::Watcher { watcher, trouble });
    }
    advance(&mut world, secs(10));
    assert!(world.tally().leaders >= 2);
    world.inject(Fault::Operator(Order::Switch(LONDON, PARIS)));
    advance(&mut world, secs(10));
    // Two of three vantages died with their watchers, so that nobody knows whether Paris is up.
    assert_eq!(world.tally().refusals, 1);
    world.inject(Fault::Operator(Order::Force(LONDON, PARIS)));
    advance(&mut world, secs(10));
    assert!(all_store(&world, PARIS), "{:?}", world.truth());
}

#[test]
fn nothing_outside_changes_while_the_journal_is_broken() {
    let mut world = world();
    world.inject(Fault::Journal(Disk::Broken));
    world.inject(Fault::Site { site: LONDON, check: None, serves: Serves::Refuses });
    advance(&mut world, secs(30));
    assert!(all_store(&world, LONDON) && world.tally().refused_commits > 0);
    assert!(world.snapshot().journal_problem.is_some());
    world.inject(Fault::Journal(Disk::Works));
    advance(&mut world, secs(10));
    assert!(all_store(&world, PARIS), "{:?}", world.truth());
}

#[test]
fn a_snapshot_of_a_world_is_what_the_server_would_send() {
    let mut world = world();
    world.inject(Fault::Site { site: LONDON, check: None, serves: Serves::Refuses });
    advance(&mut world, secs(10));
    let snapshot = world.snapshot();
    let text = serde_json::to_string(&snapshot).expect("it can be written");
    let read: Snapshot = serde_json::from_str(&text).expect("and read");
    assert_eq!(read, snapshot);
    let service = &snapshot.services[0];
    assert_eq!(service.sites.len(), 2);
    assert_eq!(service.series.len(), 6);
    assert!(service.series.iter().all(|series| !series.samples.is_empty()));
    assert_eq!(service.published.len(), 2);
    assert_eq!(service.answers.len(), 4);
    assert!(service.converged_at.is_some());
    assert!(snapshot.recent.iter().any(|record| record.text.starts_with("Failover from london")));
    let newest_first = snapshot.recent.is_sorted_by(|one, other| one.seq > other.seq);
    assert!(newest_first);
}

#[test]
fn the_stories_that_once_failed_are_kept_and_hold() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("stories");
    let mut played = 0;
    for entry in std::fs::read_dir(&folder).expect("the stories").filter_map(Result::ok) {
        let path = entry.path();
        if path.extension().is_none_or(|ending| ending != "txt") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a story");
        let script = Script::parse(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        script.play().map(drop).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        played += 1;
    }
    assert!(played > 0, "no story in {}", folder.display());
}
