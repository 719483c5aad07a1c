//! What one vantage has counted with all its checks, and what the next round may make of it.
use super::counter::Counters;
use super::loss::Channel;
use std::collections::BTreeMap;

/// How many vantages with how many checks are looked at, and how many of them it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) vantages: usize,
    pub(super) votes: usize,
    pub(super) checks: usize,
    pub(super) needed: usize,
}

impl Shape {
    pub(super) const ONE: Self = Self { vantages: 1, votes: 1, checks: 1, needed: 1 };
}

/// What decides how a round goes for one check.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paths {
    /// The trouble of each check's own path.
    pub(super) own: Channel,
    /// Whether one round tells anything about the next.
    pub(super) has_bursts: bool,
    /// The share of rounds in which a check that is down is probed: of the calm ones, and of the
    /// fast ones.
    pub(super) when_down: [f64; 2],
}

/// Several of something that is alike, sorted: it does not matter which is which.
pub(super) type Group = Vec<u32>;

/// The part of a round that all paths share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Round {
    /// Whether the shared part loses everything.
    pub(super) bad: bool,
    /// Whether it comes after the fast interval, not after the calm one.
    pub(super) fast: bool,
}

/// What may follow, each with its probability.
pub(super) type Chances<T> = Vec<(T, f64)>;

/// The states of a vantage, numbered as they are met; 0 is the one in which nothing is counted.
#[derive(Debug)]
pub(super) struct Vantages<'a> {
    counters: &'a Counters,
    paths: Paths,
    needed: usize,
    states: Vec<Group>,
    numbers: BTreeMap<Group, u32>,
    /// By state and kind of round, as far as they have been asked for.
    after: Vec<[Option<Chances<u32>>; 4]>,
}

impl<'a> Vantages<'a> {
    pub(super) fn new(counters: &'a Counters, paths: Paths, shape: Shape) -> Self {
        let mut new = Self {
            counters,
            paths,
            needed: shape.needed,
            states: Vec::new(),
            numbers: BTreeMap::new(),
            after: Vec::new(),
        };
        new.number(vec![0; shape.checks]);
        new
    }

    fn number(&mut self, state: Group) -> u32 {
        if let Some(known) = self.numbers.get(&state) {
            return *known;
        }
        let new = u32::try_from(self.states.len()).unwrap_or(u32::MAX);
        self.numbers.insert(state.clone(), new);
        self.states.push(state);
        self.after.push([const { None }; 4]);
        new
    }

    /// Whether it says that the site is down.
    pub(super) fn is_down(&self, vantage: u32) -> bool {
        let down = |check: &&u32| self.counters.down[(**check / 2) as usize];
        self.states[vantage as usize].iter().filter(down).count() >= self.needed
    }

    /// Whether it has counted something towards a verdict it has not given yet: then it is probed
    /// at the fast interval.
    pub(super) fn is_suspicious(&self, vantage: u32) -> bool {
        let counts = |check: &u32| *check / 2 > 0 && !self.counters.down[(*check / 2) as usize];
        self.states[vantage as usize].iter().any(counts)
    }

    /// What a round makes of it.
    pub(super) fn after(&mut self, vantage: u32, round: Round) -> Chances<u32> {
        let state = vantage as usize;
        let kind = usize::from(round.bad) + 2 * usize::from(round.fast);
        if let Some(known) = &self.after[state][kind] {
            return known.clone();
        }
        let each = self.states[state].iter().map(|check| self.check_after(*check, round));
        let groups = together(each);
        let chances: Chances<u32> =
            groups.into_iter().map(|(group, chance)| (self.number(group), chance)).collect();
        self.after[state][kind] = Some(chances.clone());
        chances
    }

    /// A check is twice the number of its counters, plus 1 if its path was bad in the last round
    /// and that says something about the next.
    fn check_after(&self, check: u32, round: Round) -> Chances<u32> {
        let Paths { own, has_bursts, when_down } = self.paths;
        let counters = (check / 2) as usize;
        let probed =
            if self.counters.down[counters] { when_down[usize::from(round.fast)] } else { 1.0 };
        let bad = own.next_bad(check % 2 == 1);
        let mut chances = Vec::with_capacity(4);
        for (own_bad, chance) in [(false, 1.0 - bad), (true, bad)] {
            let lost = round.bad || own_bad;
            let after = u32::from(self.counters.after[counters][usize::from(lost)]);
            let memory = u32::from(own_bad && has_bursts);
            chances.push((2 * after + memory, chance * probed));
            chances.push((check - check % 2 + memory, chance * (1.0 - probed)));
        }
        chances.retain(|(_, chance)| *chance > 0.0);
        chances
    }
}

/// What several independent parts may become together, alike outcomes counted once.
pub(super) fn together(parts: impl Iterator<Item = Chances<u32>>) -> BTreeMap<Group, f64> {
    let mut all = BTreeMap::from([(Group::new(), 1.0)]);
    for part in parts {
        let mut more = BTreeMap::new();
        for (group, chance) in &all {
            for (one, its) in &part {
                let mut group = group.clone();
                let place = group.partition_point(|other| other <= one);
                group.insert(place, *one);
                *more.entry(group).or_insert(0.0) += chance * its;
            }
        }
        all = more;
    }
    all
}
