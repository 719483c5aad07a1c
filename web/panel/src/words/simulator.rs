//! What the simulator says.
use super::text::{Word, words};
use failover_core::MoveKind;
use failover_sim::replay::Decided;

words! {
    SIM_SIMULATION;
    SIM_NOT_REAL;
    SIM_RECORDED;
    SIM_NOT_NOW;
    SIM_START_FROM;
    SIM_EXAMPLES;
    SIM_LIVE_POLICY;
    SIM_INCIDENT;
    SIM_OWN_SCRIPT;
    SIM_CANNOT_START;
    SIM_COPY_LINK;
    SIM_LINK_COPIED;
    SIM_LINK;
    SIM_TOO_LONG;
    SIM_WORKING;
    SIM_PLAY;
    SIM_PAUSE;
    SIM_STEP;
    SIM_RESTART;
    SIM_SPEED;
    SIM_TIME;
    SIM_BREAK_SOMETHING;
    SIM_WHAT;
    SIM_HOW;
    SIM_WHEN_SECONDS;
    SIM_LASTS;
    SIM_NOW;
    SIM_BREAK;
    SIM_FOR_GOOD;
    SIM_DONE_SO_FAR;
    SIM_NOTHING_HAPPENS;
    SIM_REMOVE;
    SIM_TOO_MUCH;
    SIM_SCRIPT;
    SIM_APPLY;
    SIM_SURROUNDINGS;
    SIM_OPERATOR;
    SIM_SILENT;
    SIM_REFUSES;
    SIM_HALF_FAILS;
    SIM_SOME_FAILS;
    SIM_LAGS;
    SIM_LAG_UNKNOWN;
    SIM_MENDED;
    SIM_CUT;
    SIM_MUTE;
    SIM_LOSES;
    SIM_REPORTS_LATE;
    SIM_CLOCK_JUMPS;
    SIM_SLEEPS;
    SIM_API_DOWN;
    SIM_API_ERRS;
    SIM_API_SLOW;
    SIM_ANSWERS_LOST;
    SIM_SERVERS_SILENT;
    SIM_SERVERS_STALE;
    SIM_FOREIGN_OTHER;
    SIM_FOREIGN_NOTHING;
    SIM_KILLED;
    SIM_TORN;
    SIM_STOPPED;
    SIM_SUSPENDED;
    SIM_PARTED;
    SIM_DISK_FULL;
    SIM_DISK_SLOW;
    SIM_COMPUTE_FAILS;
    SIM_CALM;
    SIM_REARMS;
    SIM_FAILS_BACK;
    SIM_DISARMS;
    SIM_ARMS;
    SIM_REPAIRS;
    SIM_ABANDONS;
    SIM_THRESHOLDS;
    SIM_SEEN;
    SIM_AGREED;
    SIM_MOVED;
    SIM_PUBLISHED;
    SIM_INVALID;
    SIM_OFF;
    SIM_UNTIL_REARMED;
    SIM_BY_A_HUMAN;
    SIM_ONLY_TELL;
    SIM_REPAIR;
    SIM_HOLD;
    SIM_ANSWER_ALL;
    SIM_DETECTION;
    SIM_FALSE_ALARMS;
    SIM_IF_REFUSED;
    SIM_IF_SILENT;
    SIM_BOUND_NOTE;
    SIM_OUTCOME;
    SIM_PROMISES_HOLD;
    SIM_PROMISE_BROKEN;
    SIM_DETECTED;
    SIM_BEGAN;
    SIM_EVERYWHERE;
    SIM_CONVERGED;
    SIM_OUTAGE;
    SIM_NOT_YET;
    SIM_NOBODY;
    SIM_EVENTS;
    SIM_TOLD;
    SIM_IDENTICAL;
    SIM_DIFFERS;
    SIM_FACTS_CUT;
    SIM_WHAT_IF;
    SIM_WHAT_IF_HINT;
    SIM_DECISION;
    SIM_AS_RECORDED;
    SIM_OTHERWISE;
    SIM_DIFFERENCE;
    SIM_NEVER;
    SIM_SAME_MOMENT;
    SIM_ASSUMED;
    SIM_NO_COMPARISON;
    SIM_UNREADABLE;
    SIM_RECEIPT_APPLIED;
    SIM_RECEIPT_ALREADY;
    SIM_LEADS_NOT;
    SIM_NO_ANSWER;
    SIM_STARTED_AGAIN;
    SIM_FACTS_MISSING;
    SIM_FAILED;
    SIM_ALL_SERVERS;
    SIM_LEGEND_FAULT;
    SIM_LEGEND_EVENT;
    SIM_LEGEND_VERDICT;
    SIM_LEGEND_MOVE;
    SIM_LEGEND_DONE;
    SIM_LEGEND_TROUBLE;
    SIM_LEGEND_ASTRAY;
    SIM_WATCHER;
    SIM_FIRST;
    SIM_MOVES_NONE;
    SIM_JOURNAL_OK;
    SIM_JOURNAL_BROKEN;
    SIM_A_SITE_DIES;
    SIM_A_SITE_DIES_SHOWS;
    SIM_A_CLOUD_IS_LOST;
    SIM_A_CLOUD_IS_LOST_SHOWS;
    SIM_A_SITE_HALF_WORKS;
    SIM_A_SITE_HALF_WORKS_SHOWS;
    SIM_A_VANTAGE_LIES;
    SIM_A_VANTAGE_LIES_SHOWS;
    SIM_THE_WATCHER_LOSES_ITS_NETWORK;
    SIM_THE_WATCHER_LOSES_ITS_NETWORK_SHOWS;
    SIM_THE_WATCHER_DIES_WHILE_IT_PUBLISHES;
    SIM_THE_WATCHER_DIES_WHILE_IT_PUBLISHES_SHOWS;
    SIM_THREE_WATCHERS_LOSE_THEIR_LEADER;
    SIM_THREE_WATCHERS_LOSE_THEIR_LEADER_SHOWS;
    SIM_SOMEBODY_ELSE_WRITES;
    SIM_SOMEBODY_ELSE_WRITES_SHOWS;
    SIM_NOTHING_IS_LEFT;
    SIM_NOTHING_IS_LEFT_SHOWS;
    SIM_THE_WAY_BACK;
    SIM_THE_WAY_BACK_SHOWS;
    SIM_THE_JOURNAL_BREAKS_WHILE_A_WATCHER_STARTS;
    SIM_THE_JOURNAL_BREAKS_WHILE_A_WATCHER_STARTS_SHOWS;
    SIM_KNOB_INTERVAL;
    SIM_KNOB_FAST_INTERVAL;
    SIM_KNOB_TIMEOUT;
    SIM_KNOB_FALL;
    SIM_KNOB_RISE;
    SIM_KNOB_VANTAGES;
    SIM_KNOB_QUORUM;
    SIM_KNOB_FRESHNESS;
    SIM_KNOB_CANDIDATE_UP_FOR;
    SIM_KNOB_HOLD_DOWN;
    SIM_KNOB_MOVES_MAX;
    SIM_KNOB_LATCH;
    SIM_KNOB_FAILBACK;
    SIM_KNOB_ON_ALL_DOWN;
    SIM_KNOB_DRIFT;
    SIM_KNOB_ATTEMPT_TIMEOUT;
    SIM_KNOB_TTL;
    SIM_KNOB_WATCHERS;
    SIM_BROKEN_HOW;
    SIM_JOURNAL_FULL;
    SIM_REFUSED_IT;
    SIM_SIMULATED;
    sim_no_answer_in(span: &str);
    sim_decided_up(site: &str);
    sim_decided_down(site: &str);
    sim_decided_failover(to: &str);
    sim_decided_switchover(to: &str);
    sim_decided_forced(to: &str);
    sim_decided_failback(to: &str);
    sim_decided_membership(to: &str);
    sim_decided_repair(to: &str);
    SIM_DECIDED_COMPLETED;
    SIM_DECIDED_ABANDONED;
    SIM_DECIDED_HELD;
    SIM_DECIDED_ALL_DOWN;
    SIM_DECIDED_ALL_DOWN_OVER;
    SIM_DECIDED_BUDGET;
    SIM_DECIDED_LATCHED;
    SIM_DECIDED_DRIFT;
    SIM_DECIDED_REFUSED;
    SIM_PATHS_LOST;
    SIM_PATHS_TOGETHER;
    SIM_PATHS_BURST;
    SIM_PATHS_APART;
    SIM_PATHS_ONE;
    SIM_PATHS_SINGLY;
    SIM_WRONG_NEVER;
    SIM_ALONE_NEVER;
    SIM_SEED;
    SIM_ROLL;
    SIM_SEED_SHOWS;
    SIM_SEED_WRONG;
    sim_percent(share: &str);
    sim_wrong_about(span: &str);
    sim_wrong_least(span: &str);
    sim_alone(span: &str);
    sim_site(name: &str);
    sim_vantage(name: &str);
    sim_provider(name: &str);
    sim_watcher_number(number: u8);
    sim_quick(subject: &str, trouble: &str);
    sim_check_fails(check: &str);
    sim_lies_up(site: &str);
    sim_lies_down(site: &str);
    sim_foreign(site: &str);
    sim_switches(site: &str);
    sim_forces(site: &str);
    sim_maintains(site: &str);
    sim_of_window(failures: u64, of: u8);
    sim_several_in_a_row(count: u64);
    sim_quorum_of(quorum: u64, all: usize);
    sim_after_stable(span: &str);
    sim_bound(expected: &str, worst: &str);
    sim_after_trouble(span: &str);
    sim_astray(span: &str, percent: u32);
    sim_promise(id: &str, sentence: &str);
    sim_at_speed(times: u32);
    sim_of_length(age: &str, length: &str);
    sim_incident_of(service: &str, text: &str);
    sim_policy_of(service: &str);
    sim_later(span: &str);
    sim_earlier(span: &str);
    sim_moves_not(n: usize);
    sim_moves_only(n: usize);
    sim_moves_same(n: usize);
    sim_moves_differ(n: usize, other: usize);
    sim_probed_well(vantage: &str, check: &str, site: &str);
    sim_probed_fails(vantage: &str, check: &str, site: &str);
    sim_receipt(provider: &str, what: &str);
    sim_stored(provider: &str, what: &str);
    sim_answered(provider: &str, what: &str);
    sim_distrusts(vantage: &str);
    sim_trusts(vantage: &str);
    sim_commanded(who: &str);
    sim_refused(message: &str);
    sim_unknown(message: &str);
    sim_foreign_answer(text: &str);
    sim_fenced_ok(site: &str);
    sim_fenced_not(site: &str);
    sim_started_ok(site: &str);
    sim_started_not(site: &str);
    sim_leads(epoch: u64);
    sim_lag_known(site: &str, lag: &str);
    sim_lag_unknown(site: &str);
    sim_site_number(number: usize);
}

