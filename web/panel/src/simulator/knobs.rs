//! The thresholds of a world as sliders: each moves over a row of values worth trying.
use crate::words::simulator as say;
use failover_core::{CheckPolicy, Drift, Failback, Fall, Latch, OnAllDown, PolicySpec, VantageId};
use failover_sim::{Fault, Script};
use std::time::Duration;

/// A threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knob {
    /// From probe to probe.
    Interval,
    /// The same once something has failed.
    FastInterval,
    /// How long a probe may take.
    Timeout,
    /// Failures that it takes.
    Fall,
    /// Successes that it takes.
    Rise,
    /// Places that look.
    Vantages,
    /// How many of them must agree.
    Quorum,
    /// How long a report counts.
    Freshness,
    /// How long a candidate must have been up.
    CandidateUpFor,
    /// The least distance of two moves.
    HoldDown,
    /// Automatic moves in a window.
    MovesMax,
    /// How long to stay after a failover.
    Latch,
    /// Who moves back.
    Failback,
    /// What happens when somebody else writes.
    Drift,
    /// What happens when no site is up.
    OnAllDown,
    /// How long an attempt may go without an answer.
    AttemptTimeout,
    /// How long caches may keep an answer.
    Ttl,
    /// Watchers that share a lead.
    Watchers,
}

/// Knobs that belong together.
pub struct Group {
    /// Their heading.
    pub title: &'static str,
    /// Which.
    pub knobs: &'static [Knob],
}

/// All knobs, in the order of a failure: seen, agreed on, moved, followed.
pub fn groups() -> [Group; 4] {
    use Knob as K;
    [
        Group {
            title: say::SIM_SEEN.text(),
            knobs: &[K::Interval, K::FastInterval, K::Timeout, K::Fall, K::Rise],
        },
        Group { title: say::SIM_AGREED.text(), knobs: &[K::Vantages, K::Quorum, K::Freshness] },
        Group {
            title: say::SIM_MOVED.text(),
            knobs: &[
                K::CandidateUpFor,
                K::HoldDown,
                K::MovesMax,
                K::Latch,
                K::Failback,
                K::OnAllDown,
            ],
        },
        Group {
            title: say::SIM_PUBLISHED.text(),
            knobs: &[K::AttemptTimeout, K::Drift, K::Ttl, K::Watchers],
        },
    ]
}

/// Stands for what has no number: until somebody re-arms.
const FOR_EVER: u64 = u64::MAX;
const PROBING: &[u64] =
    &[100, 200, 300, 500, 800, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 20_000, 30_000, 60_000];
const WAITING: &[u64] =
    &[0, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000];
const NAMES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

impl Knob {
    /// The values it moves over; the present one is among them.
    pub fn values(self, script: &Script) -> Vec<u64> {
        let small = |most: u64| (1..=most).collect::<Vec<_>>();
        let mut values = match self {
            Self::Interval | Self::FastInterval | Self::Timeout => PROBING.to_vec(),
            Self::Fall => small(20),
            Self::Rise | Self::MovesMax => small(10),
            Self::Vantages => small(7),
            // One more than there are, so that it is seen what the policy says to that.
            Self::Quorum => small(script.spec.vantages.len() as u64 + 1),
            Self::Freshness => vec![1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 120_000],
            Self::CandidateUpFor | Self::HoldDown => WAITING.to_vec(),
            Self::Latch => vec![0, 30_000, 60_000, 300_000, 1_800_000, FOR_EVER],
            Self::Failback => vec![0, 10_000, 30_000, 60_000, 300_000, 1_800_000],
            Self::Drift | Self::OnAllDown => vec![0, 1],
            Self::AttemptTimeout => vec![6_000, 10_000, 20_000, 30_000, 60_000],
            Self::Ttl => vec![5_000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 3_600_000],
            Self::Watchers => small(5),
        };
        let own = self.value(script);
        if let Err(place) = values.binary_search(&own) {
            values.insert(place, own);
        }
        values
    }

