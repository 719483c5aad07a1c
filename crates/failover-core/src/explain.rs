//! Checks the evidence of a move again: was its guard really met?
use crate::event::{Event, Evidence, MoveKind};
use crate::id::{SiteId, SiteSet};
use crate::policy::PolicySpec;
use crate::time::Timestamp;
use crate::view::Verdict;

/// Re-validates a recorded move: says what its evidence lacks, if anything.
///
/// `at` is when the event was recorded. Moves commanded by humans need no evidence; an automatic
/// failover needs a quorum of the configured vantages that says *down* of every site it leaves, and
/// one that says *up* of the site it goes to, for as long as the policy asks.
pub fn explain(spec: &PolicySpec, at: Timestamp, event: &Event) -> Result<(), String> {
    let Event::MoveStarted { reason, from, to, evidence, .. } = event else { return Ok(()) };
    let all = SiteSet::first(spec.sites.len());
    if to.is_empty() || !to.is_subset(all) {
        return Err("it publishes nothing, or something that is not configured".to_owned());
    }
    if *reason != MoveKind::Failover {
        return Ok(());
    }
    for site in from.iter() {
        agree(spec, evidence, site, Verdict::Down)?;
    }
    for site in to.iter() {
        agree(spec, evidence, site, Verdict::Up)?;
    }
    let up_for = evidence.candidate_up_since.map(|since| at.since(since));
    if up_for.is_none_or(|time| time < spec.candidate_up_for) {
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

fn agree(
    spec: &PolicySpec,
    evidence: &Evidence,
    site: SiteId,
    verdict: Verdict,
) -> Result<(), String> {
    let mut agreeing: Vec<_> = evidence
        .votes
        .iter()
        .filter(|vote| vote.site == site && vote.verdict == verdict)
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
