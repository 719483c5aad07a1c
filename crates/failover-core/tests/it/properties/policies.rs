//! Random policies, all of them valid.
use std::time::Duration;

use failover_core::{
    AnswerMode, Drift, Failback, Fall, Fence, Latch, OnAllDown, Policy, PolicySpec, Preset,
    ProviderPolicy, Require,
};
use proptest::prelude::*;

pub fn names(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}{number}")).collect()
}

fn counting() -> impl Strategy<Value = (Fall, u8, Require, u8)> {
    let fall = prop_oneof![
        (1..4u8).prop_map(Fall::InARow),
        (2..8u8, 1..8u8).prop_map(|(of, failed)| Fall::Window { of, failed: failed.min(of) }),
    ];
    let require = prop_oneof![Just(Require::Any), Just(Require::All)];
    (fall, 1..4u8, require, prop_oneof![Just(0), Just(8)])
}

#[derive(Clone, Debug)]
struct Habits {
    stay: (Latch, Failback, u8, Duration),
    say: (AnswerMode, OnAllDown, Drift),
    with_compute: (Fence, bool),
    lag_max: Option<Duration>,
    one_is_enough: bool,
}

fn habits() -> impl Strategy<Value = Habits> {
    let stay = (
        prop_oneof![
            Just(Latch::UntilRearmed),
            Just(Latch::Off),
            (1..600u64).prop_map(|secs| Latch::For(Duration::from_secs(secs))),
        ],
        prop_oneof![
            Just(Failback::Manual),
            (1..120u64).prop_map(|s| Failback::Auto { stable_for: Duration::from_secs(s) }),
        ],
        1..4u8,
        (0..600u64).prop_map(Duration::from_secs),
    );
    let say = (
        prop_oneof![3 => Just(AnswerMode::Active), 1 => Just(AnswerMode::AllUp)],
        prop_oneof![Just(OnAllDown::Hold), Just(OnAllDown::AnswerAll)],
        prop_oneof![Just(Drift::Repair), Just(Drift::Alert)],
    );
    let fence =
        prop_oneof![3 => Just(Fence::Never), 1 => Just(Fence::Before), 1 => Just(Fence::After)];
    let cold = prop_oneof![3 => Just(false), 1 => Just(true)];
    let lag = prop_oneof![3 => Just(None), 1 => Just(Some(Duration::from_secs(10)))];
    (stay, say, (fence, cold), lag, any::<bool>()).prop_map(
        |(stay, say, with_compute, lag_max, one_is_enough)| Habits {
            stay,
            say,
            with_compute,
            lag_max,
            one_is_enough,
        },
    )
}

impl Habits {
    fn adopt(self, spec: &mut PolicySpec) {
        (spec.latch, spec.failback, spec.moves_max, spec.hold_down) = self.stay;
        (spec.answer, spec.on_all_down, spec.drift) = self.say;
        spec.fence = self.with_compute.0;
        if let Some(last) = spec.sites.last_mut() {
            last.cold = self.with_compute.1;
        }
        spec.lag_max = self.lag_max;
        if self.one_is_enough {
            spec.complete_at = 1;
        }
    }
}

pub fn policies() -> impl Strategy<Value = Policy> {
    let shape = (2..4usize, 1..4usize, 1..3usize, any::<bool>());
    (shape, counting(), habits()).prop_map(
        |((sites, vantages, providers, guarded), counting, habits)| {
            let provider = |name| ProviderPolicy { name, guarded };
            let providers: Vec<_> = names("dns", providers).into_iter().map(provider).collect();
            let (sites, vantages) = (names("site", sites), names("eye", vantages));
            let mut spec = Preset::Fast.spec("app", sites, vantages, providers);
            (spec.fall, spec.rise, spec.require, spec.grey) = counting;
            habits.adopt(&mut spec);
            Policy::new(spec).expect("a valid policy")
        },
    )
}

/// The same policy after `change`.
pub fn with(policy: &Policy, change: impl FnOnce(&mut PolicySpec)) -> Policy {
    let mut spec = policy.spec().clone();
    change(&mut spec);
    Policy::new(spec).expect("a valid policy")
}
