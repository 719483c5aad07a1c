//! The four scopes, each in two sizes: logic, fencing, time, data.
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use failover_core::{
    AnswerMode, CheckPolicy, Drift, Failback, Fall, Fence, Latch, Mutant, OnAllDown, Policy,
    PolicySpec, Preset, ProviderPolicy, SiteId, SiteSet,
};

use super::action::Order;
use super::closed::Closed;
use super::setup::{Fault, Guard, Left, Setup};
use crate::property::{Goals, Property};

/// One of the four.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Letter {
    /// Logic: who may say what is down, and what humans may do.
    A,
    /// Fencing: two watchers, two providers, writes that land late.
    B,
    /// Time: gaps, pauses, windows, bounds.
    C,
    /// Data: lags, ways back, fences, standbys.
    D,
}

/// How much of a scope is explored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Size {
    /// Seconds: for every test run.
    Small,
    /// Minutes: for the record.
    Full,
}

const A: SiteId = SiteId(0);
const B: SiteId = SiteId(1);
const BOTH: SiteSet = SiteSet::first(2);
/// Something foreign, or the other site.
const FOREIGN: &[SiteSet] = &[SiteSet::EMPTY, SiteSet::one(B)];
const SECOND: Duration = Duration::from_secs(1);

impl Letter {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::A, Self::B, Self::C, Self::D];

    /// What it is about.
    pub const fn title(self) -> &'static str {
        match self {
            Self::A => "logic",
            Self::B => "fencing",
            Self::C => "time",
            Self::D => "data",
        }
    }

    /// The promises that a search of it must have put to the test.
    pub const fn claims(self) -> &'static [Property] {
        use Property::*;
        match self {
            Self::A => &[
                S1, S2, S4, S5, S6, S7, S8, S10, S12, S14, S16, S17, S20, S21, S22, S23, S24, S25,
                S26, S28,
            ],
            Self::B => &[S1, S2, S3a, S3b, S4, S10, S13, S14, S15, S16, S17, S25],
            Self::C => &[S5, S8, S9, S10, S11, S12, S16, S20, S22, S23, S25, S27],
            Self::D => &[S5, S9, S11, S16, S18, S19, S22, S23, S26],
        }
    }

    /// Its closed worlds; the full size has those of the small one, too.
    pub fn worlds(self, size: Size) -> Vec<Setup> {
        let of = |size| match self {
            Self::A => logic(size),
            Self::B => fencing(size),
            Self::C => time(size),
            Self::D => data(size),
        };
        match size {
            Size::Small => of(Size::Small),
            Size::Full => [of(Size::Small), of(Size::Full)].concat(),
        }
    }

    /// The same as something to explore.
    pub fn closed(self, size: Size) -> Closed {
        Closed::new(self.worlds(size))
    }

    /// The small ones, each by itself, with a seeded fault in each machine.
    pub fn mutated(self, mutant: Mutant) -> Vec<Closed> {
        self.alone(|setup| Setup { mutant: Some(mutant), ..setup })
    }

    /// The same with providers that only seem to check preconditions.
    pub fn unguarded(self) -> Vec<Closed> {
        self.alone(|setup| Setup { guard: Guard::Nothing, ..setup })
    }

    fn alone(self, change: impl Fn(Setup) -> Setup) -> Vec<Closed> {
        let worlds = self.worlds(Size::Small).into_iter();
        worlds.map(|setup| Closed::new([change(setup)])).collect()
    }
}

impl fmt::Display for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl FromStr for Letter {
    type Err = String;

    /// Fails with a sentence that names the scopes there are.
    fn from_str(name: &str) -> Result<Self, String> {
        let same = |letter: &Self| letter.to_string().eq_ignore_ascii_case(name);
        let found = Self::ALL.into_iter().find(same);
        found.ok_or_else(|| format!("\"{name}\" is not a scope; there are A, B, C, D and all"))
    }
}