/// The title of an example, and what it shows.
pub fn example(name: &str) -> Option<(Word, Word)> {
    Some(match name {
        "a-site-dies" => (SIM_A_SITE_DIES, SIM_A_SITE_DIES_SHOWS),
        "a-cloud-is-lost" => (SIM_A_CLOUD_IS_LOST, SIM_A_CLOUD_IS_LOST_SHOWS),
        "a-site-half-works" => (SIM_A_SITE_HALF_WORKS, SIM_A_SITE_HALF_WORKS_SHOWS),
        "a-vantage-lies" => (SIM_A_VANTAGE_LIES, SIM_A_VANTAGE_LIES_SHOWS),
        "the-watcher-loses-its-network" => {
            (SIM_THE_WATCHER_LOSES_ITS_NETWORK, SIM_THE_WATCHER_LOSES_ITS_NETWORK_SHOWS)
        }
        "the-watcher-dies-while-it-publishes" => {
            (SIM_THE_WATCHER_DIES_WHILE_IT_PUBLISHES, SIM_THE_WATCHER_DIES_WHILE_IT_PUBLISHES_SHOWS)
        }
        "three-watchers-lose-their-leader" => {
            (SIM_THREE_WATCHERS_LOSE_THEIR_LEADER, SIM_THREE_WATCHERS_LOSE_THEIR_LEADER_SHOWS)
        }
        "somebody-else-writes" => (SIM_SOMEBODY_ELSE_WRITES, SIM_SOMEBODY_ELSE_WRITES_SHOWS),
        "nothing-is-left" => (SIM_NOTHING_IS_LEFT, SIM_NOTHING_IS_LEFT_SHOWS),
        "the-way-back" => (SIM_THE_WAY_BACK, SIM_THE_WAY_BACK_SHOWS),
        "the-journal-breaks-while-a-watcher-starts" => (
            SIM_THE_JOURNAL_BREAKS_WHILE_A_WATCHER_STARTS,
            SIM_THE_JOURNAL_BREAKS_WHILE_A_WATCHER_STARTS_SHOWS,
        ),
        _ => return None,
    })
}

