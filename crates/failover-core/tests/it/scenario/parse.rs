//! From the text of a scenario to what is to be done.
use std::time::Duration;

use failover_core::{Policy, PolicySpec, Preset, ProviderPolicy};

use super::words;

/// A scenario as written.
#[derive(Debug)]
pub struct Scenario {
    pub policy: Policy,
    /// With their line numbers.
    pub steps: Vec<(usize, Step)>,
}

#[derive(Debug)]
pub enum Step {
    /// At this time, after what happens by itself until then.
    Fact(Duration, Vec<String>),
    /// The next output that is not noise, at a moment if one is given.
    Expect(Option<Duration>, String),
    /// From here on outputs of this form are noise.
    Any(String),
}

/// Reads a scenario; a problem begins with the number of its line.
pub fn scenario(text: &str) -> Result<Scenario, String> {
    let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let (mut head, mut steps) = (Vec::new(), Vec::new());
    for (number, line) in lines {
        let first = line.split_whitespace().next().unwrap_or_default();
        let step = match line.split_once(' ') {
            Some(("any", rest)) => Some(Step::Any(rest.trim().to_owned())),
            Some(("expect", rest)) => {
                let rest = rest.trim();
                let (word, left) = rest.split_once(' ').unwrap_or((rest, ""));
                Some(match words::duration(word) {
                    Ok(at) => Step::Expect(Some(at), left.trim().to_owned()),
                    Err(_) => Step::Expect(None, rest.to_owned()),
                })
            }
            _ if first.starts_with(|c: char| c.is_ascii_digit()) => {
                let at =
                    words::duration(first).map_err(|problem| format!("{number}: {problem}"))?;
                let rest = line.split_whitespace().skip(1);
                Some(Step::Fact(at, rest.map(str::to_owned).collect()))
            }
            _ => None,
        };
        match step {
            Some(step) => steps.push((number, step)),
            None if steps.is_empty() => head.push((number, line)),
            None => return Err(format!("{number}: \"{line}\" has no time")),
        }
    }
    Ok(Scenario { policy: policy(&head)?, steps })
}

fn policy(head: &[(usize, &str)]) -> Result<Policy, String> {
    let list = |key: &str, otherwise: &[&str]| -> Vec<String> {
        let line = head.iter().find_map(|(_, line)| line.strip_prefix(key)?.strip_prefix(' '));
        match line {
            Some(names) => names.split_whitespace().map(str::to_owned).collect(),
            None => otherwise.iter().map(ToString::to_string).collect(),
        }
    };
    let cold = list("cold", &[]);
    let unguarded = list("unguarded", &["hetzner"]);
    let provider = |name: String| ProviderPolicy { guarded: !unguarded.contains(&name), name };
    let providers = list("providers", &["google", "hetzner"]).into_iter().map(provider).collect();
    let preset = list("preset", &["fast"]).concat().parse::<Preset>()?;
    let mut spec = preset.spec("shop", list("sites", &[]), list("vantages", &["here"]), providers);
    spec = PolicySpec::with_checks(spec, list("checks", &["http"]));
    for site in &mut spec.sites {
        site.cold = cold.contains(&site.name);
    }
    for (number, line) in head {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["set", setting @ ..] => {
                words::set(&mut spec, setting).map_err(|problem| format!("{number}: {problem}"))?;
            }
            [
                "preset" | "sites" | "cold" | "vantages" | "checks" | "providers" | "unguarded",
                ..,
            ] => {}
            _ => {
                return Err(format!("{number}: \"{line}\" is nothing that a scenario begins with"));
            }
        }
    }
    Policy::new(spec).map_err(|problems| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        format!("1: {}", problems.join("; "))
    })
}
