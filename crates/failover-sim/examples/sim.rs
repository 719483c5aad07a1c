//! Runs many worlds and says what was counted; `cargo xtask sim` is this program.
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use failover_core::{Policy, PolicySpec, ProviderPolicy};
use failover_sim::{Failure, Mix, Script, Setup, Tally, World, shrink};

const USAGE: &str = "sim [--seeds N] [--from SEED] [--minutes N] [--threads N]
    N stories of trouble, each from its seed (1000 from seed 1); the minutes of trouble in each
    --all 1: goes on after a failure, and says at the end which promises were broken by which seeds
sim --story FILE    plays one script
sim --seed SEED     prints the script of one seed and plays it
sim --day           a quiet day of 3 vantages, 2 sites and 1 check, twice a second
";

/// Runs that a failing script may take to be shortened.
const TRIES: usize = 400;

/// What was asked for.
struct Wanted {
    seeds: u64,
    from: u64,
    threads: u64,
    all: bool,
    mix: Mix,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--story", file] => story(file),
        ["--seed", seed] => seed.parse().map_err(|_| USAGE.to_owned()).and_then(one),
        ["--day"] => day(),
        words => wanted(words).and_then(|wanted| many(&wanted)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn wanted(words: &[&str]) -> Result<Wanted, String> {
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let mut wanted = Wanted { seeds: 1_000, from: 1, threads, all: false, mix: Mix::default() };
    for pair in words.chunks(2) {
        let [key, value] = pair else { return Err(USAGE.to_owned()) };
        let value: u64 = value.parse().map_err(|_| USAGE.to_owned())?;
        match *key {
            "--seeds" => wanted.seeds = value,
            "--from" => wanted.from = value,
            "--threads" => wanted.threads = value.max(1),
            "--all" => wanted.all = value > 0,
            "--minutes" => wanted.mix.trouble = Duration::from_secs(value * 60),
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(wanted)
}

fn story(file: &str) -> Result<(), String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    play(&Script::parse(&text).map_err(|problem| format!("{file}: {problem}"))?)
}

fn one(seed: u64) -> Result<(), String> {
    let script = Mix::default().story(seed);
    println!("{script}");
    play(&script)
}

fn play(script: &Script) -> Result<(), String> {
    let world = script.play().map_err(|failure| failure.to_string())?;
    for record in world.snapshot().recent.iter().rev() {
        let at = record.at.since(world.now()).max(world.now().since(record.at));
        println!("{:>9.3}s {}", world.age().saturating_sub(at).as_secs_f64(), record.text);
    }
    println!("\nkept its promises for {:?}, digest {:016x}", world.age(), world.digest());
    say(world.tally(), None);
    Ok(())
}

fn day() -> Result<(), String> {
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    let provider = |name: &str, guarded| ProviderPolicy { name: name.to_owned(), guarded };
    let providers = vec![provider("google", true), provider("hetzner", false)];
    let (sites, vantages) = (names(&["london", "paris"]), names(&["a", "b", "c"]));
    let spec = PolicySpec::fast("app", sites, vantages, providers);
    let policy = Policy::new(spec).map_err(|problems| format!("{problems:?}"))?;
    let begin = Instant::now();
    let mut world = World::new(policy, Setup::default(), 1);
    world.advance(Duration::from_secs(24 * 3600)).map_err(|failure| failure.to_string())?;
    let took = begin.elapsed();
    println!("a day in {:.3} s, digest {:016x}", took.as_secs_f64(), world.digest());
    say(world.tally(), Some(took));
    Ok(())
}

/// What the threads share.
#[derive(Default)]
struct Shared {
    next: AtomicU64,
    stop: AtomicBool,
    tally: Mutex<Tally>,
    failures: Mutex<Vec<Failure>>,
    /// Runs that kept every promise of the machine and missed a figure.
    misses: Mutex<Vec<(u64, &'static str)>>,
}

fn many(wanted: &Wanted) -> Result<(), String> {
    let shared = Shared::default();
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..wanted.threads {
            scope.spawn(|| work(wanted, &shared));
        }
        let mut told = Instant::now();
        while shared.next.load(Ordering::Relaxed) < wanted.seeds
            && !shared.stop.load(Ordering::Relaxed)
        {
            std::thread::sleep(Duration::from_millis(100));
            if told.elapsed() >= Duration::from_secs(2) {
                told = Instant::now();
                let done = shared.next.load(Ordering::Relaxed).min(wanted.seeds);
                eprintln!("{done} of {} in {:.0} s", wanted.seeds, begin.elapsed().as_secs_f64());
            }
        }
    });
    let tally = shared.tally.into_inner().unwrap_or_default();
    say(&tally, Some(begin.elapsed()));
    let done = shared.next.load(Ordering::Relaxed).min(wanted.seeds);
    println!("{done} runs from seed {}", wanted.from);
    let mut failures = shared.failures.into_inner().unwrap_or_default();
    failures.sort_by_key(|failure| (failure.property, failure.script.steps.len()));
    if wanted.all {
        for of_one in failures.chunk_by(|one, other| one.property == other.property) {
            let seeds: Vec<String> = of_one.iter().take(8).map(|f| f.seed.to_string()).collect();
            println!("{}: {} runs; {}", of_one[0].property.id(), of_one.len(), seeds.join(" "));
        }
    }
    let misses = shared.misses.into_inner().unwrap_or_default();
    match failures.first() {
        Some(failure) => Err(explain(failure)),
        None if misses.is_empty() => Ok(()),
        None => {
            let lines: Vec<String> =
                misses.iter().map(|(seed, what)| format!("seed {seed}: {what}")).collect();
            Err(lines.join("\n"))
        }
    }
}

fn work(wanted: &Wanted, shared: &Shared) {
    while !shared.stop.load(Ordering::Relaxed) {
        let number = shared.next.fetch_add(1, Ordering::Relaxed);
        if number >= wanted.seeds {
            return;
        }
        let script = wanted.mix.story(wanted.from + number);
        match script.play() {
            Ok(world) => {
                let Ok(mut tally) = shared.tally.lock() else { return };
                tally.add(world.tally());
                if let (Some(what), Ok(mut misses)) = (miss(world.tally()), shared.misses.lock()) {
                    misses.push((script.seed, what));
                }
            }
            Err(failure) => {
                shared.stop.store(!wanted.all, Ordering::Relaxed);
                let Ok(mut failures) = shared.failures.lock() else { return };
                failures.push(failure);
            }
        }
    }
}

fn explain(failure: &Failure) -> String {
    eprintln!("{failure}\nmaking it shorter");
    let shorter = shrink(&failure.script, TRIES);
    let failure = shorter.play().err().unwrap_or_else(|| failure.clone());
    format!(
        "\n{shorter}\n{failure}\n\
         to see it again: put the script into a file and run cargo xtask sim --story FILE"
    )
}

/// Which of the figures that are promised a run has missed.
fn miss(tally: &Tally) -> Option<&'static str> {
    let wrong = [
        (tally.regressions > 0, "a guarded provider went back to an older move"),
        (tally.empties > 0, "an empty answer was written"),
        (tally.longest_repair > 10_000, "a regression lasted for longer than 10 s"),
        (tally.longest_drift > 30_000, "a drift was not found within 30 s"),
    ];
    wrong.into_iter().find(|(is, _)| *is).map(|(_, what)| what)
}

fn say(tally: &Tally, took: Option<Duration>) {
    for (name, count) in tally.figures() {
        println!("{:<20} {count}", name.replace('_', " "));
    }
    let simulated = Duration::from_millis(tally.millis).as_secs_f64();
    println!("simulated {:.1} h", simulated / 3600.0);
    if let Some(took) = took {
        let (took, speed) = (took.as_secs_f64(), simulated / took.as_secs_f64());
        println!("took {took:.1} s, {speed:.0} times as fast as time");
    }
}
