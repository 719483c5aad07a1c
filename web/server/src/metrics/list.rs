//! All metrics there are.

/// One metric.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Its name.
    pub name: &'static str,
    /// What kind it is of.
    pub kind: Kind,
    /// Its labels, in order.
    pub labels: &'static [&'static str],
    /// What it says.
    pub help: &'static str,
}

/// The kinds of Prometheus that are used here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only rises, until a restart.
    Counter,
    /// As it is.
    Gauge,
    /// Times in buckets.
    Histogram,
}

impl Kind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

macro_rules! metrics {
    ($($constant:ident: $kind:ident $name:literal [$($label:literal),*] $help:literal;)*) => {
        $(
            #[doc = $help]
            pub static $constant: Spec = Spec {
                name: $name,
                kind: Kind::$kind,
                labels: &[$($label),*],
                help: $help,
            };
        )*

        /// All of them.
        pub static ALL: &[&Spec] = &[$(&$constant),*];
    };
}

metrics! {
    BUILD: Gauge "schwenk_build_info" ["version", "vantage"]
        "Always 1; which program this is and where it probes from.";
    START: Gauge "process_start_time_seconds" []
        "When the watcher was started, in seconds since the Unix epoch.";
    SNAPSHOT: Gauge "schwenk_snapshot_timestamp_seconds" []
        "When the watcher has last shown how things are, in seconds since the Unix epoch.";
    LISTENERS: Gauge "schwenk_live_listeners" []
        "Open live streams of the panel and of programs.";

    VERDICT: Gauge "schwenk_site_verdict" ["service", "site", "verdict"]
        "1 for what the quorum believes of the site: up, down or unknown.";
    VOTES: Gauge "schwenk_site_votes" ["service", "site", "verdict"]
        "How many vantages say so.";
    VOTE: Gauge "schwenk_vantage_vote" ["service", "site", "vantage", "verdict"]
        "1 for what the vantage says of the site; unknown when stale or isolated.";
    STALE: Gauge "schwenk_vantage_stale" ["service", "site", "vantage"]
        "1 if the vantage's report is older than the policy allows.";
    ISOLATED: Gauge "schwenk_vantage_isolated" ["service", "vantage"]
        "1 if the vantage does not trust itself, because it reaches none of its anchors.";
    ACTIVE: Gauge "schwenk_site_active" ["service", "site"]
        "1 if the name shall point to the site.";
    MAINTENANCE: Gauge "schwenk_site_maintenance" ["service", "site"]
        "1 if a human took the site out of the choice.";
    LAG: Gauge "schwenk_site_lag_seconds" ["service", "site"]
        "How far the site's database lags behind; absent if that is not watched or not known.";

    ARMED: Gauge "schwenk_armed" ["service"]
        "1 if automation may act.";
    LATCHED: Gauge "schwenk_latched" ["service"]
        "1 if the service stays where a failover has put it, until it is re-armed.";
    MOVE_OPEN: Gauge "schwenk_move_open" ["service"]
        "1 while a move is under way.";
    MOVE_AGE: Gauge "schwenk_move_open_seconds" ["service"]
        "For how long the move under way has been; 0 without one.";
    MOVES_LEFT: Gauge "schwenk_moves_left" ["service"]
        "Automatic moves that the budget still allows (moves_max within moves_window).";
    BLOCKED: Gauge "schwenk_blocked" ["service", "blocker"]
        "1 for what stands against the move that is wanted; all 0 if none is wanted.";
    UNACKNOWLEDGED: Gauge "schwenk_unacknowledged" ["service"]
        "1 if an alarm lasts that nobody has acknowledged.";
    LEADER: Gauge "schwenk_leader" ["service"]
        "1 if this watcher acts for the service; one that is alone always does.";
    EPOCH: Gauge "schwenk_leader_epoch" ["service"]
        "The highest epoch of leadership heard of; 0 without any.";

    SETTLED: Gauge "schwenk_provider_settled" ["service", "provider"]
        "1 if the provider publishes what it should and all its name servers say so.";
    FAILURES: Gauge "schwenk_provider_failures" ["service", "provider"]
        "Attempts at the provider that have failed in a row.";
    DRIFT: Gauge "schwenk_provider_drift" ["service", "provider"]
        "1 if the provider says something that was not published.";
    NAME_SERVERS: Gauge "schwenk_name_servers" ["service", "provider", "answer"]
        "Addresses of the provider's name servers by what they answer: desired, other or silent.";

    PROBES: Counter "schwenk_probes_total"
        ["service", "site", "vantage", "check", "family", "outcome"]
        "Probes by what came of them: ok, or the kind of problem.";
    PROBE_TIME: Histogram "schwenk_probe_duration_seconds"
        ["service", "site", "vantage", "check", "family"]
        "How long the probes took that were answered.";
    PROBES_DROPPED: Counter "schwenk_probes_dropped_total" []
        "Probes that were not looked at because the watcher was too far behind.";
    EVENTS: Counter "schwenk_events_total" ["service", "severity", "kind"]
        "Events by who is woken: critical, warning or info.";
    MOVES: Counter "schwenk_moves_total" ["service", "kind", "stage"]
        "Moves that were started, completed or abandoned.";
    MOVE_TIME: Histogram "schwenk_move_duration_seconds" ["service"]
        "From the decision until a move was complete.";
    ATTEMPTS: Counter "schwenk_attempts_total" ["service", "provider", "outcome"]
        "Attempts to publish: applied, already_so, changed (somebody else wrote), refused, unknown.";
    PROPAGATION: Histogram "schwenk_propagation_duration_seconds" ["service", "provider"]
        "From a provider's acceptance until all its name servers answered so.";
    COMMANDS: Counter "schwenk_commands_total" ["service", "outcome"]
        "Commands that were obeyed or refused.";
    GAPS: Counter "schwenk_tick_gaps_total" ["service"]
        "Times the watcher did nothing for longer than tick_gap_max: it was asleep or stopped.";
    GAP_TIME: Counter "schwenk_tick_gap_seconds_total" ["service"]
        "How long it did nothing in these gaps.";
    GAP_AT: Gauge "schwenk_tick_gap_timestamp_seconds" ["service"]
        "When the latest gap ended, in seconds since the Unix epoch; 0 without one.";

    JOURNAL: Gauge "schwenk_journal_writable" []
        "1 if the journal can be written; without it nothing is changed.";
    COMMITS: Counter "schwenk_journal_commits_total" ["outcome"]
        "Transactions of the journal: done or failed.";
    COMMIT_TIME: Histogram "schwenk_journal_commit_duration_seconds" []
        "From a step until the disk had it.";
    PENDING: Gauge "schwenk_journal_pending_seconds" []
        "For how long the write under way has been; 0 without one.";
    BACKLOG: Gauge "schwenk_journal_backlog_events" []
        "Events that wait until the journal can be written again.";
    LOST: Counter "schwenk_journal_lost_events_total" []
        "Events that were given up because too many waited.";
    FACTS_LOST: Counter "schwenk_journal_facts_lost_total" []
        "How often facts for a replay were given up.";
    BYTES: Gauge "schwenk_journal_size_bytes" []
        "The size of the journal with its write-ahead log.";
    TOLD: Counter "schwenk_notifier_events_total" ["severity", "outcome"]
        "What people were to be told, as handed to the notifier: handed, timed_out or dropped.";

    CALLS: Counter "schwenk_api_calls_total" ["provider", "operation", "outcome"]
        "Operations of the DNS providers: ok, or the kind of failure.";
    CALL_TIME: Histogram "schwenk_api_call_duration_seconds" ["provider", "operation"]
        "How long they took, with all their requests, retries and pauses.";
    REQUESTS: Counter "schwenk_api_requests_total" ["provider", "api", "outcome"]
        "HTTP requests to the providers by class of status, or by why there was no answer.";
    REQUEST_TIME: Histogram "schwenk_api_request_duration_seconds" ["provider", "api"]
        "How long they took.";
    LIMIT: Gauge "schwenk_api_rate_limit_requests" ["provider", "api"]
        "Requests the provider allows, as it last said; absent if it says nothing.";
    REMAINING: Gauge "schwenk_api_rate_limit_remaining_requests" ["provider", "api"]
        "Those that were left then.";

    PATH_PROBES: Gauge "schwenk_path_probes" ["service", "site", "vantage"]
        "Probes of the last week that count as measured: those of a site that was up.";
    PATH_LOST: Gauge "schwenk_path_lost_probes" ["service", "site", "vantage"]
        "Those among them that were lost.";
    CORRELATION: Gauge "schwenk_path_correlation_ratio" ["service", "site", "vantage", "other"]
        "The correlation coefficient of the losses of two vantages, or of the checks of one.";
    BURST: Gauge "schwenk_path_burst_probes" ["service", "site"]
        "How many probes are lost in a row on average.";
    FALSE_FAILOVER: Gauge "schwenk_false_failover_seconds" ["service"]
        "Mean time until a quorum takes a site for down that is up, under the measured losses.";
}
