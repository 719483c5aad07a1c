//! How far a site's database lags behind the site that serves, from what both say of themselves.
//!
//! What counts is what would be lost by moving: everything the serving database has committed and
//! the other one lacks. So the positions of both are compared, as they were at one moment, and the
//! distance is told in time: since when has something been missing? That needs no running
//! replication and stays true when the serving database dies, which is when it is needed: what it
//! had committed when it was last asked is known. Only where there are no positions to compare, and
//! the serving database answers, does a database's own opinion count, which sees nothing of what has
//! not arrived yet.
use std::collections::VecDeque;
use std::time::{Duration, Instant};

use failover_core::{SiteId, SiteSet};
use health::{Database, Outcome, Position, Problem};

/// Changes of a position that are kept per site; at two a second, more than half an hour.
const CHANGES_MAX: usize = 4096;

/// What the databases behind the sites of one service have said.
#[derive(Clone, Debug)]
pub(crate) struct Lags {
    sites: Vec<Seen>,
    /// An answer that is older counts for nothing.
    freshness: Duration,
}

/// What one database has said.
#[derive(Clone, Debug, Default)]
struct Seen {
    latest: Option<Look>,
    /// Each position it was in, oldest first.
    changes: VecDeque<Stay>,
    /// When it was last heard of, be it that it let nobody in: until then it may have committed.
    alive: Option<Instant>,
}

#[derive(Clone, Debug)]
struct Look {
    at: Span,
    database: Database,
}

/// A position, and when it was seen there first and last.
#[derive(Clone, Debug)]
struct Stay {
    first: Span,
    last: Span,
    position: Position,
}

/// From the start of a probe to its end; the answer was given somewhere between.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: Instant,
    end: Instant,
}

impl Lags {
    pub(crate) fn new(sites: usize, freshness: Duration) -> Self {
        Self { sites: vec![Seen::default(); sites], freshness }
    }

    /// Takes in a probe of the database behind `site`.
    pub(crate) fn hear(&mut self, site: SiteId, started: Instant, outcome: &Outcome) {
        let Some(seen) = self.sites.get_mut(site.index()) else { return };
        let at = Span { start: started, end: started + outcome.elapsed };
        let silent = matches!(
            outcome.problem,
            Some(
                Problem::Refused
                    | Problem::TimedOut { .. }
                    | Problem::Unreachable { .. }
                    | Problem::Broken { .. }
                    | Problem::NotRun { .. }
            )
        );
        if outcome.database.is_some() || !silent {
            seen.alive = seen.alive.max(Some(at.end));
        }
        let Some(database) = &outcome.database else { return };
        // Overlapping probes end out of order.
        if seen.latest.as_ref().is_some_and(|latest| latest.at.start > started) {
            return;
        }
        match seen.changes.back_mut() {
            Some(stay) if stay.position == database.position => stay.last = at,
            _ => {
                let position = database.position.clone();
                seen.changes.push_back(Stay { first: at, last: at, position });
                if seen.changes.len() > CHANGES_MAX {
                    seen.changes.pop_front();
                }
            }
        }
        seen.latest = Some(Look { at, database: database.clone() });
    }

    /// How far the database behind `site` lags behind those of `serving`; `None`: nobody knows.
    pub(crate) fn of(&self, site: SiteId, serving: SiteSet, now: Instant) -> Option<Duration> {
        let here = self.sites.get(site.index())?.fresh(now, self.freshness)?;
        let others: Vec<SiteId> = serving.iter().filter(|other| *other != site).collect();
        if others.is_empty() {
            // It serves alone: nothing can be lost by staying.
            return serving.contains(site).then_some(Duration::ZERO);
        }
        let mut most = Duration::ZERO;
        for other in others {
            let there = self.sites.get(other.index())?;
            // A database that believes to be connected to a dead one does so for up to
            // `slave_net_timeout`, a minute, and calls itself up to date all the while.
            let opinion = || there.fresh(now, self.freshness).and_then(|_| here.opinion());
            most = most.max(there.missing_at(here).or_else(opinion)?);
        }
        Some(most)
    }
}

