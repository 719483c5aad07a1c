//! A curve as text: what was measured beside what was to be expected, and who is late.
use std::fmt::Write as _;

use failover_core::{Curve, CurveEnd, CurvePoint, CurveSource};

use crate::cli::out::table;
use crate::config::duration::show;

const HEIGHT: u32 = 10;
const WIDTH: u32 = 61;
/// So many of those that still give the old answer are named.
const NAMED: usize = 8;

/// The whole picture.
pub fn picture(curve: &Curve) -> String {
    let mut text = format!("{}\n\n", headline(curve));
    text += &plot(&curve.points(WIDTH));
    text += "\n";
    text += &providers(curve);
    text += &remarks(curve);
    text
}

/// How far it is, in one line.
pub fn headline(curve: &Curve) -> String {
    let (new, answering) = curve.reached();
    let waiting = curve.resolvers.iter().all(|one| one.asked == 0);
    let silent = curve.resolvers.iter().filter(|one| one.asked > 0 && !one.has_answered()).count();
    let silent = match silent {
        _ if waiting => ", none is asked before all name servers have changed".to_owned(),
        0 => String::new(),
        count => format!(", {count} gave no answer"),
    };
    let end = match curve.end {
        None => "asking goes on",
        Some(CurveEnd::Converged) => "converged",
        Some(CurveEnd::Limit) => "asking ended before all had followed",
        Some(CurveEnd::Replaced) => "the next move began",
        Some(CurveEnd::Interrupted) => "the watcher ended meanwhile",
        Some(_) => "ended",
    };
    format!(
        "{} after {}: {new} of {answering} resolvers give the new answer{silent}; {end}",
        percent(curve.share_at(curve.asked_ms)),
        seconds(curve.asked_ms)
    )
}

/// One line about this moment, for a terminal that is none.
pub fn progress(curve: &Curve) -> String {
    let (new, answering) = curve.reached();
    let after = std::time::Duration::from_millis(curve.asked_ms);
    format!(
        "{:>8}  {new:>3} of {answering:<3} {:>5}  expected {:>5}",
        seconds(curve.asked_ms),
        percent(curve.share_at(curve.asked_ms)),
        percent(Some(curve.forecast().at(after)))
    )
}

/// The share over time: full blocks are measured, dots are expected.
fn plot(points: &[CurvePoint]) -> String {
    let mut text = String::new();
    for row in (1..=HEIGHT).rev() {
        // The lowest row is there for whatever is more than nothing.
        let floor = f64::from(row - 1) / f64::from(HEIGHT) + 1e-9;
        let cells = points.iter().map(|point| match point.measured {
            Some(share) if share > floor => '█',
            _ if point.expected > floor => '·',
            _ => ' ',
        });
        let label = match row {
            HEIGHT => "100 %",
            _ if row == HEIGHT / 2 => " 50 %",
            _ => "     ",
        };
        let line: String = cells.collect();
        let _ = writeln!(text, "{label} ┤{}", line.trim_end());
    }
    let end = seconds(points.last().map_or(0, |point| point.ms));
    let line = "─".repeat(points.len());
    let _ = writeln!(text, "  0 % └{line}");
    let gap = points.len().saturating_sub(end.chars().count() + 1);
    let _ = writeln!(text, "       0{}{end}", " ".repeat(gap));
    text + "       █ measured   · expected of a name that is asked for steadily\n"
}

fn providers(curve: &Curve) -> String {
    let row = |provider: &failover_core::CurveProvider| {
        let published = match provider.published_ms {
            Some(ms) => format!("all name servers after {}", seconds(ms)),
            None => "not all name servers".to_owned(),
        };
        let before = format!("TTL {} s before", provider.ttl_before);
        vec![format!("  {}", provider.name), published, before]
    };
    table(&curve.providers.iter().map(row).collect::<Vec<_>>())
}

fn remarks(curve: &Curve) -> String {
    let mut text = String::new();
    for one in curve.extenders() {
        let late = one.late_secs.map(|secs| format!("gave the old answer {secs} s too long"));
        let shown = one.ttl_shown.map(|ttl| format!("showed a TTL of {ttl} s"));
        let what: Vec<String> = late.into_iter().chain(shown).collect();
        let _ =
            writeln!(text, "  TTL extender: {} ({}) {}", one.name, one.operator, what.join(", "));
    }
    let old = |one: &&CurveSource| one.has_answered() && one.new_ms.is_none();
    let still: Vec<&str> =
        curve.resolvers.iter().filter(old).map(|one| one.name.as_str()).collect();
    if !still.is_empty() {
        let more = still.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let shown = still[..still.len().min(NAMED)].join(", ");
        let _ = writeln!(text, "  still old: {shown}{more}");
    }
    text
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "?".to_owned(), |share| format!("{:.0} %", share * 100.0))
}

/// Tenths below a minute, whole seconds above.
fn seconds(ms: u64) -> String {
    match ms {
        0..60_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        _ => show(std::time::Duration::from_secs(ms / 1000)),
    }
}

#[cfg(test)]
mod tests {
    use failover_core::{CurveProvider, MoveId, Timestamp};

    use super::*;

    fn source(name: &str, new_ms: Option<u64>, old_ms: Option<u64>) -> CurveSource {
        CurveSource { name: name.to_owned(), new_ms, old_ms, asked: 1, ..CurveSource::default() }
    }

    fn curve() -> Curve {
        Curve {
            service: "app".to_owned(),
            id: MoveId(3),
            began: Timestamp::from_millis(0),
            ttl: 60,
            providers: vec![CurveProvider {
                name: "google".to_owned(),
                ttl_before: 60,
                published_ms: Some(0),
                servers: vec![source("ns", Some(0), None)],
            }],
            resolvers: vec![
                source("a", Some(15_000), Some(1)),
                source("b", Some(30_000), Some(1)),
                source("c", None, Some(90_000)),
                source("d", None, None),
            ],
            asked_ms: 90_000,
            end: Some(CurveEnd::Limit),
        }
    }

    #[test]
    fn the_curve_rises_where_resolvers_followed_and_nowhere_else() {
        let text = picture(&curve());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "67 % after 1 min 30 s: 2 of 3 resolvers give the new answer, 1 gave no answer; asking \
             ended before all had followed"
        );
        let row = |label: &str| *lines.iter().find(|line| line.starts_with(label)).expect("a row");
        let half: Vec<char> = row(" 50 %").chars().skip(7).collect();
        // 61 columns for 90 s: a third is there after 15 s, two thirds after 30 s.
        assert_eq!(half.iter().position(|cell| *cell == '█'), Some(20), "{text}");
        assert!(!row("100 %").contains('█') && row("100 %").contains('·'), "{text}");
        assert!(text.contains("TTL extender: c () gave the old answer 30 s too long"), "{text}");
        assert!(text.contains("still old: c\n"), "{text}");
        assert!(text.contains("google  all name servers after 0.0 s  TTL 60 s before"), "{text}");
    }

    #[test]
    fn nothing_known_is_drawn_too() {
        let nothing = Curve {
            providers: Vec::new(),
            resolvers: Vec::new(),
            asked_ms: 0,
            end: None,
            ..curve()
        };
        let text = picture(&nothing);
        assert!(text.starts_with("? after 0.0 s: 0 of 0 resolvers"), "{text}");
        assert!(text.contains("none is asked before all name servers have changed"), "{text}");
    }
}