/// A policy whose times are a few seconds, so that a few strides reach all of them.
fn spec(vantages: usize, guarded: &[bool]) -> PolicySpec {
    let names = |count: usize| (1..=count).map(|n| n.to_string()).collect::<Vec<_>>();
    let provider =
        |(n, guarded): (usize, &bool)| ProviderPolicy { name: n.to_string(), guarded: *guarded };
    let providers = guarded.iter().enumerate().map(provider).collect();
    let check = CheckPolicy {
        name: "c".to_owned(),
        interval: SECOND,
        fast_interval: SECOND,
        timeout: Duration::from_millis(1),
    };
    PolicySpec {
        checks: vec![check],
        fall: Fall::InARow(1),
        rise: 1,
        grey: 0,
        freshness: SECOND * 2,
        candidate_up_for: SECOND,
        hold_down: SECOND,
        moves_max: 2,
        moves_window: SECOND * 4,
        attempt_timeout: SECOND * 2,
        retry_min: SECOND,
        retry_max: SECOND,
        split_after: SECOND * 2,
        pause_max: SECOND * 3,
        tick_gap_max: SECOND * 2,
        ..Preset::Fast.spec("s", names(2), names(vantages), providers)
    }
}

fn setup(name: &'static str, spec: PolicySpec, left: &[(Fault, u8)]) -> Setup {
    let policy = match Policy::new(spec) {
        Ok(policy) => policy,
        Err(problems) => unreachable!("the scope \"{name}\" has no valid policy: {problems:?}"),
    };
    let goals = Goals::of(&policy, SECOND, SECOND);
    let latch = match policy.spec().latch {
        Latch::For(time) => time,
        _ => Duration::ZERO,
    };
    let horizon = policy.horizon().max(goals.heartbeat).max(latch) + SECOND;
    let patience = horizon.max(goals.commit).max(goals.converge).max(goals.turn) + SECOND;
    Setup {
        name,
        number: 0,
        goals,
        watchers: 1,
        alive: BOTH,
        strides: &[1_000],
        one_by_one: false,
        orders: &[],
        foreign: &[],
        flips: BOTH,
        guard: Guard::Version,
        left: Left::of(left),
        twins: false,
        settle: false,
        horizon,
        patience,
        mutant: None,
        policy,
    }
}

/// The smaller number for every test run, the larger one for the record.
fn so_many(size: Size, budgets: &[(Fault, u8, u8)]) -> Vec<(Fault, u8)> {
    let pick = |(fault, small, full): &(Fault, u8, u8)| match size {
        Size::Small => (*fault, *small),
        Size::Full => (*fault, *full),
    };
    budgets.iter().map(pick).collect()
}

