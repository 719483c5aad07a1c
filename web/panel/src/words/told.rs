//! Events.
use super::text::words;

words! {
    THE_MACHINE;
    told_move(what: &str, who: &str);
    told_move_itself(what: &str);
    told_attempt(id: u64, attempt: u64, provider: &str);
    told_refused(id: u64, provider: &str, message: &str);
    told_unknown(id: u64, provider: &str, message: &str);
    told_applied(id: u64, provider: &str);
    told_already(id: u64, provider: &str);
    told_verified(id: u64, provider: &str);
    told_completed(id: u64);
    told_abandoned(id: u64, who: &str);
    told_split(id: u64, provider: &str);
    told_healed(id: u64, provider: &str);
    told_drift(provider: &str);
    told_drift_gone(provider: &str);
    TOLD_POLICY;
    told_adopted(sites: &str);
    told_verdict(site: &str, now: &str, was: &str);
    told_budget(moves: u32);
    TOLD_HELD;
    told_held(blockers: &str);
    TOLD_ALL_DOWN;
    TOLD_ALL_DOWN_OVER;
    told_isolated(vantage: &str);
    told_vantage_back(vantage: &str);
    told_leads(epoch: u64);
    told_leads_no_more(epoch: u64);
    told_latched_until(until: &str);
    TOLD_LATCHED;
    TOLD_LATCH_LIFTED;
    told_rearmed(who: &str);
    TOLD_PAUSE_OVER;
    told_armed(who: &str);
    told_disarmed_until(who: &str, until: &str);
    told_disarmed(who: &str);
    told_maintenance(who: &str, site: &str, until: &str);
    told_maintenance_over(site: &str);
    told_maintenance_off(who: &str, site: &str);
    told_fencing(site: &str);
    told_fenced(site: &str);
    told_not_fenced(site: &str);
    told_starting(site: &str);
    told_runs(site: &str);
    told_not_started(site: &str);
    told_acknowledged(who: &str);
    told_command_refused(who: &str, what: &str, why: &str);
    told_to_switch(site: &str);
    told_to_force(site: &str);
    TOLD_TO_FAIL_BACK;
    TOLD_TO_ARM;
    TOLD_TO_DISARM;
    TOLD_TO_REARM;
    told_to_maintain(site: &str);
    told_to_return(site: &str);
    told_to_abandon(id: u64);
    TOLD_TO_ACKNOWLEDGE;
    TOLD_TO_REPAIR;
    TOLD_TO_COMMAND;
    refused_stale(site: &str);
    refused_move_open(id: u64);
    REFUSED_NONE_ACTIVE;
    REFUSED_NO_SITE;
    REFUSED_ACTIVE;
    REFUSED_NOT_UP;
    REFUSED_MAINTENANCE;
    REFUSED_NO_MOVE;
    REFUSED_ALREADY;
    REFUSED_NOT_LEADER;
    REFUSED_NO_JOURNAL;
    REFUSED_NO_EXPIRY;
    REFUSED_NOTHING_BETTER;
    REFUSED_LAG;
    REFUSED_OTHERWISE;
}

/// A move and who has decided it; nobody: the machine.
pub fn decided(what: &str, who: Option<&str>) -> String {
    who.map_or_else(|| told_move_itself(what), |who| told_move(what, who))
}

/// A move that is not made, and what stands against it.
pub fn held(blockers: &[String]) -> String {
    if blockers.is_empty() { TOLD_HELD.into() } else { told_held(&blockers.join("; ")) }
}
