//! The head of a script: the policy, the make of the world and the seed.
use std::fmt;
use std::time::Duration;

use failover_core::{
    AnswerMode, CheckPolicy, Drift, Failback, Fall, Fence, Latch, OnAllDown, Policy, PolicySpec,
    Preset, ProviderPolicy, Require,
};

use super::Script;
use super::words::{number, read_time, time};
use super::wrong::{Noun, ScriptProblem, ScriptWrong};
use crate::world::Setup;

type Line<'a> = (usize, &'a str);

pub(super) fn read(head: &[Line<'_>]) -> Result<(PolicySpec, Setup, u64), ScriptProblem> {
    let list = |key: &str, otherwise: &str| -> Vec<String> {
        let line = head.iter().find_map(|(_, line)| line.strip_prefix(key)?.strip_prefix(' '));
        line.unwrap_or(otherwise).split_whitespace().map(str::to_owned).collect()
    };
    let (cold, unguarded) = (list("cold", ""), list("unguarded", ""));
    let provider = |name: String| ProviderPolicy { guarded: !unguarded.contains(&name), name };
    let providers = list("providers", "google").into_iter().map(provider).collect();
    let name = list("preset", "fast").concat();
    let preset = Preset::ALL.into_iter().find(|preset| preset.name() == name);
    let preset = preset.ok_or(ScriptWrong::Preset(name))?;
    let spec = preset.spec("app", list("sites", ""), list("vantages", "here"), providers);
    let mut spec = spec.with_checks(list("checks", "http"));
    for site in &mut spec.sites {
        site.cold = cold.contains(&site.name);
    }
    let (mut setup, mut seed) = (Setup::default(), 0);
    for (line, text) in head {
        let words: Vec<&str> = text.split_whitespace().collect();
        let done = match words.as_slice() {
            ["set", setting @ ..] => set(&mut spec, setting),
            ["world", setting @ ..] => build(&mut setup, setting),
            ["seed", word] => number(word).map(|read| seed = read),
            ["check", name, key, value] => one_check_time(&mut spec, name, key, value),
            ["preset" | "sites" | "cold" | "vantages" | "checks", ..] => Ok(()),
            ["providers" | "unguarded", ..] => Ok(()),
            _ => Err(ScriptWrong::Head((*text).to_owned())),
        };
        done.map_err(|wrong| wrong.at(*line))?;
    }
    match Policy::new(spec) {
        Ok(policy) => Ok((policy.spec().clone(), setup, seed)),
        Err(problems) => Err(ScriptWrong::Policy(problems).into()),
    }
}

fn set(spec: &mut PolicySpec, words: &[&str]) -> Result<(), ScriptWrong> {
    match *words {
        ["fall", failures] => spec.fall = Fall::InARow(number(failures)?),
        ["window", failed, "of", of] => {
            spec.fall = Fall::Window { of: number(of)?, failed: number(failed)? };
        }
        ["require", "any"] => spec.require = Require::Any,
        ["require", "all"] => spec.require = Require::All,
        ["require", count] => spec.require = Require::AtLeast(number(count)?),
        ["latch", "until_rearmed"] => spec.latch = Latch::UntilRearmed,
        ["latch", "off"] => spec.latch = Latch::Off,
        ["latch", time] => spec.latch = Latch::For(read_time(time)?),
        ["failback", "manual"] => spec.failback = Failback::Manual,
        ["failback", time] => spec.failback = Failback::Auto { stable_for: read_time(time)? },
        ["answer", "active"] => spec.answer = AnswerMode::Active,
        ["answer", "all_up"] => spec.answer = AnswerMode::AllUp,
        ["on_all_down", "hold"] => spec.on_all_down = OnAllDown::Hold,
        ["on_all_down", "answer_all"] => spec.on_all_down = OnAllDown::AnswerAll,
        ["drift", "alert"] => spec.drift = Drift::Alert,
        ["drift", "repair"] => spec.drift = Drift::Repair,
        ["fence", "never"] => spec.fence = Fence::Never,
        ["fence", "before"] => spec.fence = Fence::Before,
        ["fence", "after"] => spec.fence = Fence::After,
        ["lag_max", "none"] => spec.lag_max = None,
        ["lag_max", time] => spec.lag_max = Some(read_time(time)?),
        [key, value] => {
            if let Some((_, place)) = counts(spec).into_iter().find(|(name, _)| *name == key) {
                *place = number(value)?;
            } else if let Some((_, place)) = times(spec).into_iter().find(|(name, _)| *name == key)
            {
                *place = read_time(value)?;
            } else {
                check_time(spec, key, read_time(value)?)?;
            }
        }
        _ => return Err(ScriptWrong::NoValue),
    }
    Ok(())
}

fn counts(spec: &mut PolicySpec) -> [(&'static str, &mut u8); 5] {
    [
        ("rise", &mut spec.rise),
        ("grey", &mut spec.grey),
        ("quorum", &mut spec.quorum),
        ("moves_max", &mut spec.moves_max),
        ("complete_at", &mut spec.complete_at),
    ]
}

fn times(spec: &mut PolicySpec) -> [(&'static str, &mut Duration); 10] {
    [
        ("freshness", &mut spec.freshness),
        ("candidate_up_for", &mut spec.candidate_up_for),
        ("hold_down", &mut spec.hold_down),
        ("moves_window", &mut spec.moves_window),
        ("attempt_timeout", &mut spec.attempt_timeout),
        ("retry_min", &mut spec.retry_min),
        ("retry_max", &mut spec.retry_max),
        ("split_after", &mut spec.split_after),
        ("pause_max", &mut spec.pause_max),
        ("tick_gap_max", &mut spec.tick_gap_max),
    ]
}

/// A timing of all checks.
fn check_time(spec: &mut PolicySpec, key: &str, time: Duration) -> Result<(), ScriptWrong> {
    spec.checks.iter_mut().try_for_each(|check| {
        *timing(check, key)? = time;
        Ok(())
    })
}

/// A timing of one check that differs from the others.
fn one_check_time(
    spec: &mut PolicySpec,
    name: &str,
    key: &str,
    value: &str,
) -> Result<(), ScriptWrong> {
    let found = spec.checks.iter_mut().find(|check| check.name == name);
    let check = found.ok_or_else(|| ScriptWrong::Unknown {
        noun: Noun::Check,
        name: name.to_owned(),
        known: Vec::new(),
    })?;
    *timing(check, key)? = read_time(value)?;
    Ok(())
}

fn timing<'a>(check: &'a mut CheckPolicy, key: &str) -> Result<&'a mut Duration, ScriptWrong> {
    Ok(match key {
        "interval" => &mut check.interval,
        "fast_interval" => &mut check.fast_interval,
        "timeout" => &mut check.timeout,
        _ => return Err(ScriptWrong::Setting(key.to_owned())),
    })
}

fn build(setup: &mut Setup, words: &[&str]) -> Result<(), ScriptWrong> {
    match *words {
        ["watchers", count] => setup.watchers = number(count)?,
        ["servers", count] => setup.servers = number(count)?,
        ["resolvers", count] => setup.resolvers = number(count)?,
        ["groups", ref groups @ ..] => {
            setup.groups = groups.iter().map(|group| number(group)).collect::<Result<_, _>>()?;
        }
        [key, value] => {
            let found = spans(setup).into_iter().find(|(name, _)| *name == key);
            let (_, place) = found.ok_or_else(|| ScriptWrong::World(key.to_owned()))?;
            *place = read_time(value)?;
        }
        _ => return Err(ScriptWrong::NoValue),
    }
    Ok(())
}

fn spans(setup: &mut Setup) -> [(&'static str, &mut Duration); 9] {
    [
        ("call", &mut setup.call),
        ("call_timeout", &mut setup.call_timeout),
        ("look", &mut setup.look),
        ("look_blind", &mut setup.look_blind),
        ("publication", &mut setup.publication),
        ("ttl", &mut setup.ttl),
        ("disk", &mut setup.disk),
        ("lease", &mut setup.lease),
        ("boot", &mut setup.boot),
    ]
}

/// Writes what [`read`] reads, and only what differs from what it would read without.
pub(super) fn write(f: &mut fmt::Formatter<'_>, script: &Script) -> fmt::Result {
    let spec = &script.spec;
    let names = |key: &str, names: Vec<&str>| {
        if names.is_empty() { String::new() } else { format!("{key} {}\n", names.join(" ")) }
    };
    let sites = || spec.sites.iter();
    let providers = || spec.providers.iter();
    let name = |check: &CheckPolicy| check.name.clone();
    let checks: Vec<String> = spec.checks.iter().map(name).collect();
    let lines = [
        format!("seed {}\n", script.seed),
        names("sites", sites().map(|site| site.name.as_str()).collect()),
        names("cold", sites().filter(|s| s.cold).map(|site| site.name.as_str()).collect()),
        names("vantages", spec.vantages.iter().map(String::as_str).collect()),
        names("checks", checks.iter().map(String::as_str).collect()),
        names("providers", providers().map(|p| p.name.as_str()).collect()),
        names("unguarded", providers().filter(|p| !p.guarded).map(|p| p.name.as_str()).collect()),
    ];
    lines.iter().try_for_each(|line| f.write_str(line))?;
    let vantages = spec.vantages.clone();
    let sites = sites().map(|site| site.name.clone()).collect();
    let usual = Preset::Fast.spec("app", sites, vantages, spec.providers.clone());
    let usual = usual.with_checks(checks);
    for (written, usual) in settings(spec).iter().zip(settings(&usual)) {
        if *written != usual {
            writeln!(f, "set {written}")?;
        }
    }
    for written in odd_checks(spec) {
        writeln!(f, "check {written}")?;
    }
    for (written, usual) in make(&script.setup).iter().zip(make(&Setup::default())) {
        if *written != usual {
            writeln!(f, "world {written}")?;
        }
    }
    Ok(())
}

/// Every setting as it is written.
fn settings(spec: &PolicySpec) -> Vec<String> {
    let mut all = choices(spec);
    let mut spec = spec.clone();
    all.extend(counts(&mut spec).iter().map(|(key, value)| format!("{key} {value}")));
    all.extend(times(&mut spec).iter().map(|(key, value)| format!("{key} {}", time(**value))));
    if let Some(check) = spec.checks.first() {
        all.push(format!("interval {}", time(check.interval)));
        all.push(format!("fast_interval {}", time(check.fast_interval)));
        all.push(format!("timeout {}", time(check.timeout)));
    }
    all
}

/// The timings of checks that differ from those of the first.
fn odd_checks(spec: &PolicySpec) -> Vec<String> {
    let Some(first) = spec.checks.first() else { return Vec::new() };
    let odd = |check: &CheckPolicy| {
        let pairs = [
            ("interval", check.interval, first.interval),
            ("fast_interval", check.fast_interval, first.fast_interval),
            ("timeout", check.timeout, first.timeout),
        ];
        let differ = pairs.into_iter().filter(|(_, own, usual)| own != usual);
        differ
            .map(|(key, own, _)| format!("{} {key} {}", check.name, time(own)))
            .collect::<Vec<_>>()
    };
    spec.checks.iter().flat_map(odd).collect()
}

fn choices(spec: &PolicySpec) -> Vec<String> {
    let fall = match spec.fall {
        Fall::InARow(failures) => format!("fall {failures}"),
        Fall::Window { of, failed } => format!("window {failed} of {of}"),
        _ => String::new(),
    };
    let require = match spec.require {
        Require::Any => "any".to_owned(),
        Require::AtLeast(count) => count.to_string(),
        _ => "all".to_owned(),
    };
    let latch = match spec.latch {
        Latch::Off => "off".to_owned(),
        Latch::For(how_long) => time(how_long),
        _ => "until_rearmed".to_owned(),
    };
    let failback = match spec.failback {
        Failback::Auto { stable_for } => time(stable_for),
        _ => "manual".to_owned(),
    };
    let either = |first: bool, yes: &str, no: &str| if first { yes } else { no }.to_owned();
    let fence = match spec.fence {
        Fence::Before => "before",
        Fence::After => "after",
        _ => "never",
    };
    vec![
        fall,
        format!("require {require}"),
        format!("latch {latch}"),
        format!("failback {failback}"),
        format!("answer {}", either(spec.answer == AnswerMode::AllUp, "all_up", "active")),
        format!(
            "on_all_down {}",
            either(spec.on_all_down == OnAllDown::Hold, "hold", "answer_all")
        ),
        format!("drift {}", either(spec.drift == Drift::Alert, "alert", "repair")),
        format!("fence {fence}"),
        format!("lag_max {}", spec.lag_max.map_or("none".to_owned(), time)),
    ]
}

fn make(setup: &Setup) -> Vec<String> {
    let mut setup = setup.clone();
    let groups: Vec<String> = setup.groups.iter().map(ToString::to_string).collect();
    let mut all = vec![
        format!("watchers {}", setup.watchers),
        format!("servers {}", setup.servers),
        format!("resolvers {}", setup.resolvers),
        format!("groups {}", groups.join(" ")).trim_end().to_owned(),
    ];
    all.extend(spans(&mut setup).iter().map(|(key, value)| format!("{key} {}", time(**value))));
    all
}
