//! What a policy must fulfil: every rule with the remedy, all problems at once.
use super::{
    CheckPolicy, Counted, Failback, Fall, Latch, Policy, PolicyProblem, PolicySpec,
    PolicyWrong as Wrong, Require,
};
use crate::id::SiteSet;
use std::time::Duration;

/// Most vantages, checks or providers of one service: bounds the state and the work of one step.
const MOST: usize = 32;
const LONGEST_NAME: usize = 40;
const LONGEST_SERVICE_NAME: usize = 253;
const SHORTEST_INTERVAL: Duration = Duration::from_millis(10);
const LONGEST_INTERVAL: Duration = Duration::from_secs(24 * 3600);
const LONGEST_TIMEOUT: Duration = Duration::from_secs(3600);
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);
/// What `health` keeps under way at most; a policy that needed more would be probed too slowly.
const MOST_IN_FLIGHT: u128 = 64;
const LARGEST_WINDOW: u8 = 64;

impl Policy {
    /// Validates `spec`; all problems are reported together.
    pub fn new(spec: PolicySpec) -> Result<Self, Vec<PolicyProblem>> {
        let mut problems = Problems(Vec::new());
        problems.names(&spec);
        problems.checks(&spec.checks);
        problems.counting(&spec);
        problems.agreement(&spec);
        problems.moves(&spec);
        problems.writing(&spec);
        if problems.0.is_empty() { Ok(Self::of(spec)) } else { Err(problems.0) }
    }
}

struct Problems(Vec<PolicyProblem>);

impl Problems {
    fn add(&mut self, field: &'static str, wrong: Wrong) {
        self.0.push(PolicyProblem { field, wrong });
    }

    fn names(&mut self, spec: &PolicySpec) {
        if let Some(wrong) = wrong_name(&spec.service, LONGEST_SERVICE_NAME) {
            self.add("service", wrong);
        }
        let sites: Vec<_> = spec.sites.iter().map(|site| site.name.as_str()).collect();
        self.list("sites", 2, SiteSet::CAPACITY, &sites);
        let vantages: Vec<_> = spec.vantages.iter().map(String::as_str).collect();
        self.list("vantages", 1, MOST, &vantages);
        let checks: Vec<_> = spec.checks.iter().map(|check| check.name.as_str()).collect();
        self.list("checks", 1, MOST, &checks);
        let providers: Vec<_> = spec.providers.iter().map(|one| one.name.as_str()).collect();
        self.list("providers", 1, MOST, &providers);
    }

    fn list(&mut self, field: &'static str, least: usize, most: usize, names: &[&str]) {
        let have = names.len();
        if have < least {
            self.add(field, Wrong::TooFew { have, least });
        } else if have > most {
            self.add(field, Wrong::TooMany { have, most });
        }
        for (place, name) in names.iter().enumerate() {
            if let Some(wrong) = wrong_name(name, LONGEST_NAME) {
                self.add(field, wrong);
            } else if names[..place].contains(name) {
                self.add(field, Wrong::Twice { name: (*name).to_owned() });
            }
        }
    }

    fn checks(&mut self, checks: &[CheckPolicy]) {
        for check in checks {
            let CheckPolicy { name, interval, fast_interval, timeout } = check;
            if *fast_interval < SHORTEST_INTERVAL || fast_interval > interval {
                let wrong = Wrong::FastInterval {
                    check: name.clone(),
                    fast: *fast_interval,
                    least: SHORTEST_INTERVAL,
                    interval: *interval,
                };
                self.add("checks", wrong);
            }
            self.within("interval", name, *interval, SHORTEST_INTERVAL, LONGEST_INTERVAL);
            self.within("timeout", name, *timeout, Duration::from_millis(1), LONGEST_TIMEOUT);
            let probes = timeout.as_millis() / fast_interval.as_millis().max(1);
            if *fast_interval >= SHORTEST_INTERVAL && probes > MOST_IN_FLIGHT {
                let check = name.clone();
                self.add("checks", Wrong::InFlight { check, probes, most: MOST_IN_FLIGHT });
            }
        }
    }

    fn within(
        &mut self,
        setting: &'static str,
        check: &str,
        value: Duration,
        least: Duration,
        most: Duration,
    ) {
        if value < least || value > most {
            let check = check.to_owned();
            self.add("checks", Wrong::OutOfRange { check, setting, value, least, most });
        }
    }

