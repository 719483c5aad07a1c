//! Words of the records' page.
use super::text::words;

words! {
    RECORDS_ZONE;
    RECORDS_FILTER_HINT;
    RECORDS_ONLY_DIFFERING;
    RECORDS_NEW;
    RECORDS_AGAIN;
    RECORDS_READING;
    RECORDS_NONE;
    RECORDS_NO_ZONE;
    RECORDS_NAME;
    RECORDS_STATE;
    RECORDS_SAME;
    RECORDS_OWN;
    RECORDS_UNKNOWN;
    RECORDS_DIFFER;
    RECORDS_MISSING;
    RECORDS_VALUES;
    RECORDS_TTL;
    RECORDS_OPAQUE;
    RECORDS_ABSENT;
    RECORDS_UNREAD;
    RECORDS_PLAIN_NOT;
    RECORDS_EDIT;
    RECORDS_MORE;
    RECORDS_LINK;
    records_count_same(total: usize);
    records_count_apart(total: usize, differing: usize);
    records_ttl(ttl: u32);
    records_moved_by(service: &str);
    records_unread(provider: &str);
    records_edit_title(key: &str);
    records_new_title(zone: &str);
    RECORDS_NAME_FIELD;
    RECORDS_TYPE_FIELD;
    RECORDS_VALUES_FIELD;
    RECORDS_TTL_FIELD;
    records_take(provider: &str);
    RECORDS_WHERE;
    RECORDS_NOWHERE;
    RECORDS_REMOVE;
    RECORDS_REMOVE_HINT;
    RECORDS_APEX_HINT;
    RECORDS_PLAN_IT;
    RECORDS_PLANNING;
    RECORDS_NOTHING;
    records_limits(updates: u8, removals: u8, least: usize);
    RECORDS_APPLY;
    RECORDS_BACK;
    RECORDS_APPLYING;
    RECORDS_UNDO;
    RECORDS_UNDO_TITLE;
    RECORDS_FOUND;
    RECORDS_FOUND_NONE;
    RUN_WAITING;
    RUN_WRITING;
    RUN_PUBLISHING;
    RUN_DONE;
    RUN_REFUSED;
    RUN_PARTLY;
    RUN_UNKNOWN;
    DOCTOR;
    DOCTOR_ASK;
    DOCTOR_ASKING;
    DOCTOR_HINT;
    DOCTOR_WELL;
    DOCTOR_REMEDY;
    DOCTOR_NOW;
    doctor_ago(secs: u64);
    GRADE_CRITICAL;
    GRADE_WARNING;
    GRADE_NOTE;
    GRADE_GOOD;
}

pub fn records_count(total: usize, differing: usize) -> String {
    match differing {
        0 => records_count_same(total),
        _ => records_count_apart(total, differing),
    }
}

pub fn doctor_age(secs: u64) -> String {
    if secs < 2 { DOCTOR_NOW.to_owned() } else { doctor_ago(secs) }
}
