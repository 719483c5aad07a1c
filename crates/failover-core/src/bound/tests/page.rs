//! The page on the thresholds quotes what the code computes.
use super::*;

const PAGE: &str = include_str!("../../../../../docs/decisions/thresholds.md");

/// Two digits that count, in the unit that fits.
fn show(seconds: f64) -> String {
    let (size, unit) = [(YEAR, "years"), (DAY, "days"), (3600.0, "h"), (60.0, "min")]
        .into_iter()
        .find(|(size, _)| seconds >= *size)
        .unwrap_or((1.0, "s"));
    let count = seconds / size;
    let power = count.log10().floor();
    let digits = (count / 10_f64.powf(power) * 10.0).round() / 10.0;
    match power {
        p if p >= 30.0 => "beyond counting".to_owned(),
        p if p >= 4.0 => format!("{digits} × 10^{power} {unit}"),
        p if p >= 1.0 => format!("{} {unit}", (digits * 10_f64.powf(power)).round()),
        _ => format!("{digits} {unit}"),
    }
}

fn policies() -> Vec<(&'static str, PolicySpec)> {
    let two = strings(&["http", "tls"]);
    let four = PolicySpec { fall: Fall::InARow(4), ..spec(Preset::Fast) };
    vec![
        ("`fast`, one check", spec(Preset::Fast)),
        ("`fast`, two checks", spec(Preset::Fast).with_checks(two)),
        ("`fast`, `fall = 4`", four),
        ("`careful`, one check", spec(Preset::Careful)),
        ("`thesis`", spec(Preset::Thesis)),
    ]
}

/// The table with this row head: one row for each policy.
#[track_caller]
fn quoted(heads: &[&str], cells: impl Fn(&PolicySpec) -> Vec<String>) {
    let mut table = format!("| {} |\n|{}\n", heads.join(" | "), "---|".repeat(heads.len()));
    for (name, spec) in policies() {
        table += &format!("| {name} | {} |\n", cells(&spec).join(" | "));
    }
    assert!(PAGE.contains(&table), "docs/decisions/thresholds.md should say:\n{table}");
}

#[test]
fn the_page_tells_how_soon_a_failure_is_seen() {
    let heads = ["policy", "refused: mean / worst", "black hole: mean / worst"];
    quoted(&heads, |spec| {
        let seen = |failure| {
            let seen = detection(spec, failure);
            let mean = (seen.expected.as_secs_f64() * 100.0).round() / 100.0;
            format!("{mean} s / {} s", seen.worst.as_secs_f64())
        };
        vec![seen(Failure::Refused), seen(Failure::BlackHole)]
    });
}

#[test]
fn the_page_tells_how_rarely_independent_losses_mislead() {
    let heads = ["policy", "1 % lost", "3 % lost", "5 % lost"];
    quoted(&heads, |spec| {
        [0.01, 0.03, 0.05].map(|rate| show(false_failover(spec, rate).quorum)).to_vec()
    });
}

#[test]
fn the_page_tells_what_correlation_and_bursts_change() {
    let heads = ["policy", "0", "0.1", "0.3", "1", "0.1, bursts of 2"];
    let losses = [(0.0, 1.0), (0.1, 1.0), (0.3, 1.0), (1.0, 1.0), (0.1, 2.0)];
    quoted(&heads, |spec| {
        let cell = |(correlation, burst)| {
            let loss = Loss::new(0.01, correlation, burst).expect("in range");
            let found = false_failover_under(spec, &loss);
            let least = if found.exact { "" } else { "≥ " };
            format!("{least}{}", show(found.mean.quorum))
        };
        losses.map(cell).to_vec()
    });
}

#[test]
fn the_page_tells_what_one_vantage_can_do() {
    let heads = ["policy", "1 % lost", "3 % lost", "1 % lost, correlation 0.1"];
    quoted(&heads, |spec| {
        let alone = PolicySpec { vantages: strings(&["here"]), quorum: 1, ..spec.clone() };
        let cell = |(rate, correlation)| {
            let loss = Loss::new(rate, correlation, 1.0).expect("in range");
            let found = false_failover_under(&alone, &loss);
            assert!(found.exact);
            show(found.mean.quorum)
        };
        [(0.01, 0.0), (0.03, 0.0), (0.01, 0.1)].map(cell).to_vec()
    });
}

#[test]
fn the_page_tells_what_plain_counting_does() {
    let twenty = Fall::Window { of: 20, failed: 20 };
    let rows = [
        (0.01, 1000, "3 at 1 s", Fall::InARow(3)),
        (0.01, 500, "4 at 0.5 s", Fall::InARow(4)),
        (0.03, 1000, "3 at 1 s", Fall::InARow(3)),
        (0.03, 500, "4 at 0.5 s", Fall::InARow(4)),
        (0.05, 500, "4 at 0.5 s", Fall::InARow(4)),
        (0.01, 1000, "20 of 20 at 1 s", twenty),
        (0.03, 1000, "20 of 20 at 1 s", twenty),
        (0.05, 1000, "20 of 20 at 1 s", twenty),
    ];
    let mut table =
        "| lost | counted | one vantage | two of three |\n|---|---|---|---|\n".to_owned();
    for (rate, interval, counted, fall) in rows {
        let found = false_failover(&plain(interval, fall, 3), rate);
        let (one, quorum) = (show(found.one_vantage), show(found.quorum));
        table += &format!("| {} % | {counted} | {one} | {quorum} |\n", rate * 100.0);
    }
    assert!(PAGE.contains(&table), "docs/decisions/thresholds.md should say:\n{table}");
}
