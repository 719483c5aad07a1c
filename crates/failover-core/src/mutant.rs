//! Seeded faults for testing the tests: ways in which a machine can be wrong.
//!
//! What a mutant does wrong is one line where it does it, so that the shipped source shows all
//! sixteen. Without the feature `mutants` that line asks a constant, and nothing of it is compiled.

macro_rules! mutants {
    ($($(#[doc = $what:literal])+ $mutant:ident $name:literal $($kills:literal)*;)*) => {
        /// One way of being wrong, with the promises that must notice.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
        #[cfg_attr(not(feature = "mutants"), allow(dead_code, reason = "none can be chosen"))]
        pub enum Mutant {
            $($(#[doc = $what])+ $mutant,)*
        }

        #[cfg(feature = "mutants")]
        impl Mutant {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$mutant),*];

            /// Its name in lists.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$mutant => $name,)*
                }
            }

            /// The numbers of the promises of which at least one must notice it, such as `S3a`; the
            /// first one is what it was made for.
            pub const fn kills(self) -> &'static [&'static str] {
                match self {
                    $(Self::$mutant => &[$($kills),*],)*
                }
            }

            /// What it does wrong, in one sentence.
            pub fn what(self) -> String {
                let lines: &[&str] = match self {
                    $(Self::$mutant => &[$($what),+],)*
                };
                lines.concat().trim().to_owned()
            }
        }
    };
}

mutants! {
    /// It acts although its lease has ended, and takes an older lease for a newer one.
    UnfencedWrite "unfenced-write" "S13" "S3a";
    /// Asked to give up an older move, it gives up the one that is open.
    CleansUpActive "cleans-up-active" "S4";
    /// The quorum is a majority of the vantages that report, not of those that are configured.
    CountsTheLive "counts-the-live" "S7" "S24" "S6" "S5" "S26";
    /// One failed probe makes a check fail.
    FallsAtOnce "falls-at-once" "S12" "S6" "S24";
    /// It writes first and puts down why afterwards.
    PublishesFirst "publishes-first" "S14";
    /// Whatever a provider stores or answers, it hears what it wants.
    HearsItself "hears-itself" "S16" "S3b";
    /// Started again it knows of no latch, no hold-down and no budget.
    ForgetsOnRestart "forgets-on-restart" "S10" "S11";
    /// A report counts however old it is.
    CountsTheStale "counts-the-stale" "S6" "S7" "S5" "S24" "S26";
    /// A lag that nobody knows is none.
    TakesUnknownForNoLag "takes-unknown-for-no-lag" "S19";
    /// A site that nobody has looked at yet is up.
    UpByDefault "up-by-default" "S5" "S22" "S26";
    /// A pause has no end.
    PausesForEver "pauses-for-ever" "S20";
    /// As long as one provider has not accepted, it does not go on to the next.
    StopsAtTheFirst "stops-at-the-first" "S17";
    /// With all sites down it withdraws them all.
    EmptiesTheAnswer "empties-the-answer" "S1" "S9";
    /// It does not notice that it was asleep.
    SleepsUnnoticed "sleeps-unnoticed" "S8";
    /// A second receipt for one write raises the generation.
    CountsTwice "counts-twice" "S15";
    /// Once somebody has re-armed it, no latch holds it any more.
    RearmsForGood "rearms-for-good" "S10";
}

/// What a machine does wrong: nothing, unless it was built to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Faults {
    #[cfg(feature = "mutants")]
    chosen: Option<Mutant>,
    /// [`Mutant::RearmsForGood`] was re-armed.
    #[cfg(feature = "mutants")]
    rearmed: bool,
}

#[cfg(feature = "mutants")]
impl Faults {
    pub(crate) const fn of(mutant: Mutant) -> Self {
        Self { chosen: Some(mutant), rearmed: false }
    }

    pub(crate) fn errs(self, mutant: Mutant) -> bool {
        self.chosen == Some(mutant)
    }

    pub(crate) fn is_none(&self) -> bool {
        self.chosen.is_none()
    }

    pub(crate) fn rearm(&mut self) {
        self.rearmed = self.errs(Mutant::RearmsForGood);
    }

    pub(crate) const fn is_rearmed(self) -> bool {
        self.rearmed
    }
}

#[cfg(not(feature = "mutants"))]
impl Faults {
    pub(crate) const fn errs(self, _: Mutant) -> bool {
        false
    }

    pub(crate) const fn is_none(&self) -> bool {
        true
    }

    pub(crate) const fn rearm(&mut self) {}

    pub(crate) const fn is_rearmed(self) -> bool {
        false
    }
}

#[cfg(feature = "mutants")]
impl crate::Failover {
    /// The same machine with a fault.
    ///
    /// To be called on every machine that is built, also after a restart: a fault of starting again
    /// acts here.
    #[must_use]
    pub fn mutated(mut self, mutant: Mutant) -> Self {
        self.set_faults(Faults::of(mutant));
        self
    }
}