impl Seen {
    fn fresh(&self, now: Instant, freshness: Duration) -> Option<&Look> {
        let latest = self.latest.as_ref()?;
        (now.saturating_duration_since(latest.at.start) <= freshness).then_some(latest)
    }

    /// Since when something that was committed here has been missing at `there`; zero if nothing
    /// is. What was committed here after `there` was asked is not held against it: the next probe
    /// sees it.
    fn missing_at(&self, there: &Look) -> Option<Duration> {
        let known = |stay: &&Stay| stay.first.end <= there.at.start && !stay.position.is_empty();
        let mut known = self.changes.iter().filter(known).peekable();
        known.peek()?;
        let mut before: Option<Instant> = None;
        let mut since: Option<Option<Instant>> = None;
        for stay in known {
            if there.database.lacks(&stay.position)? > 0 {
                since = Some(before);
                break;
            }
            before = Some(stay.last.start);
        }
        let until = self.alive?;
        match since {
            // It was committed after the latest position that is there.
            Some(Some(since)) => Some(until.saturating_duration_since(since)),
            // It is missing since before anybody looked.
            Some(None) => None,
            // Nothing is missing of what is known. Whoever has been heard of since then, without
            // saying its position, may have committed more.
            None => {
                let latest = self.latest.as_ref()?.at.end;
                Some(until.saturating_duration_since(latest))
            }
        }
    }
}