/// Three vantages, one provider: quorums, lies, silence, isolation, commands, crashes.
fn logic(size: Size) -> Vec<Setup> {
    use Fault::{Command, Crash, Flip, Isolate, Journal, Lie, Mute, Outage};
    let base = || spec(3, &[true]);
    let deep = || PolicySpec { fall: Fall::InARow(3), rise: 2, ..base() };
    let votes = |name, left: &[_]| {
        let world = setup(name, deep(), &so_many(size, left));
        Setup { one_by_one: true, ..world }
    };
    let left = [(Flip, 1, 1), (Lie, 1, 1), (Mute, 0, 1), (Isolate, 0, 1)];
    let liar = votes("three vantages, a liar, silence, isolation", &left);
    let left = so_many(size, &[(Flip, 1, 1), (Lie, 0, 1), (Isolate, 1, 1), (Mute, 1, 1)]);
    let quick = PolicySpec { candidate_up_for: Duration::ZERO, ..base() };
    let quick = setup("the same with verdicts at once", quick, &left);
    let quick = Setup { one_by_one: true, ..quick };
    let left = so_many(size, &[(Flip, 1, 1), (Command, 1, 2), (Crash, 0, 1)]);
    let vantages = if size == Size::Small { 1 } else { 3 };
    let some = spec(vantages, &[true]);
    let orders = setup("operators and crashes", some, &left);
    let orders = Setup { orders: ORDERS, foreign: FOREIGN, twins: true, ..orders };
    let left = so_many(size, &[(Flip, 1, 2), (Lie, 1, 1), (Outage, 1, 1)]);
    let rest = setup("what comes about once faults stop", base(), &left);
    let rest = Setup { settle: true, orders: ORDERS, ..rest };
    let left = so_many(size, &[(Flip, 1, 2), (Command, 1, 1), (Journal, 1, 2)]);
    let broken = setup("a journal that fails", spec(1, &[true]), &left);
    let broken = Setup { orders: ORDERS, ..broken };
    let mut worlds = vec![liar, quick, orders, broken, rest];
    if size == Size::Full {
        // A second liar beside both of the others would be more states than the rest together.
        worlds.push(votes("two liars and silence", &[(Flip, 1, 1), (Lie, 1, 2), (Mute, 0, 1)]));
        let left = [(Flip, 1, 1), (Lie, 1, 2), (Isolate, 0, 1)];
        worlds.push(votes("two liars and isolation", &left));
    }
    worlds
}

const ORDERS: &[Order] = &[
    Order::Rearm,
    Order::Arm,
    Order::Disarm,
    Order::MaintenanceOn(B),
    Order::MaintenanceOff(B),
    Order::SwitchOver(A, B),
    Order::Force(A, B),
    Order::FailBack,
    Order::Abandon,
    Order::AbandonOlder,
    Order::Repair,
    Order::Acknowledge,
];

/// Two watchers that share a journal and a lease; two providers, one of each kind.
fn fencing(size: Size) -> Vec<Setup> {
    use Fault::{
        Backwards, Command, Crash, Echo, Flip, Foreign, Late, Lease, Lose, Outage, Refuse,
    };
    let base = || PolicySpec { candidate_up_for: Duration::ZERO, ..spec(1, &[true, false]) };
    let orders = &[Order::Rearm, Order::FailBack, Order::Force(B, A)];
    let left = so_many(size, &[(Flip, 1, 1), (Lease, 2, 3), (Late, 1, 1), (Crash, 0, 1)]);
    let few = || PolicySpec { candidate_up_for: Duration::ZERO, ..spec(1, &[true]) };
    let policy = if size == Size::Small { few() } else { base() };
    let two = setup("two watchers: leases, late writes, crashes", policy, &left);
    let two = Setup { watchers: 2, orders, twins: size == Size::Small, ..two };
    let left = so_many(
        size,
        &[(Flip, 1, 1), (Late, 1, 1), (Lose, 0, 1), (Echo, 1, 0), (Crash, 0, 1), (Command, 1, 1)],
    );
    let one = setup("one watcher: every fate of a write, re-arms", base(), &left);
    let one = Setup { orders, ..one };
    let left =
        so_many(size, &[(Flip, 0, 1), (Foreign, 1, 1), (Refuse, 1, 1), (Late, 0, 1), (Lose, 0, 1)]);
    let others = setup("writes of others, refusals", base(), &left);
    let others = Setup { foreign: FOREIGN, ..others };
    let left = so_many(size, &[(Lease, 2, 3), (Crash, 1, 1), (Backwards, 1, 1), (Flip, 0, 1)]);
    let clocks = setup("two watchers, a clock that is behind", few(), &left);
    let clocks = Setup { watchers: 2, ..clocks };
    let left = so_many(size, &[(Flip, 1, 2), (Outage, 1, 2), (Late, 1, 0), (Command, 0, 1)]);
    let rest = setup("what comes about once faults stop", base(), &left);
    let rest = Setup { settle: true, orders, ..rest };
    let left = so_many(size, &[(Flip, 1, 2), (Crash, 1, 1), (Lose, 0, 1)]);
    let dies = setup("one watcher that dies at every output", base(), &left);
    vec![two, one, others, clocks, dies, rest]
}