/// The name of a threshold; `key` is its name in the configuration.
pub fn knob(key: &str) -> String {
    let word = match key {
        "interval" => SIM_KNOB_INTERVAL,
        "fast_interval" => SIM_KNOB_FAST_INTERVAL,
        "timeout" => SIM_KNOB_TIMEOUT,
        "fall" => SIM_KNOB_FALL,
        "rise" => SIM_KNOB_RISE,
        "vantages" => SIM_KNOB_VANTAGES,
        "quorum" => SIM_KNOB_QUORUM,
        "freshness" => SIM_KNOB_FRESHNESS,
        "candidate_up_for" => SIM_KNOB_CANDIDATE_UP_FOR,
        "hold_down" => SIM_KNOB_HOLD_DOWN,
        "moves_max" => SIM_KNOB_MOVES_MAX,
        "latch" => SIM_KNOB_LATCH,
        "failback" => SIM_KNOB_FAILBACK,
        "on_all_down" => SIM_KNOB_ON_ALL_DOWN,
        "drift" => SIM_KNOB_DRIFT,
        "attempt_timeout" => SIM_KNOB_ATTEMPT_TIMEOUT,
        "ttl" => SIM_KNOB_TTL,
        "watchers" => SIM_KNOB_WATCHERS,
        _ => return key.to_owned(),
    };
    word.into()
}