    fn counting(&mut self, spec: &PolicySpec) {
        match spec.fall {
            Fall::InARow(0) => self.add("fall", Wrong::NoFailures),
            Fall::InARow(_) => {}
            Fall::Window { of, failed } => {
                if of == 0 || of > LARGEST_WINDOW {
                    self.add("fall", Wrong::Window { of, most: LARGEST_WINDOW });
                }
                if failed == 0 || failed > of {
                    self.add("fall", Wrong::WindowFailures { failed, of });
                }
            }
        }
        if spec.rise == 0 {
            self.add("rise", Wrong::NoSuccesses);
        }
        let (grey, fall) = (spec.grey, spec.fall.failures());
        if grey != 0 && grey < fall {
            self.add("grey", Wrong::Grey { grey, fall });
        }
    }

    fn agreement(&mut self, spec: &PolicySpec) {
        if let Require::AtLeast(failed) = spec.require {
            self.at_most("require", failed, spec.checks.len(), Counted::Checks);
        }
        self.at_most("quorum", spec.quorum, spec.vantages.len(), Counted::Vantages);
        let cycles = spec.checks.iter().map(|check| check.interval.saturating_add(check.timeout));
        let needed = cycles.max().unwrap_or_default();
        if spec.freshness < needed {
            self.add("freshness", Wrong::Stale { freshness: spec.freshness, needed });
        }
        self.no_longer_than_a_year("freshness", spec.freshness);
        self.no_longer_than_a_year("candidate_up_for", spec.candidate_up_for);
        self.some_time("tick_gap_max", spec.tick_gap_max);
    }

    fn moves(&mut self, spec: &PolicySpec) {
        if spec.moves_max == 0 {
            self.add("moves_max", Wrong::NoMoves);
        }
        self.some_time("moves_window", spec.moves_window);
        self.no_longer_than_a_year("hold_down", spec.hold_down);
        let (window, hold_down) = (spec.moves_window, spec.hold_down);
        if window < hold_down {
            self.add("moves_window", Wrong::ShortWindow { window, hold_down });
        }
        if let Latch::For(time) = spec.latch {
            self.some_time("latch", time);
        }
        if let Failback::Auto { stable_for } = spec.failback {
            self.some_time("failback", stable_for);
        }
        if let Some(lag) = spec.lag_max {
            self.no_longer_than_a_year("lag_max", lag);
        }
        self.some_time("pause_max", spec.pause_max);
    }

    fn writing(&mut self, spec: &PolicySpec) {
        self.at_most("complete_at", spec.complete_at, spec.providers.len(), Counted::Providers);
        self.some_time("attempt_timeout", spec.attempt_timeout);
        self.some_time("retry_min", spec.retry_min);
        self.some_time("retry_max", spec.retry_max);
        let (min, max) = (spec.retry_min, spec.retry_max);
        if min > max {
            self.add("retry_min", Wrong::Retry { min, max });
        }
        self.some_time("split_after", spec.split_after);
    }

    fn at_most(&mut self, field: &'static str, value: u8, count: usize, of: Counted) {
        if value == 0 || usize::from(value) > count {
            self.add(field, Wrong::MoreThanThereAre { value, count, of });
        }
    }

    fn some_time(&mut self, field: &'static str, value: Duration) {
        if value < Duration::from_millis(1) {
            self.add(field, Wrong::NoTime { value });
        }
        self.no_longer_than_a_year(field, value);
    }

    fn no_longer_than_a_year(&mut self, field: &'static str, value: Duration) {
        if value > LONGEST {
            self.add(field, Wrong::TooLong { value, most: LONGEST });
        }
    }
}

impl Fall {
    /// The failures that it takes.
    pub const fn failures(self) -> u8 {
        match self {
            Self::InARow(failures) | Self::Window { failed: failures, .. } => failures,
        }
    }
}

fn wrong_name(name: &str, most: usize) -> Option<Wrong> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() {
        return Some(Wrong::NoName);
    }
    let own = || name.to_owned();
    if name.chars().count() > most {
        return Some(Wrong::LongName { name: own(), most });
    }
    let letter = name.chars().find(|c| !allowed(*c))?;
    Some(Wrong::NameLetter { name: own(), letter })
}
