//! Explores the four scopes and prints what was found: `cargo xtask model` calls it.
use failover_sim::model::{Closed, Effort, Letter, Size, explore, shorten};

fn main() {
    let mut args = std::env::args().skip(1);
    let scope = args.next().unwrap_or_default();
    let size = if args.next().as_deref() == Some("full") { Size::Full } else { Size::Small };
    let only: Option<usize> = args.next().and_then(|n| n.parse().ok());
    let threads: usize = args.next().and_then(|n| n.parse().ok()).unwrap_or(1);
    for letter in Letter::ALL {
        if scope != "all" && letter.to_string() != scope {
            continue;
        }
        for (n, world) in letter.worlds(size).into_iter().enumerate() {
            if only.is_some_and(|only| only != n) {
                continue;
            }
            println!("{letter} {n}: {}", world.name);
            let closed = Closed::new([world]);
            let memory = if size == Size::Full { 1 << 30 } else { 1 << 25 };
            let found = explore(&closed, Effort { threads, memory, progress: true });
            println!(
                "  {} states {} transitions depth {} {:.1} s {:.0} k/s complete {}",
                found.states,
                found.transitions,
                found.deepest,
                found.took.as_secs_f64(),
                found.states as f64 / found.took.as_secs_f64() / 1e3,
                found.complete
            );
            println!("  {:?}", found.tally);
            if let Some(trace) = found.broken {
                println!("  BROKEN {} after {} actions", trace.broken, trace.actions.len());
                let short = shorten(&closed, &trace);
                println!("  {} in {} actions", short.broken, short.actions.len());
                for action in short.actions {
                    println!("    {action}");
                }
            }
        }
    }
}
