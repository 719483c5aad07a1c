//! Exhaustive exploration: what holds, what does not, and whether the difference would be noticed.
use failover_core::{ProviderId, SiteId};
use failover_sim::Property;
use failover_sim::model::{
    Action, Closed, Effort, Explored, Fate, Letter, Order, Report, Scope, Size, Suspect, Tally,
    Verdict, Who, explore, hunt_all, page, replay,
};

const EFFORT: Effort = Effort { threads: 2, memory: 64 << 20, progress: false };

#[test]
fn every_state_of_the_small_scopes_keeps_every_promise_and_tries_what_it_claims_to_try() {
    let scopes = Letter::ALL.map(|letter| Explored::of(letter, Size::Small, EFFORT));
    let report = Report::of(scopes.into());
    assert!(report.problems.is_empty(), "{}", report.text());
    let tried = report.exhaustive().len();
    assert!(tried >= 28, "only {tried} promises are put to the test:\n{}", report.text());
}

/// A way that the full size has once called a broken promise: a watcher whose clock is behind hears
/// from the journal alone that somebody else leads, and must not record that it leads no more.
#[test]
fn a_watcher_whose_lease_has_ended_by_another_clock_stops_without_a_word() {
    let (one, other, provider) = (Who(1), Who(0), ProviderId(0));
    let second = [Action::Look(one, provider), Action::Pass(1_000)];
    let way = [
        vec![Action::Lead(one), Action::Crash(one), Action::Restart(one, true)],
        second.repeat(3),
        vec![Action::Lead(one)],
        second.to_vec(),
        vec![Action::Flip(SiteId(0))],
        second.repeat(2),
        vec![Action::Lead(other), Action::End(0, Fate::Arrives), Action::Look(other, provider)],
    ];
    follows("two watchers, a clock that is behind", &way.concat());
}

/// A way that the full size has once called a broken promise: an answer of a move that was forced
/// back comes again, at the provider that checks no precondition; the watcher has just recorded that
/// it has seen it, dies, and is dead until the time in which late writes are to be expected is over.
#[test]
fn a_late_write_that_was_seen_in_time_is_put_right_however_long_the_watcher_is_dead() {
    let (one, checks, blind) = (Who(0), ProviderId(0), ProviderId(1));
    let (on, second) = (Action::Continue(one), Action::Pass(1_000));
    let look = |provider| vec![Action::Look(one, provider), on];
    let dead = vec![Action::Crash(one), second, second, second, Action::Restart(one, false)];
    let way = [
        vec![Action::Flip(SiteId(0))],
        look(blind),
        look(checks),
        vec![second],
        vec![on; 9],
        vec![Action::Order(one, Order::Force(SiteId(1), SiteId(0)))],
        vec![on; 3],
        vec![Action::End(1, Fate::Delayed), on],
        look(blind),
        vec![on],
        vec![Action::Look(one, blind), Action::End(1, Fate::Arrives)],
        vec![Action::End(0, Fate::AnswerLost), on],
        look(checks),
        vec![on, Action::End(0, Fate::Arrives), on],
        look(checks),
        vec![on, second, on],
        look(blind),
        dead,
        vec![Action::Look(one, blind), Action::End(1, Fate::Arrives)],
        vec![Action::Look(one, blind), second],
    ];
    follows("one watcher: every fate of a write, re-arms", &way.concat());
}

/// Lets this happen in a world of scope B, where all of it can, and no promise is broken.
fn follows(world: &str, way: &[Action]) {
    let mut worlds = Letter::B.worlds(Size::Full);
    worlds.retain(|known| known.name == world);
    let closed = Closed::new(worlds.pop());
    let mut moment = closed.initial().remove(0);
    let (mut menu, mut tally) = (Vec::new(), Tally::default());
    for &action in way {
        menu.clear();
        closed.actions(&moment, &mut menu);
        assert!(menu.contains(&action), "{action} cannot happen here, only {menu:?}");
        let kept = closed.apply(&mut moment, action, &mut tally);
        assert!(kept.is_ok(), "{action}: {kept:?}");
    }
}

#[test]
fn one_worker_and_two_find_the_same_states() {
    let mut world = Letter::A.worlds(Size::Small).remove(1);
    world.one_by_one = false;
    let count = |threads| {
        let found = explore(&Closed::new([world.clone()]), Effort { threads, ..EFFORT });
        assert!(found.complete);
        (found.states, found.transitions)
    };
    assert_eq!(count(1), count(2));
}

#[test]
fn a_table_that_is_too_small_is_no_success() {
    let closed = Letter::A.closed(Size::Small);
    let found = explore(&closed, Effort { memory: 0, ..EFFORT });
    assert!(!found.complete);
}

#[test]
fn each_seeded_fault_is_noticed_by_a_promise_that_it_is_made_to_break() {
    for verdict in hunt_all(EFFORT) {
        let suspect = verdict.suspect;
        let kills = suspect.kills();
        assert!(!kills.is_empty(), "{} breaks nothing", suspect.name());
        let Some(kill) = verdict.killed else {
            panic!("nobody has noticed {}: {}", suspect.name(), suspect.what());
        };
        assert!(kills.contains(&kill.property), "{}: {}", suspect.name(), kill.text);
        let closed = match suspect {
            Suspect::Machine(mutant) => kill.letter.mutated(mutant),
            Suspect::AcceptsAnyWrite => kill.letter.unguarded(),
        };
        let again = closed
            .iter()
            .filter_map(|closed| replay(closed, kill.trace.from, &kill.trace.actions))
            .find(|(_, broken)| broken.property == kill.property);
        assert!(again.is_some(), "the way to the fault of {} is not one", suspect.name());
    }
}

/// All of a safety page that no run has measured: its sentences, promises and faults.
fn lasting(page: &str) -> Vec<String> {
    let measured = |line: &&str| {
        let scope = Letter::ALL.iter().any(|letter| line.starts_with(&format!("| {letter} (")));
        scope || line.starts_with("Written on ") || line.starts_with("A state is known by ")
    };
    let cells = |line: &str| match line.strip_prefix("| ") {
        None => line.to_owned(),
        // A promise comes with its sentence and its source, a fault with what is wrong.
        Some(row) if row.starts_with('S') => row.split(" | ").take(3).collect::<Vec<_>>().join("|"),
        Some(row) => row.split(" | ").take(2).collect::<Vec<_>>().join("|"),
    };
    page.lines().filter(|line| !measured(line)).map(cells).collect()
}

#[test]
fn the_safety_page_is_the_one_that_a_run_would_write_but_for_its_figures() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/safety.md");
    let written = std::fs::read_to_string(path).expect("docs/safety.md can be read");
    let alive = |suspect| Verdict { suspect, killed: None };
    let verdicts: Vec<Verdict> = Suspect::all().into_iter().map(alive).collect();
    let now = page(&Report::default(), &verdicts, Size::Full, "today");
    assert!(now.contains(Property::S1.sentence()) && now.contains(&Suspect::all()[0].what()));
    assert_eq!(lasting(&written), lasting(&now), "run `cargo xtask model --write-docs`");
}
