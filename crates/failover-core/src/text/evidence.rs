//! Votes in words: who said so, and by which checks.
use super::moment::span;
use super::names::{check, count, list};
use crate::event::{Evidence, Vote};
use crate::id::{CheckId, SiteId};
use crate::policy::PolicySpec;
use crate::time::Timestamp;
use crate::view::Verdict;
use std::collections::BTreeSet;

/// "2 of 3 vantages (http failed)".
pub(super) fn votes(
    spec: &PolicySpec,
    evidence: &Evidence,
    site: SiteId,
    verdict: Verdict,
) -> String {
    let agreeing: Vec<&Vote> = on(evidence, site).filter(|vote| vote.verdict == verdict).collect();
    let failed: BTreeSet<CheckId> =
        agreeing.iter().flat_map(|vote| vote.failed.iter().copied()).collect();
    let failed = if failed.is_empty() || verdict != Verdict::Down {
        String::new()
    } else {
        format!(" ({} failed)", list(failed.into_iter().map(|place| check(spec, place))))
    };
    format!("{} of {}{failed}", agreeing.len(), count(spec.vantages.len(), "vantage"))
}

/// "1 up, 1 down, 1 unknown".
pub(super) fn tally(evidence: &Evidence, site: SiteId) -> String {
    let words = [Verdict::Up, Verdict::Down, Verdict::Unknown].map(|verdict| {
        format!("{} {verdict}", on(evidence, site).filter(|vote| vote.verdict == verdict).count())
    });
    words.join(", ")
}

/// "up for 12 s", if it is known since when.
pub(super) fn up_for(evidence: &Evidence) -> String {
    let newest = evidence.votes.iter().map(|vote| vote.reported).max();
    match (evidence.candidate_up_since, newest) {
        (Some(since), Some(newest)) => format!("up for {}", span(whole(newest, since))),
        _ => "up".to_owned(),
    }
}

fn on(evidence: &Evidence, site: SiteId) -> impl Iterator<Item = &Vote> {
    evidence.votes.iter().filter(move |vote| vote.site == site)
}

/// Whole seconds are precise enough from the first one on.
fn whole(now: Timestamp, since: Timestamp) -> std::time::Duration {
    let time = now.since(since);
    if time.as_secs() > 0 { std::time::Duration::from_secs(time.as_secs()) } else { time }
}
