//! Policies that differ in everything that is decided by them.
use std::time::Duration;

use failover_core::{
    AnswerMode, CheckPolicy, Drift, Failback, Fall, Fence, Latch, OnAllDown, Policy, PolicySpec,
    Preset, ProviderPolicy, Require,
};

/// How many sites, vantages, checks and providers, and what differs from a preset.
type Variant = (Preset, [usize; 4], fn(&mut PolicySpec));

const VARIANTS: [Variant; 6] = [
    (Preset::Fast, [2, 1, 1, 2], |_| {}),
    (Preset::Fast, [3, 3, 2, 2], |policy| {
        policy.require = Require::Any;
        policy.latch = Latch::For(Duration::from_secs(60));
        policy.failback = Failback::Auto { stable_for: Duration::from_secs(30) };
        policy.hold_down = Duration::from_secs(5);
        (policy.moves_max, policy.drift) = (50, Drift::Repair);
    }),
    (Preset::Careful, [2, 3, 1, 1], |policy| {
        policy.latch = Latch::Off;
        policy.fence = Fence::Before;
        policy.sites[1].cold = true;
        policy.hold_down = Duration::from_secs(10);
    }),
    (Preset::Thesis, [2, 1, 1, 1], |_| {}),
    (Preset::Fast, [4, 5, 3, 3], |policy| {
        policy.answer = AnswerMode::AllUp;
        policy.on_all_down = OnAllDown::AnswerAll;
        policy.require = Require::AtLeast(2);
        (policy.complete_at, policy.hold_down) = (2, Duration::from_secs(2));
        policy.moves_max = 100;
    }),
    (Preset::Fast, [2, 2, 1, 2], |policy| {
        policy.fall = Fall::Window { of: 10, failed: 4 };
        (policy.lag_max, policy.fence) = (Some(Duration::from_secs(5)), Fence::After);
        (policy.latch, policy.hold_down) = (Latch::Off, Duration::from_secs(3));
        policy.attempt_timeout = Duration::from_secs(3);
    }),
];

/// All of them; each is valid.
pub fn policies() -> Vec<Policy> {
    let each = VARIANTS.iter().filter_map(|(preset, counts, change)| {
        let mut spec = spec(*preset, *counts);
        change(&mut spec);
        Policy::new(spec).ok()
    });
    each.collect()
}

/// What is watched for a day: two checks a second from three vantages.
pub fn day() -> Option<Policy> {
    let mut spec = spec(Preset::Fast, [2, 3, 1, 2]);
    for check in &mut spec.checks {
        check.interval = Duration::from_millis(500);
    }
    Policy::new(spec).ok()
}

fn spec(preset: Preset, [sites, vantages, checks, providers]: [usize; 4]) -> PolicySpec {
    let names = |what: &str, count: usize| -> Vec<String> {
        (0..count).map(|place| format!("{what}-{place}")).collect()
    };
    let providers = names("provider", providers).into_iter().enumerate();
    let providers = providers.map(|(place, name)| ProviderPolicy { name, guarded: place % 2 == 0 });
    let mut spec =
        preset.spec("twin", names("site", sites), names("vantage", vantages), providers.collect());
    let like: CheckPolicy = spec.checks[0].clone();
    let checks = names("check", checks).into_iter();
    spec.checks = checks.map(|name| CheckPolicy { name, ..like.clone() }).collect();
    spec
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_is_valid() {
        assert_eq!(policies().len(), VARIANTS.len());
        assert!(day().is_some());
    }
}
