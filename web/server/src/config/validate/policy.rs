//! `[services.policy]`: a preset, and what differs from it.
use failover_core::{CheckPolicy, Policy, PolicySpec, Preset, ProviderPolicy};

use crate::config::file::PolicyFile;
use crate::config::nearest::nearest;
use crate::config::problem::At;
use crate::config::read::{Field, Reader};

/// What the rest of a service contributes to its policy.
pub struct Draft {
    /// The service's name.
    pub service: String,
    /// From where is probed.
    pub vantages: Vec<String>,
    /// The sites, and whether their servers must be started before they can serve.
    pub sites: Vec<(String, bool)>,
    /// The checks.
    pub checks: Vec<CheckPolicy>,
    /// The providers.
    pub providers: Vec<ProviderPolicy>,
}

/// The preset a service names; the default is `fast`.
pub fn preset(field: Option<&Field<String>>, reader: &mut Reader<'_>) -> Preset {
    let Some(field) = field else { return Preset::default() };
    if let Ok(preset) = field.value.parse() {
        return preset;
    }
    let words = Preset::ALL.iter().map(|preset| preset.name());
    let hint = match nearest(&field.value, words.clone()) {
        Some(word) => format!("did you mean \"{word}\"?"),
        None => format!("there are: {}", words.collect::<Vec<_>>().join(", ")),
    };
    reader.error(&field.at, format!("there is no preset \"{}\"; {hint}", field.value));
    Preset::default()
}

/// The policy, or the problems of its settings at the places where they were typed.
pub fn policy(
    draft: Draft,
    preset: Preset,
    file: Option<&Field<PolicyFile>>,
    service: &At,
    reader: &mut Reader<'_>,
) -> Option<Policy> {
    let spec = start(draft, preset);
    over(spec, file, service, reader)
}

/// What was typed, put over `spec`; or the problems of its settings at the places where they were
/// typed.
pub fn over(
    mut spec: PolicySpec,
    file: Option<&Field<PolicyFile>>,
    service: &At,
    reader: &mut Reader<'_>,
) -> Option<Policy> {
    let at = file.map_or_else(|| service.join("policy"), |field| field.at.clone());
    let mut places = Vec::new();
    if let Some(Field { value: file, .. }) = file {
        places = apply(file, &mut spec);
    }
    let vantages = spec.vantages.len();
    let empty = |field: &str| match field {
        "service" => spec.service.is_empty(),
        "sites" => spec.sites.is_empty(),
        "checks" => spec.checks.is_empty(),
        "providers" | "complete_at" => spec.providers.is_empty(),
        _ => false,
    };
    // What is missing, or was left out because it is wrong, has been reported at its own place.
    let missing: Vec<&str> = ["service", "sites", "checks", "providers", "complete_at"]
        .into_iter()
        .filter(|field| empty(field) || reader.is_broken(&service.join(field)))
        .collect();
    let problems = match Policy::new(spec.clone()) {
        Ok(policy) => return Some(policy),
        Err(problems) => problems,
    };
    for problem in problems.into_iter().filter(|problem| !missing.contains(&problem.field)) {
        let typed = places.iter().find(|(key, _)| *key == problem.field);
        let place = match (typed, problem.field) {
            (Some((_, place)), _) => place.clone(),
            (None, "service") => service.join("name"),
            (None, field @ ("sites" | "checks" | "providers")) => service.join(field),
            (None, field) => at.join(field),
        };
        let message = match problem.field {
            "quorum" if usize::from(spec.quorum) > vantages => {
                let quorum = spec.quorum;
                format!("{quorum} is above the number of vantages ({vantages}); use {vantages}")
            }
            _ => problem.message(),
        };
        reader.error(&place, message);
    }
    None
}

/// The preset with what follows from this service's own checks.
pub fn start(draft: Draft, preset: Preset) -> PolicySpec {
    let Draft { service, vantages, sites, checks, providers } = draft;
    let (sites, cold): (Vec<_>, Vec<_>) = sites.into_iter().unzip();
    let mut spec = preset.spec(service, sites, vantages, providers);
    for (site, cold) in spec.sites.iter_mut().zip(cold) {
        site.cold = cold;
    }
    let rounds = checks.iter().map(|check| check.interval.saturating_add(check.timeout));
    if let Some(longest) = rounds.max() {
        spec.freshness = longest.saturating_mul(3);
    }
    if let Some(slowest) = checks.iter().map(|check| check.interval).max() {
        spec.candidate_up_for = slowest.saturating_mul(2);
    }
    spec.checks = checks;
    spec
}

/// Puts what was typed over the preset; returns where.
fn apply(file: &PolicyFile, spec: &mut PolicySpec) -> Vec<(&'static str, At)> {
    let mut places = Vec::new();
    macro_rules! over {
        ($($key:ident),*) => {$(
            if let Some(field) = &file.$key {
                spec.$key = field.value;
                places.push((stringify!($key), field.at.clone()));
            }
        )*};
    }
    over!(fall, rise, grey, require, quorum, freshness, candidate_up_for, hold_down, moves_max);
    over!(moves_window, latch, failback, answer, on_all_down, complete_at, drift, fence);
    if let Some(field) = &file.lag_max {
        spec.lag_max = Some(field.value);
        places.push(("lag_max", field.at.clone()));
    }
    over!(attempt_timeout, retry_min, retry_max, split_after, pause_max, tick_gap_max);
    places
}
