//! The same observations, another policy: what would have been decided, and when.
use std::fmt::Write as _;
use std::path::Path;

use failover_core::Timestamp;
use serde::Serialize;
use watcher::replay::{Measured, Recording, Row, WhatIf};

use super::show::difference_text;
use super::{Chosen, unreadable};
use crate::cli::exit::Failed;
use crate::cli::out::{Out, table};
use crate::config;
use crate::config::duration::{show, show_instant};

/// What a program is told.
#[derive(Serialize)]
struct Told<'a> {
    service: &'a str,
    moves: u64,
    moves_recorded: u64,
    decisions: Vec<RowTold>,
    providers: Vec<MeasuredTold<'a>>,
}

#[derive(Serialize)]
struct RowTold {
    decision: String,
    recorded: Option<u64>,
    what_if: Option<u64>,
    later_ms: Option<i64>,
}

#[derive(Serialize)]
struct MeasuredTold<'a> {
    provider: &'a str,
    publish_ms: u128,
    verify_ms: u128,
    attempts_seen: usize,
    verifications_seen: usize,
}

/// Compares and prints; says whether the recorded side replayed identically.
pub fn what_if(
    recording: &Recording,
    chosen: &Chosen,
    file: &Path,
    out: Out,
) -> Result<bool, Failed> {
    let Some(first) = chosen.segments.first() else { return Ok(true) };
    let recorded = recording.policy(first).map_err(|error| unreadable(&error))?;
    let policy = config::what_if(file, &recorded).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Failed::input(lines.join("\n"))
    })?;
    let compared = recording.what_if(&chosen.segments, &policy);
    let what_if = match compared.map_err(|error| unreadable(&error))? {
        Ok(what_if) => what_if,
        Err(difference) => {
            let message = "what was recorded does not replay identically, so that a comparison \
                           would mean nothing";
            let text = difference_text(&difference);
            return Err(Failed::other(format!("{message}\n{}", text.trim_end())));
        }
    };
    out.print(&told(chosen, &what_if), || text(chosen, file, &what_if))?;
    Ok(true)
}

fn told<'a>(chosen: &'a Chosen, what_if: &'a WhatIf) -> Told<'a> {
    let (moves_recorded, moves) = moves(what_if);
    Told {
        service: &chosen.service,
        moves,
        moves_recorded,
        decisions: what_if.rows.iter().map(row).collect(),
        providers: what_if.measured.iter().map(measured).collect(),
    }
}

fn row(row: &Row) -> RowTold {
    RowTold {
        decision: row.what.to_string(),
        recorded: row.recorded.map(Timestamp::as_millis),
        what_if: row.other.map(Timestamp::as_millis),
        later_ms: row.recorded.zip(row.other).map(|(recorded, other)| later(recorded, other)),
    }
}

fn measured(measured: &Measured) -> MeasuredTold<'_> {
    MeasuredTold {
        provider: &measured.provider,
        publish_ms: measured.publish.as_millis(),
        verify_ms: measured.verify.as_millis(),
        attempts_seen: measured.seen.0,
        verifications_seen: measured.seen.1,
    }
}

fn later(recorded: Timestamp, other: Timestamp) -> i64 {
    other.as_millis().wrapping_sub(recorded.as_millis()).cast_signed()
}

/// How often it moved, and how often it would have.
fn moves(what_if: &WhatIf) -> (u64, u64) {
    let count = |is: fn(&Row) -> bool| {
        what_if.rows.iter().filter(|row| row.begins_move && is(row)).count() as u64
    };
    (count(|row| row.recorded.is_some()), count(|row| row.other.is_some()))
}

fn text(chosen: &Chosen, file: &Path, what_if: &WhatIf) -> String {
    let mut text =
        format!("service {}, and what {} would have made of it\n", chosen.service, file.display());
    let head = ["decision", "recorded", "what if", ""].map(str::to_owned).to_vec();
    let moment = |at: Option<Timestamp>| {
        at.map_or_else(|| "never".to_owned(), |at| show_instant(at.as_millis()))
    };
    let rows = what_if.rows.iter().map(|row| {
        let apart = row.recorded.zip(row.other).map_or_else(String::new, |(a, b)| apart(a, b));
        vec![row.what.to_string(), moment(row.recorded), moment(row.other), apart]
    });
    text.push_str(&table(&[head].into_iter().chain(rows).collect::<Vec<_>>()));
    text.push('\n');
    for line in verdict(what_if) {
        let _ = writeln!(text, "{line}");
    }
    text.push_str(
        "Probes, commands and the passing of time are as recorded. What providers and name servers \
         answered cannot\nbe, because another policy writes at other moments; they are taken to do \
         what they are asked:\n",
    );
    for one in &what_if.measured {
        let Measured { provider, publish, verify, seen } = one;
        let how = |seen: usize| if seen > 0 { "measured" } else { "assumed" };
        let _ = writeln!(
            text,
            "  {provider}: publishes in {} ({}), answers everywhere {} later ({})",
            show(*publish),
            how(seen.0),
            show(*verify),
            how(seen.1)
        );
    }
    text
}

fn apart(recorded: Timestamp, other: Timestamp) -> String {
    let millis = later(recorded, other);
    let seconds = std::time::Duration::from_millis(millis.unsigned_abs()).as_secs_f64();
    match millis {
        0 => "at the same moment".to_owned(),
        1.. => format!("{seconds:.3} s later"),
        _ => format!("{seconds:.3} s earlier"),
    }
}

/// What it comes to, in sentences.
fn verdict(what_if: &WhatIf) -> Vec<String> {
    let mut lines = Vec::new();
    for row in what_if.rows.iter().filter(|row| row.begins_move) {
        if let (Some(recorded), Some(other)) = (row.recorded, row.other) {
            lines.push(format!("The {} would have begun {}.", row.what, apart(recorded, other)));
        }
    }
    let (recorded, other) = moves(what_if);
    let times = |count: u64| if count == 1 { "once".to_owned() } else { format!("{count} times") };
    lines.push(match (recorded, other) {
        (0, 0) => "It has not moved, and would not have.".to_owned(),
        (_, 0) => format!("It would never have moved; it has moved {}.", times(recorded)),
        (recorded, other) if recorded == other => {
            format!("It would have moved as often: {}.", times(other))
        }
        (recorded, other) if other > recorded => {
            format!("It would have moved {} more.", times(other - recorded))
        }
        (recorded, other) => format!("It would have moved {} less.", times(recorded - other)),
    });
    lines
}
