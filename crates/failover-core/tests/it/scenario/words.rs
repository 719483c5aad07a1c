//! Names, durations and the settings of a policy as scenario files write them.
use std::time::Duration;

use failover_core::{
    AnswerMode, Drift, Failback, Fall, Fence, Latch, OnAllDown, PolicySpec, ProviderId, Require,
    SiteId, SiteSet, VantageId,
};

pub fn duration(word: &str) -> Result<Duration, String> {
    let digits = word.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(word.len());
    let number: f64 =
        word[..digits].parse().map_err(|_| format!("\"{word}\" is not a time such as 30s"))?;
    let unit = match &word[digits..] {
        "ms" => 0.001,
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        other => return Err(format!("\"{other}\" is no unit: use ms, s, min, h or d")),
    };
    Ok(Duration::from_secs_f64(number * unit))
}

fn number(word: &str) -> Result<u8, String> {
    word.parse().map_err(|_| format!("\"{word}\" is not a number up to 255"))
}

fn place(names: impl IntoIterator<Item = String>, word: &str, what: &str) -> Result<u8, String> {
    let found = names.into_iter().position(|name| name == word);
    let found = found.ok_or_else(|| format!("there is no {what} \"{word}\""))?;
    u8::try_from(found).map_err(|error| error.to_string())
}

pub fn site(spec: &PolicySpec, word: &str) -> Result<SiteId, String> {
    place(spec.sites.iter().map(|site| site.name.clone()), word, "site").map(SiteId)
}

/// One site or several, as in `one+two`.
pub fn sites(spec: &PolicySpec, word: &str) -> Result<SiteSet, String> {
    word.split('+').map(|name| site(spec, name)).collect()
}

pub fn provider(spec: &PolicySpec, word: &str) -> Result<ProviderId, String> {
    let names = spec.providers.iter().map(|provider| provider.name.clone());
    place(names, word, "provider").map(ProviderId)
}

pub fn vantage(spec: &PolicySpec, word: &str) -> Result<VantageId, String> {
    place(spec.vantages.clone(), word, "vantage").map(VantageId)
}

pub fn set(spec: &mut PolicySpec, words: &[&str]) -> Result<(), String> {
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
        ["latch", time] => spec.latch = Latch::For(duration(time)?),
        ["failback", "manual"] => spec.failback = Failback::Manual,
        ["failback", time] => spec.failback = Failback::Auto { stable_for: duration(time)? },
        ["answer", "all_up"] => spec.answer = AnswerMode::AllUp,
        ["on_all_down", "answer_all"] => spec.on_all_down = OnAllDown::AnswerAll,
        ["drift", "repair"] => spec.drift = Drift::Repair,
        ["fence", "before"] => spec.fence = Fence::Before,
        ["fence", "after"] => spec.fence = Fence::After,
        ["lag_max", time] => spec.lag_max = Some(duration(time)?),
        [key @ ("rise" | "grey" | "quorum" | "moves_max" | "complete_at"), value] => {
            let value = number(value)?;
            *match key {
                "rise" => &mut spec.rise,
                "grey" => &mut spec.grey,
                "quorum" => &mut spec.quorum,
                "moves_max" => &mut spec.moves_max,
                _ => &mut spec.complete_at,
            } = value;
        }
        [key, value] => *time_setting(spec, key)? = duration(value)?,
        _ => return Err("a setting needs a key and a value".to_owned()),
    }
    Ok(())
}

fn time_setting<'a>(spec: &'a mut PolicySpec, key: &str) -> Result<&'a mut Duration, String> {
    Ok(match key {
        "freshness" => &mut spec.freshness,
        "candidate_up_for" => &mut spec.candidate_up_for,
        "hold_down" => &mut spec.hold_down,
        "moves_window" => &mut spec.moves_window,
        "attempt_timeout" => &mut spec.attempt_timeout,
        "retry_min" => &mut spec.retry_min,
        "retry_max" => &mut spec.retry_max,
        "split_after" => &mut spec.split_after,
        "tick_gap_max" => &mut spec.tick_gap_max,
        _ => return Err(format!("there is no setting \"{key}\"")),
    })
}

/// Whether `text` is `pattern`, where `*` stands for anything.
pub fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|left| {
            let ends = left.char_indices().map(|(at, _)| at).chain([left.len()]);
            ends.into_iter().any(|at| matches(rest, &left[at..]))
        }),
    }
}