/// One vantage and one provider, and time in strides.
fn time(size: Size) -> Vec<Setup> {
    use Fault::{Backwards, Command, Crash, Flip, Late, Lie, Mute, Sleep};
    let base = || PolicySpec { fall: Fall::InARow(2), rise: 2, ..spec(1, &[false]) };
    let left =
        so_many(size, &[(Flip, 1, 2), (Sleep, 1, 1), (Mute, 0, 1), (Crash, 0, 0), (Command, 1, 1)]);
    // Reports that outlast a sleep are what makes it dangerous.
    let lasting = PolicySpec { freshness: SECOND * 4, ..base() };
    let gaps = setup("sleeping watchers, clocks set back, silence, pauses", lasting, &left);
    let orders = &[Order::Disarm, Order::MaintenanceOn(B), Order::Rearm];
    let gaps = Setup { strides: &[500, 1_000], orders, ..gaps };
    let left = so_many(size, &[(Flip, 3, 4), (Late, 0, 1), (Crash, 1, 1)]);
    let ends = PolicySpec { latch: Latch::For(SECOND * 2), ..base() };
    let windows = setup("hold-down, budget, latches that end", ends, &left);
    let windows = Setup { twins: size == Size::Small, ..windows };
    let left = so_many(size, &[(Flip, 2, 3), (Sleep, 1, 1), (Mute, 0, 1)]);
    let off = PolicySpec { latch: Latch::Off, ..base() };
    let rest = setup("what comes about once faults stop", off, &left);
    let rest = Setup { settle: true, ..rest };
    let left = so_many(size, &[(Lie, 3, 4), (Command, 1, 2)]);
    let hasty = PolicySpec { candidate_up_for: Duration::ZERO, moves_max: 3, ..spec(1, &[false]) };
    let latch = setup("a vantage that says now this, now that", hasty, &left);
    let latch = Setup { orders: &[Order::Rearm], ..latch };
    let left = so_many(size, &[(Flip, 1, 2), (Crash, 1, 1), (Backwards, 1, 1), (Command, 0, 1)]);
    let clock = setup("a clock set back between two lives", base(), &left);
    let clock = Setup { orders, ..clock };
    vec![gaps, windows, latch, clock, rest]
}

/// Every mixture of what matters for the data behind the sites.
fn data(size: Size) -> Vec<Setup> {
    use Fault::{Command, Compute, Flip, Lag};
    let mut setups = Vec::new();
    let backs = [Failback::Manual, Failback::Auto { stable_for: SECOND * 2 }];
    let answers = [
        (AnswerMode::Active, OnAllDown::Hold),
        (AnswerMode::Active, OnAllDown::AnswerAll),
        (AnswerMode::AllUp, OnAllDown::AnswerAll),
    ];
    let left = so_many(size, &[(Flip, 2, 2), (Lag, 1, 2), (Compute, 0, 1), (Command, 0, 1)]);
    for failback in backs {
        for fence in [Fence::Never, Fence::Before, Fence::After] {
            for cold in [false, true] {
                for (answer, on_all_down) in answers {
                    let mut spec = spec(1, &[false]);
                    spec.sites[1].cold = cold;
                    spec.lag_max = Some(SECOND);
                    let drift = Drift::Repair;
                    let spec = PolicySpec { failback, fence, answer, on_all_down, drift, ..spec };
                    let one = setup("lags, ways back, fences, standbys", spec, &left);
                    let alive = if cold { SiteSet::one(A) } else { BOTH };
                    let settle = size == Size::Small && fence == Fence::Never;
                    let orders = &[Order::Rearm];
                    setups.push(Setup { alive, settle, orders, ..one });
                }
            }
        }
    }
    setups
}