pub fn watcher(number: u8, several: bool) -> String {
    if several { sim_watcher_number(number + 1) } else { SIM_WATCHER.into() }
}

pub fn lies(site: &str, up: bool) -> String {
    if up { sim_lies_up(site) } else { sim_lies_down(site) }
}

pub fn fall(failures: u64, window: Option<u8>) -> String {
    match window {
        Some(of) => sim_of_window(failures, of),
        None => in_a_row(failures),
    }
}

pub fn in_a_row(count: u64) -> String {
    if count == 1 { SIM_FIRST.into() } else { sim_several_in_a_row(count) }
}

/// A decision, in the fewest words.
pub fn decided(what: &Decided) -> String {
    let word = match what {
        Decided::Verdict { site, up: true } => return sim_decided_up(site),
        Decided::Verdict { site, up: false } => return sim_decided_down(site),
        Decided::Move { reason, to } => {
            let say = match reason {
                MoveKind::Failover => sim_decided_failover,
                MoveKind::Switchover => sim_decided_switchover,
                MoveKind::Forced => sim_decided_forced,
                MoveKind::Failback => sim_decided_failback,
                MoveKind::Repair => sim_decided_repair,
                _ => sim_decided_membership,
            };
            return say(&super::list(to));
        }
        Decided::Completed => SIM_DECIDED_COMPLETED,
        Decided::Abandoned => SIM_DECIDED_ABANDONED,
        Decided::Held => SIM_DECIDED_HELD,
        Decided::AllDown => SIM_DECIDED_ALL_DOWN,
        Decided::AllDownOver => SIM_DECIDED_ALL_DOWN_OVER,
        Decided::BudgetSpent => SIM_DECIDED_BUDGET,
        Decided::Latched => SIM_DECIDED_LATCHED,
        Decided::DriftSeen => SIM_DECIDED_DRIFT,
        Decided::Refused => SIM_DECIDED_REFUSED,
    };
    word.into()
}

/// How often it moved and would have.
pub fn moves(recorded: usize, other: usize) -> String {
    match (recorded, other) {
        (0, 0) => SIM_MOVES_NONE.into(),
        (_, 0) => sim_moves_not(recorded),
        (0, _) => sim_moves_only(other),
        _ if recorded == other => sim_moves_same(other),
        _ => sim_moves_differ(recorded, other),
    }
}

pub fn probed(vantage: &str, check: &str, site: &str, ok: bool) -> String {
    let say = if ok { sim_probed_well } else { sim_probed_fails };
    say(vantage, check, site)
}

pub fn isolated(vantage: &str, isolated: bool) -> String {
    if isolated { sim_distrusts(vantage) } else { sim_trusts(vantage) }
}

pub fn fenced(site: &str, ok: bool) -> String {
    if ok { sim_fenced_ok(site) } else { sim_fenced_not(site) }
}

pub fn started(site: &str, ok: bool) -> String {
    if ok { sim_started_ok(site) } else { sim_started_not(site) }
}

pub fn lag(site: &str, lag: Option<&str>) -> String {
    lag.map_or_else(|| sim_lag_unknown(site), |lag| sim_lag_known(site, lag))
}

pub fn journal(writable: bool) -> String {
    if writable { SIM_JOURNAL_OK.into() } else { SIM_JOURNAL_BROKEN.into() }
}
