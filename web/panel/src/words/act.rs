//! Sentences about what somebody is about to do.
use super::text::{Word, words};

words! {
    PLAN;
    CHECKED;
    PLAN_LOADING;
    PLAN_NOTHING;
    STALE_DRAFT;
    STALE_DRAFT_DETAIL;
    LOOK_AGAIN;
    SENDING;
    RETRY;
    switch_title(name: &str, to: &str);
    force_title(name: &str, to: &str);
    force_warning(to: &str);
    type_to_confirm(service: &str);
    switch_verb(name: &str, to: &str);
    force_verb(name: &str, to: &str);
    switch_back(site: &str);
    converges(secs: u32);
    DISARM_TITLE;
    DISARM_TEXT;
    MAINTENANCE_TEXT;
    MAINTENANCE_ACTIVE;
    FOR_HOW_LONG;
    PAUSE_SHORT;
    PAUSE_HOUR;
    PAUSE_HOURS;
    PAUSE_DAY;
    maintenance_title(site: &str);
    maintenance_until(who: &str, clock: &str);
    armed_since(who: &str, span: &str);
    disarmed_until_clock(who: &str, clock: &str);
    disarmed_by(who: &str);
    armed_services(armed: usize, all: usize);
    title(state: &str, page: &str);
}

/// The lengths of [`crate::model::plan::PAUSES`].
pub const PAUSES: [Word; 4] = [PAUSE_SHORT, PAUSE_HOUR, PAUSE_HOURS, PAUSE_DAY];

pub fn disarmed_until(who: &str, clock: Option<&str>) -> String {
    clock.map_or_else(|| disarmed_by(who), |clock| disarmed_until_clock(who, clock))
}