    /// What it is set to.
    pub fn value(self, script: &Script) -> u64 {
        let (spec, setup) = (&script.spec, &script.setup);
        let check =
            |read: fn(&CheckPolicy) -> Duration| spec.checks.first().map_or(0, |c| ms(read(c)));
        match self {
            Self::Interval => check(|check| check.interval),
            Self::FastInterval => check(|check| check.fast_interval),
            Self::Timeout => check(|check| check.timeout),
            Self::Fall => spec.fall.failures().into(),
            Self::Rise => spec.rise.into(),
            Self::Vantages => spec.vantages.len() as u64,
            Self::Quorum => spec.quorum.into(),
            Self::Freshness => ms(spec.freshness),
            Self::CandidateUpFor => ms(spec.candidate_up_for),
            Self::HoldDown => ms(spec.hold_down),
            Self::MovesMax => spec.moves_max.into(),
            Self::Latch => match spec.latch {
                Latch::Off => 0,
                Latch::For(time) => ms(time),
                _ => FOR_EVER,
            },
            Self::Failback => match spec.failback {
                Failback::Auto { stable_for } => ms(stable_for),
                _ => 0,
            },
            Self::Drift => u64::from(spec.drift == Drift::Repair),
            Self::OnAllDown => u64::from(spec.on_all_down == OnAllDown::AnswerAll),
            Self::AttemptTimeout => ms(spec.attempt_timeout),
            Self::Ttl => ms(setup.ttl),
            Self::Watchers => setup.watchers.into(),
        }
    }

    /// Sets it. What comes of it may be no valid policy.
    pub fn set(self, script: &mut Script, value: u64) {
        let time = Duration::from_millis(value.min(86_400_000));
        let count = u8::try_from(value).unwrap_or(u8::MAX);
        let spec = &mut script.spec;
        match self {
            Self::Interval => spec.checks.iter_mut().for_each(|check| check.interval = time),
            Self::FastInterval => spec.checks.iter_mut().for_each(|c| c.fast_interval = time),
            Self::Timeout => spec.checks.iter_mut().for_each(|check| check.timeout = time),
            Self::Fall => match &mut spec.fall {
                Fall::InARow(failures) | Fall::Window { failed: failures, .. } => *failures = count,
                _ => {}
            },
            Self::Rise => spec.rise = count,
            Self::Vantages => set_vantages(script, usize::from(count)),
            Self::Quorum => spec.quorum = count,
            Self::Freshness => spec.freshness = time,
            Self::CandidateUpFor => spec.candidate_up_for = time,
            Self::HoldDown => spec.hold_down = time,
            Self::MovesMax => spec.moves_max = count,
            Self::Latch => {
                spec.latch = match value {
                    0 => Latch::Off,
                    FOR_EVER => Latch::UntilRearmed,
                    _ => Latch::For(time),
                };
            }
            Self::Failback => {
                let auto = Failback::Auto { stable_for: time };
                spec.failback = if value == 0 { Failback::Manual } else { auto };
            }
            Self::Drift => spec.drift = if value == 0 { Drift::Alert } else { Drift::Repair },
            Self::OnAllDown => {
                let all = value != 0;
                spec.on_all_down = if all { OnAllDown::AnswerAll } else { OnAllDown::Hold };
            }
            Self::AttemptTimeout => spec.attempt_timeout = time,
            Self::Ttl => script.setup.ttl = time,
            Self::Watchers => script.setup.watchers = count,
        }
    }

    /// A value in words.
    pub fn text(self, script: &Script, value: u64) -> String {
        match self {
            Self::Fall => say::fall(value, window(&script.spec)),
            Self::Rise => say::in_a_row(value),
            Self::Quorum => say::sim_quorum_of(value, script.spec.vantages.len()),
            Self::Vantages | Self::Watchers | Self::MovesMax => value.to_string(),
            Self::Latch if value == 0 => say::SIM_OFF.to_owned(),
            Self::Latch if value == FOR_EVER => say::SIM_UNTIL_REARMED.to_owned(),
            Self::Failback if value == 0 => say::SIM_BY_A_HUMAN.to_owned(),
            Self::Failback => say::sim_after_stable(&span(value)),
            Self::Drift => {
                [say::SIM_ONLY_TELL, say::SIM_REPAIR][usize::from(value != 0)].to_owned()
            }
            Self::OnAllDown => {
                [say::SIM_HOLD, say::SIM_ANSWER_ALL][usize::from(value != 0)].to_owned()
            }
            _ => span(value),
        }
    }