impl Look {
    /// How far it is behind in its own opinion; the heartbeat is the better one.
    fn opinion(&self) -> Option<Duration> {
        let all_run = self.database.behind();
        self.database.heartbeat.filter(|_| all_run.is_some()).or(all_run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: SiteId = SiteId(0);
    const B: SiteId = SiteId(1);

    /// Two databases whose probes take no time, and a clock in tenths of a second.
    struct Two {
        lags: Lags,
        zero: Instant,
    }

    impl Two {
        fn new() -> Self {
            let zero = Instant::now() + Duration::from_secs(1000);
            Self { lags: Lags::new(2, Duration::from_secs(3)), zero }
        }

        fn at(&self, tenths: u64) -> Instant {
            self.zero + Duration::from_millis(100 * tenths)
        }

        /// A, which serves, says that it has committed this.
        fn a_is_at(&mut self, tenths: u64, position: &str) {
            let position = Position::parse([position]);
            let said = database(1, &position, &Position::default(), &[]);
            self.hear(A, tenths, said);
        }

        /// B says that it has replicated this, and what its connections are like.
        fn b_has(&mut self, tenths: u64, replicated: &str, connections: &[serde_json::Value]) {
            let replicated = Position::parse([replicated]);
            self.hear(B, tenths, database(2, &replicated, &replicated, connections));
        }

        fn hear(&mut self, site: SiteId, tenths: u64, outcome: serde_json::Value) {
            let outcome: Outcome = serde_json::from_value(outcome).expect("an outcome");
            self.lags.hear(site, self.at(tenths), &outcome);
        }

        fn a_fails(&mut self, tenths: u64, problem: serde_json::Value) {
            let said = serde_json::json!({
                "problem": problem, "elapsed": {"secs": 0, "nanos": 0}, "warnings": []
            });
            self.hear(A, tenths, said);
        }

        /// B's lag in tenths of a second.
        fn lag(&self, tenths: u64) -> Option<u128> {
            let lag = self.lags.of(B, SiteSet::one(A), self.at(tenths))?;
            Some(lag.as_millis() / 100)
        }
    }

    fn database(
        id: u32,
        position: &Position,
        replicated: &Position,
        connections: &[serde_json::Value],
    ) -> serde_json::Value {
        serde_json::json!({
            "problem": null, "elapsed": {"secs": 0, "nanos": 0}, "warnings": [],
            "database": {
                "version": "10.11.19-MariaDB", "server_id": id, "read_only": false,
                "position": position, "replicated": replicated,
                "connections": connections, "heartbeat": null
            }
        })
    }

    fn behind(secs: u64) -> serde_json::Value {
        serde_json::json!({
            "name": "", "from": "a:3306", "io": "Yes", "sql": "Yes", "io_error": null,
            "sql_error": null, "behind": {"secs": secs, "nanos": 0},
            "delay": {"secs": 0, "nanos": 0}, "tls": true
        })
    }

    #[test]
    fn a_database_that_has_everything_does_not_lag() {
        let mut two = Two::new();
        two.a_is_at(0, "1-1-5");
        two.b_has(1, "1-1-5", &[]);
        assert_eq!(two.lag(2), Some(0));
    }

    #[test]
    fn a_lag_counts_from_the_last_moment_at_which_nothing_was_missing() {
        let mut two = Two::new();
        two.a_is_at(0, "1-1-5");
        two.b_has(1, "1-1-5", &[]);
        for tenths in (2..60).step_by(5) {
            two.a_is_at(tenths, &format!("1-1-{}", 10 + tenths));
            two.b_has(tenths + 1, "1-1-5", &[]);
        }
        // Everything after number 5, which A was last seen at when it began.
        assert_eq!(two.lag(59), Some(57));
    }

    #[test]
    fn what_was_committed_after_a_database_was_asked_is_not_held_against_it() {
        let mut two = Two::new();
        two.a_is_at(0, "1-1-5");
        two.b_has(1, "1-1-5", &[]);
        two.a_is_at(2, "1-1-6");
        assert_eq!(two.lag(3), Some(0));
        two.b_has(4, "1-1-5", &[]);
        assert_eq!(two.lag(5), Some(2), "but then it is");
        two.b_has(6, "1-1-6", &[]);
        assert_eq!(two.lag(7), Some(0));
    }

    #[test]
    fn a_quiet_time_before_what_is_missing_is_no_lag() {
        let mut two = Two::new();
        for tenths in 0..600 {
            two.a_is_at(tenths, "1-1-5");
        }
        two.b_has(600, "1-1-5", &[]);
        two.a_is_at(601, "1-1-6");
        two.b_has(602, "1-1-5", &[]);
        assert_eq!(two.lag(602), Some(2));
    }

    #[test]
    fn the_death_of_the_serving_database_makes_a_lag_neither_larger_nor_unknown() {
        let mut two = Two::new();
        two.a_is_at(0, "1-1-5");
        two.b_has(1, "1-1-5", &[]);
        for tenths in 2..100 {
            two.a_fails(tenths, serde_json::json!("refused"));
            two.b_has(tenths, "1-1-5", &[]);
        }
        assert_eq!(two.lag(100), Some(0));
    }

    #[test]
    fn a_serving_database_that_lives_on_unseen_may_have_committed_more() {
        let mut two = Two::new();
        two.a_is_at(0, "1-1-5");
        two.b_has(1, "1-1-5", &[]);
        for tenths in 2..50 {
            let denied = serde_json::json!({"database": {"message": "access denied"}});
            two.a_fails(tenths, denied);
            two.b_has(tenths, "1-1-5", &[]);
        }
        assert_eq!(two.lag(50), Some(49));
    }

    #[test]
    fn nobody_knows_the_lag_of_a_database_that_does_not_answer_any_more() {
        let mut two = Two::new();
        two.a_is_at(0, "1-1-5");
        two.b_has(1, "1-1-5", &[]);
        assert_eq!(two.lag(31), Some(0));
        assert_eq!(two.lag(32), None);
    }

    #[test]
    fn nobody_knows_how_far_a_database_is_behind_one_that_was_never_seen() {
        let mut two = Two::new();
        two.b_has(1, "1-1-5", &[behind(0)]);
        assert_eq!(two.lag(2), None, "its own opinion sees nothing of what has not arrived");
    }

    #[test]
    fn what_has_been_missing_since_before_anybody_looked_is_asked_of_the_database_itself() {
        let mut two = Two::new();
        two.a_is_at(0, "1-1-900");
        two.b_has(1, "1-1-5", &[behind(1200)]);
        assert_eq!(two.lag(2), Some(12_000));
        two.b_has(2, "1-1-5", &[]);
        assert_eq!(two.lag(3), None, "without replication nobody knows");
    }

    #[test]
    fn who_serves_alone_has_nothing_to_lag_behind() {
        let mut two = Two::new();
        two.a_is_at(0, "1-1-5");
        assert_eq!(two.lags.of(A, SiteSet::one(A), two.at(1)), Some(Duration::ZERO));
    }
}
