//! The replay itself: every step compared, and what was decided.
use std::fmt::Write as _;

use failover_core::{EventRecord, Input, Output, PolicySpec};
use serde::Serialize;
use watcher::replay::{Difference, Link, Recording, Replay, Seen};

use super::{Chosen, ReplayArgs, unreadable};
use crate::VERSION;
use crate::cli::exit::Failed;
use crate::cli::out::{Out, table};
use crate::config::duration::show_instant;

/// What a program is told.
#[derive(Serialize)]
struct Told<'a> {
    service: &'a str,
    identical: bool,
    facts: u64,
    /// Events that are older than every fact.
    events_without_facts: u64,
    segments: Vec<SegmentTold<'a>>,
    events: &'a [EventRecord],
    difference: Option<DifferenceTold<'a>>,
}

#[derive(Serialize)]
struct SegmentTold<'a> {
    number: u64,
    began: String,
    ended: String,
    facts: u64,
    bytes: u64,
    version: &'a str,
    closed: bool,
    link: String,
}

#[derive(Serialize)]
struct DifferenceTold<'a> {
    segment: u64,
    version: &'a str,
    this_version: &'static str,
    step: Option<u64>,
    at: Option<String>,
    fact: Option<&'a Input>,
    what: String,
    recorded: Vec<&'a EventRecord>,
    replayed: &'a [Output],
}

#[derive(Serialize)]
struct StepTold<'a> {
    segment: u64,
    step: u64,
    at: String,
    fact: &'a Input,
    digest: String,
    outputs: &'a [Output],
}

/// Replays and prints; says whether all was identical.
pub fn show(
    recording: &Recording,
    chosen: &Chosen,
    args: &ReplayArgs,
    out: Out,
) -> Result<bool, Failed> {
    let mut printed = Ok(());
    let replay = recording.replay(&chosen.segments, &mut |seen| {
        let at = seen.step.now.as_millis();
        let wanted = args.steps
            && args.from.is_none_or(|from| at >= from)
            && args.to.is_none_or(|to| at <= to);
        if wanted && printed.is_ok() {
            printed = step(seen, out);
        }
    });
    let replay = replay.map_err(|error| unreadable(&error))?;
    printed?;
    let told = told(chosen, &replay);
    out.print(&told, || text(chosen, &replay, &told))?;
    Ok(replay.difference.is_none())
}

fn step(seen: Seen<'_>, out: Out) -> Result<(), Failed> {
    let told = StepTold {
        segment: seen.segment.number,
        step: seen.step.number,
        at: show_instant(seen.step.now.as_millis()),
        fact: &seen.step.fact,
        digest: format!("{:016x}", seen.step.digest),
        outputs: seen.outputs,
    };
    out.print(&told, || {
        let StepTold { segment, step, at, digest, .. } = &told;
        let mut line = format!("{segment:>6} {step:>6}  {at}  {digest}  {}", json(told.fact));
        for output in seen.outputs {
            let _ = write!(line, "\n{:16}{}", "", words(output, seen.machine.policy().spec()));
        }
        line
    })
}

fn told<'a>(chosen: &'a Chosen, replay: &'a Replay) -> Told<'a> {
    let segments = replay.segments.iter().map(|followed| SegmentTold {
        number: followed.segment.number,
        began: show_instant(followed.segment.began.as_millis()),
        ended: show_instant(followed.segment.ended.as_millis()),
        facts: followed.segment.steps,
        bytes: followed.segment.bytes,
        version: &followed.segment.version,
        closed: followed.segment.closed,
        link: link(followed.link),
    });
    Told {
        service: &chosen.service,
        identical: replay.difference.is_none(),
        facts: replay.steps,
        events_without_facts: chosen.without_facts,
        segments: segments.collect(),
        events: &replay.events,
        difference: replay.difference.as_ref().map(difference),
    }
}

/// A difference as programs are told of it.
fn difference(difference: &Difference) -> DifferenceTold<'_> {
    DifferenceTold {
        segment: difference.segment,
        version: &difference.version,
        this_version: VERSION,
        step: difference.step.as_ref().map(|step| step.number),
        at: difference.step.as_ref().map(|step| show_instant(step.now.as_millis())),
        fact: difference.step.as_ref().map(|step| &step.fact),
        what: difference.what.to_string(),
        recorded: difference.recorded.iter().collect(),
        replayed: &difference.replayed,
    }
}

fn link(link: Link) -> String {
    match link {
        Link::First => "begins with a recorded machine".to_owned(),
        Link::Continued => "goes on with the same machine".to_owned(),
        Link::Restarted { killed: false } => "the watcher was started again".to_owned(),
        Link::Restarted { killed: true } => {
            "the watcher was started again after it was killed: facts of its last seconds that led \
             to nothing may be missing"
                .to_owned()
        }
        Link::Gap { events } => {
            format!("facts before it are missing, and with them how {events} events came about")
        }
    }
}

fn text(chosen: &Chosen, replay: &Replay, told: &Told<'_>) -> String {
    let mut text = format!("service {}: {} facts\n", chosen.service, replay.steps);
    let rows = told.segments.iter().map(|segment| {
        vec![
            format!("  segment {}", segment.number),
            segment.began.clone(),
            segment.ended.clone(),
            format!("{} facts", segment.facts),
            segment.link.clone(),
        ]
    });
    text.push_str(&table(&rows.collect::<Vec<_>>()));
    if chosen.without_facts > 0 {
        let _ = writeln!(text, "  {} older events have no facts", chosen.without_facts);
    }
    let last = chosen.segments.last().filter(|last| !last.closed);
    if last.is_some() && replay.difference.is_none() {
        text.push_str(
            "  the last segment has no end: it is still recorded, or the watcher was killed and \
             facts of its last seconds that led to nothing may be missing\n",
        );
    }
    for event in &replay.events {
        let _ = writeln!(text, "{}  {}", show_instant(event.at.as_millis()), event.text);
    }
    match &replay.difference {
        None => text.push_str("identical at every step\n"),
        Some(difference) => text.push_str(&difference_text(difference)),
    }
    text
}

/// A difference as people read it.
pub fn difference_text(difference: &Difference) -> String {
    let Difference { segment, version, step, what, .. } = difference;
    let mut text = match step {
        Some(step) => {
            let at = show_instant(step.now.as_millis());
            let fact = json(&step.fact);
            format!("first difference: segment {segment}, fact {} at {at}\n  {fact}\n", step.number)
        }
        None => format!("first difference: segment {segment}\n"),
    };
    let _ = writeln!(text, "  {what}");
    if version != VERSION {
        let _ = writeln!(text, "  it was recorded by version {version}, this is {VERSION}");
    }
    for event in &difference.recorded {
        let _ = writeln!(text, "  recorded: {}", event.text);
    }
    for output in &difference.replayed {
        let _ = writeln!(text, "  replayed: {}", json(output));
    }
    text
}

fn words(output: &Output, spec: &PolicySpec) -> String {
    match output {
        Output::Record(event) => event.text(spec),
        other => json(other),
    }
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| format!("no JSON form: {error}"))
}
