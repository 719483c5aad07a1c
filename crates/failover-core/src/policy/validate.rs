//! What a policy must fulfil: every rule with the remedy, all problems at once.
use super::{CheckPolicy, Failback, Fall, Latch, Policy, PolicyProblem, PolicySpec, Require};
use crate::id::SiteSet;
use crate::text::span;
use std::collections::BTreeSet;
use std::fmt;
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

impl fmt::Display for PolicyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

impl std::error::Error for PolicyProblem {}

struct Problems(Vec<PolicyProblem>);

impl Problems {
    fn add(&mut self, field: &'static str, message: String) {
        self.0.push(PolicyProblem { field, message });
    }

    fn names(&mut self, spec: &PolicySpec) {
        if let Some(wrong) = wrong_name(&spec.service, LONGEST_SERVICE_NAME) {
            self.add("service", wrong);
        }
        let sites = spec.sites.iter().map(|site| site.name.as_str());
        self.list("sites", 2..=SiteSet::CAPACITY, sites);
        self.list("vantages", 1..=MOST, spec.vantages.iter().map(String::as_str));
        self.list("checks", 1..=MOST, spec.checks.iter().map(|check| check.name.as_str()));
        let providers = spec.providers.iter().map(|provider| provider.name.as_str());
        self.list("providers", 1..=MOST, providers);
    }

