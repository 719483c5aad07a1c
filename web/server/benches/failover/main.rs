//! Whole failovers, timed from the kill to the last name server's new answer.
//!
//! `cargo xtask bench failover [--runs N] [--presets fast,thesis] [--watchers 3]`. Every run is a fresh emulator
//! and a fresh `schwenk run`, as separate processes; the benchmark breaks the active site through
//! the emulator's switch and asks every name server of both providers over UDP. The parts come from
//! the watcher's own journal.
//!
//! With several watchers each is a process of its own, and a real etcd of three members stands between
//! them; two vantages of three must agree.
//!
//! On loopback an ICMP echo cannot be made to fail, so the preset `thesis` keeps its timing
//! (20 of 20, once a second) with an HTTP check.
mod etcd;
mod footprint;
mod run;
mod stage;
mod table;

use std::time::Duration;

use run::{Break, Parts};

struct Asked {
    runs: usize,
    presets: Vec<String>,
    watchers: usize,
}

#[tokio::main]
async fn main() {
    let Some(asked) = asked() else {
        eprintln!(
            "usage: cargo xtask bench failover [--runs N] [--presets fast,thesis] [--watchers N]"
        );
        std::process::exit(2);
    };
    let mut rows = Vec::new();
    for preset in &asked.presets {
        for manner in [Break::Refused, Break::BlackHole] {
            eprintln!("{preset}, {}: {} runs", manner.word(), asked.runs);
            let parts = measure(preset, manner, &asked).await;
            rows.push((preset.clone(), manner, parts));
        }
    }
    print!("{}", table::failovers(&rows));
    if asked.watchers > 1 {
        return;
    }
    match footprint::measure().await {
        Ok(text) => print!("\n{text}"),
        Err(why) => eprintln!("the footprint could not be measured: {why}"),
    }
}

/// Runs of a slow preset go side by side: they mostly wait, and one after the other they would take
/// an hour. Runs of a fast one would disturb each other.
async fn measure(preset: &str, manner: Break, asked: &Asked) -> Vec<Parts> {
    let (runs, watchers) = (asked.runs, asked.watchers);
    let at_once = if preset == "fast" { 1 } else { 10 };
    let mut all = Vec::new();
    let mut left = runs;
    while left > 0 {
        let batch = left.min(at_once);
        left -= batch;
        let started = (0..batch).map(|place| {
            // Spread over the probes' interval, so that the kill does not always fall on a probe.
            let phase = Duration::from_millis(u64::from(fraction()) * 1000 / 256);
            let preset = preset.to_owned();
            let lane = u8::try_from(place).unwrap_or(0);
            tokio::spawn(async move { run::one(&preset, manner, lane, phase, watchers).await })
        });
        for run in started.collect::<Vec<_>>() {
            match run.await {
                Ok(Ok(parts)) => all.push(parts),
                Ok(Err(why)) => eprintln!("  a run failed: {why}"),
                Err(why) => eprintln!("  a run failed: {why}"),
            }
        }
    }
    all
}

fn fraction() -> u8 {
    let mut byte = [0];
    let _ = getrandom::fill(&mut byte);
    byte[0]
}

fn asked() -> Option<Asked> {
    let presets = vec!["fast".to_owned(), "thesis".to_owned()];
    let mut asked = Asked { runs: 20, presets, watchers: 1 };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            // Cargo's own.
            "--bench" => {}
            "--runs" => asked.runs = args.next()?.parse().ok()?,
            "--watchers" => asked.watchers = args.next()?.parse().ok().filter(|n| *n > 0)?,
            "--presets" => asked.presets = args.next()?.split(',').map(str::to_owned).collect(),
            _ => return None,
        }
    }
    Some(asked)
}
