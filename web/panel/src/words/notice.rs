//! What wants a decision.
use super::text::words;

words! {
    NOTICE_JOURNAL;
    NOTICE_ALL_DOWN;
    NOTICE_ALL_DOWN_DETAIL;
    NOTICE_ALARM;
    NOTICE_ALARM_DETAIL;
    NOTICE_DISARMED;
    NOTICE_BLIND_DETAIL;
    NOTICE_TRIPPED;
    NOT_BACK_DOWN;
    NOT_BACK_MAINTENANCE;
    NOT_BACK_UNKNOWN;
    NOT_BACK_YET;
    notice_not_back(active: &str, preferred: &str);
    notice_journal_detail(problem: &str);
    notice_drift(providers: &str);
    notice_drift_detail(span: &str);
    notice_latched(site: &str);
    notice_latched_since(since: &str);
    notice_latched_lifts(wait: &str);
    notice_way_back(site: &str);
    notice_way_back_detail(better: &str, active: &str);
    notice_disarmed_until(who: &str, until: &str);
    notice_blind(vantages: &str);
}

pub fn notice_latched_detail(since: &str, until: Option<&str>) -> String {
    match until {
        Some(wait) => format!("{} {}", notice_latched_since(since), notice_latched_lifts(wait)),
        None => notice_latched_since(since),
    }
}

pub fn notice_disarmed_detail(who: &str, until: Option<&str>) -> String {
    until.map_or_else(|| NOTICE_TRIPPED.into(), |until| notice_disarmed_until(who, until))
}
