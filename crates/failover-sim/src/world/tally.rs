//! Figures: what was counted in a world, or in many.

macro_rules! figures {
    ($($(#[$doc:meta])* $name:ident $how:ident,)*) => {
        /// What was counted. The tallies of several worlds can be put together.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub struct Tally {
            $($(#[$doc])* pub $name: u64,)*
        }

        impl Tally {
            /// Puts another one to this one: counts are added, longest times compared.
            pub fn add(&mut self, other: &Self) {
                $(figures!(@$how self.$name, other.$name);)*
            }

            /// All figures with their names.
            pub fn figures(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($name), self.$name),)*]
            }
        }
    };
    (@sum $mine:expr, $other:expr) => { $mine += $other };
    (@most $mine:expr, $other:expr) => { $mine = $mine.max($other) };
}

figures! {
    /// Simulated milliseconds.
    millis sum,
    /// Facts that machines were given.
    steps sum,
    /// Outputs of machines.
    outputs sum,
    /// Probes started.
    probes sum,
    /// Probes that got lost on their way.
    lost sum,
    /// Moves begun, without repairs.
    moves sum,
    /// Automatic failovers among them.
    failovers sum,
    /// Repairs begun.
    repairs sum,
    /// Moves completed.
    completed sum,
    /// Moves given up.
    abandoned sum,
    /// The longest that a move took which was completed, in milliseconds.
    longest_move most,
    /// Times that a latch fell.
    latches sum,
    /// Times that it was known that no site is up.
    all_down sum,
    /// Attempts to publish that were sent.
    published sum,
    /// Writes that happened.
    landed sum,
    /// Of these: after their watcher had given them up or died.
    late_writes sum,
    /// Writes refused because somebody else wrote meanwhile.
    conflicts sum,
    /// Read-backs.
    read_backs sum,
    /// Receipts that said *unknown*.
    unknown sum,
    /// Receipts that said *refused*.
    refused sum,
    /// Requests that ended in an error.
    errors sum,
    /// Requests whose answer was lost.
    doubts sum,
    /// Requests that waited for long.
    stalls sum,
    /// Requests that nobody answered.
    unanswered sum,
    /// Times a provider that checks preconditions went back to an older move.
    regressions sum,
    /// Times one that does not went back.
    blind_regressions sum,
    /// Of these: repaired.
    repaired sum,
    /// The longest such repair while nothing else was wrong, in milliseconds.
    longest_repair most,
    /// Empty answers written.
    empties sum,
    /// Changes by somebody else.
    foreign sum,
    /// Of these: found, or overwritten before.
    drifts_found sum,
    /// The longest until one was found while nothing else was wrong, in milliseconds.
    longest_drift most,
    /// Commands given.
    commands sum,
    /// Commands refused.
    refusals sum,
    /// Notices to people.
    notices sum,
    /// Processes started.
    starts sum,
    /// Processes that died.
    crashes sum,
    /// Of these: between two outputs of one step.
    torn_steps sum,
    /// Processes stopped or suspended for a while.
    stops sum,
    /// Steps that the journal did not take.
    refused_commits sum,
    /// Of these: because somebody else leads.
    fenced sum,
    /// Changes of leader.
    leaders sum,
    /// Vantages found cut off by their anchors.
    isolations sum,
    /// Sites that compute was asked to stop or start.
    computed sum,
}