    /// Its name in the configuration.
    pub fn key(self) -> &'static str {
        match self {
            Self::Interval => "interval",
            Self::FastInterval => "fast_interval",
            Self::Timeout => "timeout",
            Self::Fall => "fall",
            Self::Rise => "rise",
            Self::Vantages => "vantages",
            Self::Quorum => "quorum",
            Self::Freshness => "freshness",
            Self::CandidateUpFor => "candidate_up_for",
            Self::HoldDown => "hold_down",
            Self::MovesMax => "moves_max",
            Self::Latch => "latch",
            Self::Failback => "failback",
            Self::Drift => "drift",
            Self::OnAllDown => "on_all_down",
            Self::AttemptTimeout => "attempt_timeout",
            Self::Ttl => "ttl",
            Self::Watchers => "watchers",
        }
    }

    /// Whether it makes a difference to what was recorded: probes are as often there as they were.
    pub fn is_for_incidents(self) -> bool {
        let world = matches!(self, Self::Vantages | Self::Ttl | Self::Watchers);
        !world && !matches!(self, Self::Interval | Self::FastInterval | Self::Timeout)
    }
}

fn window(spec: &PolicySpec) -> Option<u8> {
    match spec.fall {
        Fall::Window { of, .. } => Some(of),
        _ => None,
    }
}

/// Makes vantages more or fewer; what happened to those that are gone happens no more.
fn set_vantages(script: &mut Script, count: usize) {
    let vantages = &mut script.spec.vantages;
    vantages.truncate(count.max(1));
    for name in NAMES {
        if vantages.len() < count && !vantages.iter().any(|known| known == name) {
            vantages.push(name.to_owned());
        }
    }
    let left = vantages.len();
    script.setup.groups.truncate(left);
    let there = |vantage: VantageId| vantage.index() < left;
    script.steps.retain(|(_, fault)| match fault {
        Fault::Vantage { vantage, .. } => there(*vantage),
        _ => true,
    });
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// A span as people set it: `200 ms`, `1.5 s`, `5 min`.
pub fn span(millis: u64) -> String {
    match millis {
        0 => "0 s".to_owned(),
        1..1_000 => format!("{millis} ms"),
        _ if millis < 60_000 && millis.is_multiple_of(1_000) => format!("{} s", millis / 1_000),
        1_000..60_000 => {
            let hundredths = millis % 1_000 / 10;
            let text = format!("{}.{hundredths:02}", millis / 1_000);
            format!("{} s", text.strip_suffix('0').unwrap_or(&text))
        }
        60_000..3_600_000 if millis.is_multiple_of(60_000) => format!("{} min", millis / 60_000),
        60_000..3_600_000 => format!("{} min {} s", millis / 60_000, millis % 60_000 / 1_000),
        _ => format!("{} h", millis / 3_600_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::{draft, examples};

    fn script(name: &str) -> Script {
        draft::parse(examples::find(name).unwrap().text).unwrap()
    }

    fn all() -> impl Iterator<Item = Knob> {
        groups().into_iter().flat_map(|group| group.knobs.iter().copied())
    }

    #[test]
    fn every_knob_moves_over_its_present_value_and_sets_what_it_says() {
        for knob in all() {
            let mut script = script("a-site-dies");
            let values = knob.values(&script);
            assert!(values.contains(&knob.value(&script)), "{}", knob.key());
            assert!(values.is_sorted() && values.len() > 1, "{}", knob.key());
            for value in values {
                knob.set(&mut script, value);
                assert_eq!(knob.value(&script), value, "{}", knob.key());
                assert!(!knob.text(&script, value).is_empty());
            }
        }
    }

    #[test]
    fn fewer_vantages_forget_what_happened_to_those_that_are_gone() {
        let mut script = script("a-vantage-lies");
        Knob::Vantages.set(&mut script, 5);
        assert_eq!(script.spec.vantages[3..], ["a", "b"]);
        Knob::Vantages.set(&mut script, 1);
        assert!(script.steps.is_empty());
        let problems = draft::policy(&script.spec).unwrap_err();
        assert!(problems[0].starts_with("quorum: 2 of 1 vantages"), "{problems:?}");
        Knob::Quorum.set(&mut script, 1);
        assert!(draft::policy(&script.spec).is_ok());
    }

    #[test]
    fn spans_are_said_as_they_are_set() {
        let said = [(0, "0 s"), (200, "200 ms"), (1_500, "1.5 s"), (1_250, "1.25 s")];
        let more = [(30_000, "30 s"), (90_000, "1 min 30 s"), (300_000, "5 min")];
        for (millis, text) in said.into_iter().chain(more) {
            assert_eq!(span(millis), text);
        }
    }
}
