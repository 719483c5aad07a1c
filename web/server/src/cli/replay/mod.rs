//! `schwenk replay`: a recorded incident, once more. Reads the journal only.
mod show;
mod what_if;

use std::path::PathBuf;

use clap::Args;
use failover_core::{MoveId, Timestamp};
use watcher::JournalError;
use watcher::replay::{Recording, Segment, Wanted};

use super::exit::{Exit, Failed};
use super::out::Out;
use crate::config::duration::{parse_moment, show_instant};

#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// The journal; a watcher may go on writing it.
    #[arg(value_name = "JOURNAL")]
    journal: PathBuf,
    /// Only this service.
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Only what was recorded then or later, such as 2026-11-23T12:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = parse_moment)]
    from: Option<u64>,
    /// Only what was recorded then or earlier.
    #[arg(long, value_name = "TIME", value_parser = parse_moment)]
    to: Option<u64>,
    /// Only what was recorded around this move.
    #[arg(long = "move", value_name = "NUMBER")]
    moved: Option<u64>,
    /// Print every fact and what came of it.
    #[arg(long)]
    steps: bool,
    /// Give the same observations to another policy: a TOML file with `preset` and `[policy]` as
    /// a service has them in the configuration; what it leaves out stays as recorded.
    #[arg(long, value_name = "FILE", conflicts_with = "steps")]
    what_if: Option<PathBuf>,
}

/// What of one service is replayed.
struct Chosen {
    service: String,
    segments: Vec<Segment>,
    /// Events that are older than every fact.
    without_facts: u64,
}

pub fn replay(args: &ReplayArgs, out: Out) -> Result<Exit, Failed> {
    let recording = Recording::open(&args.journal).map_err(|error| unreadable(&error))?;
    let mut exit = Exit::Done;
    for chosen in choose(&recording, args)? {
        let identical = match &args.what_if {
            None => show::show(&recording, &chosen, args, out)?,
            Some(file) => what_if::what_if(&recording, &chosen, file, out)?,
        };
        if !identical {
            exit = Exit::Failed;
        }
    }
    Ok(exit)
}

fn choose(recording: &Recording, args: &ReplayArgs) -> Result<Vec<Chosen>, Failed> {
    let known = recording.services().map_err(|error| unreadable(&error))?;
    let wanted = Wanted {
        from: args.from.map(Timestamp::from_millis),
        to: args.to.map(Timestamp::from_millis),
        moved: args.moved.map(MoveId),
    };
    let services = match &args.service {
        None => known,
        Some(name) if known.contains(name) => vec![name.clone()],
        Some(name) => {
            let message = format!("nothing is recorded of a service \"{name}\"");
            return Err(Failed::input(format!("{message}; there are: {}", known.join(", "))));
        }
    };
    let mut all = Vec::new();
    let mut why = Vec::new();
    for service in services {
        let segments = recording.segments(&service, &wanted);
        let segments = segments.map_err(|error| unreadable(&error))?;
        let (without_facts, first) =
            recording.before_facts(&service).map_err(|error| unreadable(&error))?;
        if segments.is_empty() {
            why.push(nothing(&service, without_facts, first));
        } else {
            all.push(Chosen { service, segments, without_facts });
        }
    }
    if all.is_empty() {
        let why =
            if why.is_empty() { "nothing is recorded in it".to_owned() } else { why.join("\n") };
        return Err(Failed::input(format!("{}: {why}", args.journal.display())));
    }
    Ok(all)
}

/// Why nothing of a service can be replayed.
fn nothing(service: &str, events: u64, first: Option<Timestamp>) -> String {
    match first {
        None => format!(
            "service {service}: its {events} events have no facts; they were written by a version \
             that recorded none, or with facts_for = \"0 s\", or their time is over"
        ),
        Some(first) => format!(
            "service {service}: nothing that was asked for; its facts begin {}, {events} events \
             before have none",
            show_instant(first.as_millis())
        ),
    }
}

fn unreadable(error: &JournalError) -> Failed {
    match error {
        JournalError::Foreign { .. } => Failed::input(error.to_string()),
        _ => Failed::other(error.to_string()),
    }
}
