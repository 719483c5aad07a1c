//! Random policies and worlds, all of them valid.
use std::time::Duration;

use failover_core::{
    AnswerMode, Drift, Failback, Fall, Fence, Latch, OnAllDown, Policy, PolicySpec, Preset,
    ProviderPolicy, Require,
};

use super::{secs, within};
use crate::random::Random;
use crate::world::Setup;

const SITES: [&str; 4] = ["london", "paris", "falkenstein", "helsinki"];
const VANTAGES: [&str; 5] = ["a", "b", "c", "d", "e"];

pub(super) fn draw(random: &mut Random) -> (PolicySpec, Setup) {
    let sites = *random.pick(&[2, 2, 3, 4]);
    let vantages = *random.pick(&[1, 3, 3, 3, 5]);
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<String>>();
    let guarded = |name: &str, guarded| ProviderPolicy { name: name.to_owned(), guarded };
    let providers = match random.below(5) {
        0 => vec![guarded("google", true)],
        1 => vec![guarded("hetzner", false)],
        _ => vec![guarded("google", true), guarded("hetzner", false)],
    };
    let (sites, vantages) = (names(&SITES[..sites]), names(&VANTAGES[..vantages]));
    let mut spec = Preset::Fast.spec("app", sites, vantages, providers);
    if random.chance(300) {
        spec = spec.with_checks(names(&["http", "tcp"]));
        spec.require = *random.pick(&[Require::Any, Require::All]);
    }
    count(&mut spec, random);
    behave(&mut spec, random);
    publish(&mut spec, random);
    let setup = build(&spec, random);
    (spec, setup)
}

fn count(spec: &mut PolicySpec, random: &mut Random) {
    spec.fall = match random.below(4) {
        0 => Fall::Window { of: 6, failed: 4 },
        1 => Fall::InARow(2),
        _ => Fall::InARow(3),
    };
    spec.rise = *random.pick(&[1, 2, 3]);
    spec.grey = *random.pick(&[0, 10]);
    spec.candidate_up_for = within(random, Duration::from_millis(500), Duration::from_secs(5));
}

fn behave(spec: &mut PolicySpec, random: &mut Random) {
    spec.hold_down = *random.pick(&[0, 10, 30, 60].map(Duration::from_secs));
    spec.moves_max = *random.pick(&[1, 2, 3, 6]);
    spec.moves_window = *random.pick(&[120, 600, 3600].map(Duration::from_secs));
    spec.latch = match random.below(3) {
        0 => Latch::UntilRearmed,
        1 => Latch::Off,
        _ => Latch::For(secs(random, 1, 60)),
    };
    if random.chance(300) {
        spec.failback = Failback::Auto { stable_for: secs(random, 5, 40) };
    }
    if random.chance(200) {
        spec.answer = AnswerMode::AllUp;
    }
    spec.on_all_down = *random.pick(&[OnAllDown::Hold, OnAllDown::Hold, OnAllDown::AnswerAll]);
    spec.fence = *random.pick(&[Fence::Never, Fence::Never, Fence::Before, Fence::After]);
    if random.chance(200) {
        spec.lag_max = Some(Duration::from_secs(10));
    }
    if let Some(last) = spec.sites.last_mut() {
        last.cold = random.chance(150);
    }
}

fn publish(spec: &mut PolicySpec, random: &mut Random) {
    spec.drift = *random.pick(&[Drift::Alert, Drift::Repair]);
    if random.chance(300) {
        spec.complete_at = 1;
    }
    spec.attempt_timeout = secs(random, 6, 12);
    spec.retry_max = secs(random, 2, 15);
    spec.split_after = secs(random, 10, 60);
}

fn build(spec: &PolicySpec, random: &mut Random) -> Setup {
    let mut setup = Setup::default();
    if random.chance(350) {
        let most = u64::try_from(spec.vantages.len()).unwrap_or(1).min(3);
        setup.watchers = u8::try_from(random.between(2.min(most), most)).unwrap_or(1);
    }
    setup.groups = spec.vantages.iter().map(|_| u8::from(random.chance(500))).collect();
    setup.resolvers = 8;
    setup.call = within(random, Duration::from_millis(50), Duration::from_millis(600));
    setup.publication = within(random, Duration::from_millis(100), Duration::from_secs(4));
    setup.servers = u8::try_from(random.between(1, 4)).unwrap_or(2);
    setup.ttl = *random.pick(&[5, 30, 60].map(Duration::from_secs));
    setup
}

/// The policy, which is valid by construction.
pub(super) fn valid(spec: &PolicySpec) -> Policy {
    Policy::new(spec.clone()).expect("every policy drawn is valid")
}
