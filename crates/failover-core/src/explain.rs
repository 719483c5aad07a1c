//! Checks the evidence of a move again: was its guard really met?
use crate::command::Actor;
use crate::event::{Event, Evidence, MoveKind};
use crate::id::{SiteId, SiteSet};
use crate::policy::{Failback, PolicySpec};
use crate::time::Timestamp;
use crate::view::Verdict;
use std::time::Duration;

/// Re-validates a recorded move: says what its evidence lacks, if anything.
///
/// `at` is when the event was recorded. Moves commanded by humans need no evidence. An automatic
/// failover needs a quorum of the configured vantages that freshly says *down* of every site it
/// leaves, and one that says *up* of the site it goes to, for as long as the policy asks. An
/// automatic failback needs the latter. A change of members needs a quorum for at least one site
/// that it publishes, or one that says *down* of every site.
pub fn explain(spec: &PolicySpec, at: Timestamp, event: &Event) -> Result<(), String> {
    let Event::MoveStarted { reason, from, to, who, evidence, .. } = event else { return Ok(()) };
    let all = SiteSet::first(spec.sites.len());
    if to.is_empty() || !to.is_subset(all) {
        return Err("it publishes nothing, or something that is not configured".to_owned());
    }
    if *who != Actor::machine() {
        return Ok(());
    }
    let grounds = Grounds { spec, at, evidence };
    match reason {
        MoveKind::Failover => {
            from.iter().try_for_each(|site| grounds.agree(site, Verdict::Down))?;
            grounds.proven(*to, spec.candidate_up_for)
        }
        MoveKind::Failback => {
            let Failback::Auto { stable_for } = spec.failback else {
                return Err("the policy leaves the way back to humans".to_owned());
            };
            grounds.proven(*to, spec.candidate_up_for.max(stable_for))
        }
        MoveKind::Membership => {
            let some_up = to.iter().any(|site| grounds.agree(site, Verdict::Up).is_ok());
            if some_up {
                return Ok(());
            }
            all.iter().try_for_each(|site| grounds.agree(site, Verdict::Down))
        }
        MoveKind::Switchover | MoveKind::Forced => Err("only humans do that".to_owned()),
        MoveKind::Repair => Ok(()),
    }
}

struct Grounds<'a> {
    spec: &'a PolicySpec,
    at: Timestamp,
    evidence: &'a Evidence,
}

impl Grounds<'_> {
    /// A quorum says *up* of all these sites, and has for `time`; the database is close enough.
    fn proven(&self, sites: SiteSet, time: Duration) -> Result<(), String> {
        let Self { spec, at, evidence } = self;
        sites.iter().try_for_each(|site| self.agree(site, Verdict::Up))?;
        let up_for = evidence.candidate_up_since.map(|since| at.since(since));
        if up_for.is_none_or(|up_for| up_for < time) {
            return Err("the target had not been up for long enough".to_owned());
        }
        match (spec.lag_max, evidence.lag_ms) {
            (Some(_), None) => Err("nobody knew how far the target's database lagged".to_owned()),
            (Some(most), Some(lag)) if u128::from(lag) > most.as_millis() => {
                Err("the target's database lagged too far".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Enough vantages have said so, each by a report that is not too old.
    fn agree(&self, site: SiteId, verdict: Verdict) -> Result<(), String> {
        let Self { spec, at, evidence } = self;
        let mut agreeing: Vec<_> = evidence
            .votes
            .iter()
            .filter(|vote| vote.site == site && vote.verdict == verdict)
            .filter(|vote| at.since(vote.reported) < spec.freshness)
            .map(|vote| vote.vantage)
            .filter(|vantage| vantage.index() < spec.vantages.len())
            .collect();
        agreeing.sort_unstable();
        agreeing.dedup();
        if agreeing.len() >= usize::from(spec.quorum) {
            return Ok(());
        }
        Err(format!(
            "{} of {} vantages said {verdict} of site {}; {} must",
            agreeing.len(),
            spec.vantages.len(),
            site.index(),
            spec.quorum
        ))
    }
}