    fn list<'a>(
        &mut self,
        field: &'static str,
        allowed: std::ops::RangeInclusive<usize>,
        names: impl ExactSizeIterator<Item = &'a str>,
    ) {
        let (least, most) = (*allowed.start(), *allowed.end());
        if names.len() < least {
            let have = names.len();
            self.add(field, format!("there are {have}, at least {least} are needed; add one"));
        } else if names.len() > most {
            let have = names.len();
            self.add(field, format!("there are {have}, at most {most} are allowed; remove some"));
        }
        let mut seen = BTreeSet::new();
        for name in names {
            if let Some(wrong) = wrong_name(name, LONGEST_NAME) {
                self.add(field, wrong);
            } else if !seen.insert(name) {
                self.add(field, format!("\"{name}\" occurs twice; give each its own name"));
            }
        }
    }

    fn checks(&mut self, checks: &[CheckPolicy]) {
        for check in checks {
            let CheckPolicy { name, interval, fast_interval, timeout } = check;
            if *fast_interval < SHORTEST_INTERVAL || fast_interval > interval {
                let message = format!(
                    "check \"{name}\" has a fast_interval of {}; it must be at least {} and at \
                     most its interval of {}",
                    span(*fast_interval),
                    span(SHORTEST_INTERVAL),
                    span(*interval)
                );
                self.add("checks", message);
            }
            self.within("interval", name, *interval, SHORTEST_INTERVAL..=LONGEST_INTERVAL);
            self.within("timeout", name, *timeout, Duration::from_millis(1)..=LONGEST_TIMEOUT);
            let in_flight = timeout.as_millis() / fast_interval.as_millis().max(1);
            if *fast_interval >= SHORTEST_INTERVAL && in_flight > MOST_IN_FLIGHT {
                let message = format!(
                    "check \"{name}\" could have {in_flight} probes under way at once, at most \
                     {MOST_IN_FLIGHT} are allowed; shorten its timeout or lengthen its \
                     fast_interval"
                );
                self.add("checks", message);
            }
        }
    }

    fn within(
        &mut self,
        setting: &str,
        check: &str,
        value: Duration,
        allowed: std::ops::RangeInclusive<Duration>,
    ) {
        if !allowed.contains(&value) {
            let message = format!(
                "check \"{check}\" has {setting} {}; it must be between {} and {}",
                span(value),
                span(*allowed.start()),
                span(*allowed.end())
            );
            self.add("checks", message);
        }
    }

    fn counting(&mut self, spec: &PolicySpec) {
        match spec.fall {
            Fall::InARow(0) => {
                self.add("fall", "0 failures would mean always down; use at least 1".to_owned());
            }
            Fall::InARow(_) => {}
            Fall::Window { of, failed } => {
                if of == 0 || of > LARGEST_WINDOW {
                    let message = format!(
                        "the window has {of} probes; it must have between 1 and {LARGEST_WINDOW}"
                    );
                    self.add("fall", message);
                }
                if failed == 0 || failed > of {
                    let message = format!(
                        "{failed} failures among the last {of}; the failures must be at least 1 \
                         and at most the size of the window"
                    );
                    self.add("fall", message);
                }
            }
        }
        if spec.rise == 0 {
            self.add("rise", "0 successes would mean always up; use at least 1".to_owned());
        }
        let fall = spec.fall.failures();
        if spec.grey != 0 && spec.grey < fall {
            let message = format!(
                "{} is less than the {fall} failures of fall, which would never be reached; use \
                 0 to turn it off or at least {fall}",
                spec.grey
            );
            self.add("grey", message);
        }
    }

    fn agreement(&mut self, spec: &PolicySpec) {
        if let Require::AtLeast(failed) = spec.require {
            self.at_most("require", failed, spec.checks.len(), "checks");
        }
        self.at_most("quorum", spec.quorum, spec.vantages.len(), "vantages");
        let cycles = spec.checks.iter().map(|check| check.interval.saturating_add(check.timeout));
        let longest = cycles.max().unwrap_or_default();
        if spec.freshness < longest {
            let message = format!(
                "{} is too short: a report takes up to {} (interval and timeout); use at least \
                 that",
                span(spec.freshness),
                span(longest)
            );
            self.add("freshness", message);
        }
        self.no_longer_than_a_year("freshness", spec.freshness);
        self.no_longer_than_a_year("candidate_up_for", spec.candidate_up_for);
        self.some_time("tick_gap_max", spec.tick_gap_max);
    }

    fn moves(&mut self, spec: &PolicySpec) {
        if spec.moves_max == 0 {
            let message = "0 would forbid every automatic move; use at least 1, or disarm the \
                           service"
                .to_owned();
            self.add("moves_max", message);
        }
        self.some_time("moves_window", spec.moves_window);
        self.no_longer_than_a_year("hold_down", spec.hold_down);
        if spec.moves_window < spec.hold_down {
            let message = format!(
                "{} is shorter than the hold_down of {}, so moves_max would never count; use at \
                 least the hold_down",
                span(spec.moves_window),
                span(spec.hold_down)
            );
            self.add("moves_window", message);
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
        self.at_most("complete_at", spec.complete_at, spec.providers.len(), "providers");
        self.some_time("attempt_timeout", spec.attempt_timeout);
        self.some_time("retry_min", spec.retry_min);
        self.some_time("retry_max", spec.retry_max);
        if spec.retry_min > spec.retry_max {
            let message = format!(
                "{} is longer than the retry_max of {}; use at most that",
                span(spec.retry_min),
                span(spec.retry_max)
            );
            self.add("retry_min", message);
        }
        self.some_time("split_after", spec.split_after);
    }

    fn at_most(&mut self, field: &'static str, value: u8, count: usize, of: &str) {
        if value == 0 || usize::from(value) > count {
            let message = format!(
                "{value} of {count} {of}; it must be at least 1 and at most the number of {of}"
            );
            self.add(field, message);
        }
    }

    fn some_time(&mut self, field: &'static str, value: Duration) {
        if value < Duration::from_millis(1) {
            let message = format!("{} is no time at all; use at least 1 ms", span(value));
            self.add(field, message);
        }
        self.no_longer_than_a_year(field, value);
    }

    fn no_longer_than_a_year(&mut self, field: &'static str, value: Duration) {
        if value > LONGEST {
            let message = format!("{} is too long; use at most {}", span(value), span(LONGEST));
            self.add(field, message);
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

fn wrong_name(name: &str, longest: usize) -> Option<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() {
        return Some("a name is empty; give it one".to_owned());
    }
    if name.chars().count() > longest {
        return Some(format!("\"{name}\" is too long; use at most {longest} characters"));
    }
    if let Some(wrong) = name.chars().find(|c| !allowed(*c)) {
        return Some(format!(
            "\"{}\" contains {wrong:?}; use letters, digits, '-', '_' and '.'",
            name.escape_default()
        ));
    }
    None
}
