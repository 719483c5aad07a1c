//! Policies to start from: fast, careful, and the thesis this grew out of.
use super::{
    AnswerMode, CheckPolicy, Drift, Failback, Fall, Fence, Latch, OnAllDown, PolicySpec,
    ProviderPolicy, Require, SitePolicy,
};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A set of settings to start from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Preset {
    /// Down within about a second if connections are refused, within about two if nothing answers.
    /// Meant for several checks and three or more vantages, which keep false alarms rare.
    #[default]
    Fast,
    /// Down after about half a minute; for few vantages or lossy paths.
    Careful,
    /// What the thesis does: a probe each second, down when all of the last twenty have failed, one
    /// move, and then a human.
    Thesis,
}

impl Preset {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Fast, Self::Careful, Self::Thesis];

    /// Its name in configurations.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Careful => "careful",
            Self::Thesis => "thesis",
        }
    }

    /// A check called `name` with the timings of the preset.
    pub fn check(self, name: impl Into<String>) -> CheckPolicy {
        let (interval, fast_interval, timeout) = match self {
            Self::Fast => (500, 200, 800),
            Self::Careful => (5_000, 2_000, 5_000),
            Self::Thesis => (1_000, 1_000, 10_000),
        };
        CheckPolicy {
            name: name.into(),
            interval: Duration::from_millis(interval),
            fast_interval: Duration::from_millis(fast_interval),
            timeout: Duration::from_millis(timeout),
        }
    }

    /// The whole policy of `service` with one check called `http`; see
    /// [`PolicySpec::with_checks`] for others.
    ///
    /// The quorum is the majority of `vantages`, and a move is complete when all `providers` have
    /// it. Nothing is validated yet.
    pub fn spec(
        self,
        service: impl Into<String>,
        sites: Vec<String>,
        vantages: Vec<String>,
        providers: Vec<ProviderPolicy>,
    ) -> PolicySpec {
        let check = self.check("http");
        let (fall, rise) = match self {
            Self::Fast => (Fall::InARow(3), 2),
            Self::Careful => (Fall::InARow(5), 3),
            Self::Thesis => (Fall::Window { of: 20, failed: 20 }, 1),
        };
        PolicySpec {
            service: service.into(),
            sites: sites.into_iter().map(|name| SitePolicy { name, cold: false }).collect(),
            quorum: count(vantages.len() / 2 + 1),
            vantages,
            fall,
            rise,
            grey: if matches!(self, Self::Thesis) { 0 } else { 10 },
            require: Require::All,
            freshness: (check.interval + check.timeout) * 3,
            candidate_up_for: check.interval * 2,
            checks: vec![check],
            hold_down: 5 * MINUTE,
            moves_max: if matches!(self, Self::Thesis) { 1 } else { 3 },
            moves_window: HOUR,
            latch: Latch::UntilRearmed,
            failback: Failback::Manual,
            answer: AnswerMode::Active,
            on_all_down: OnAllDown::Hold,
            complete_at: count(providers.len()),
            providers,
            drift: Drift::Alert,
            fence: Fence::Never,
            lag_max: None,
            attempt_timeout: Duration::from_secs(30),
            retry_min: Duration::from_secs(1),
            retry_max: MINUTE,
            split_after: MINUTE,
            pause_max: 7 * DAY,
            tick_gap_max: Duration::from_secs(10),
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Preset {
    type Err = String;

    /// Fails with a sentence that names the presets there are.
    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|preset| preset.name() == name).ok_or_else(|| {
            format!("\"{name}\" is not a preset; there are fast, careful and thesis")
        })
    }
}

impl PolicySpec {
    /// [`Preset::Fast`] as a policy.
    pub fn fast(
        service: impl Into<String>,
        sites: Vec<String>,
        vantages: Vec<String>,
        providers: Vec<ProviderPolicy>,
    ) -> Self {
        Preset::Fast.spec(service, sites, vantages, providers)
    }

    /// [`Preset::Careful`] as a policy.
    pub fn careful(
        service: impl Into<String>,
        sites: Vec<String>,
        vantages: Vec<String>,
        providers: Vec<ProviderPolicy>,
    ) -> Self {
        Preset::Careful.spec(service, sites, vantages, providers)
    }

    /// [`Preset::Thesis`] as a policy.
    pub fn thesis(
        service: impl Into<String>,
        sites: Vec<String>,
        vantages: Vec<String>,
        providers: Vec<ProviderPolicy>,
    ) -> Self {
        Preset::Thesis.spec(service, sites, vantages, providers)
    }

    /// The same policy with checks of these names, each with the timings of the present first one
    /// (of [`Preset::Fast`] if there is none).
    #[must_use]
    pub fn with_checks(mut self, names: Vec<String>) -> Self {
        let like = self.checks.first().cloned().unwrap_or_else(|| Preset::Fast.check(""));
        self.checks = names.into_iter().map(|name| CheckPolicy { name, ..like.clone() }).collect();
        self
    }
}

/// Counts beyond what a policy may have stay out of range and are refused by validation.
fn count(len: usize) -> u8 {
    u8::try_from(len).unwrap_or(u8::MAX)
}
