//! Words of the notifications' page.
use super::text::words;

words! {
    TOLD_CHANNELS;
    TOLD_NO_CHANNELS;
    TOLD_DELIVERS;
    TOLD_FAILS;
    TOLD_TEST;
    TOLD_TESTING;
    TOLD_QUIET;
    TOLD_NO_REMINDER;
    TOLD_EVERYTHING;
    TOLD_LEAST_WARNING;
    TOLD_LEAST_CRITICAL;
    told_services(names: &str);
    told_reminds(span: &str);
    told_n_delivered(n: u64);
    told_n_waiting(n: u64);
    told_n_lost(n: u64);
    told_arrived(millis: u64);
    told_failed_again(why: &str);
    told_failed_for_good(why: &str);
    TOLD_LOG;
    TOLD_NONE;
    TOLD_CHANNEL;
    TOLD_ALL_CHANNELS;
    TOLD_DELIVERY;
    TOLD_ALL;
    TOLD_WAITING;
    TOLD_DELIVERED;
    TOLD_REFUSED;
    TOLD_GIVEN_UP;
    TOLD_RAISED;
    TOLD_REMINDER;
    TOLD_OVER;
    TOLD_NOTE;
    TOLD_WATCHER;
    told_tries(tries: u32);
    SWITCH;
    SWITCH_NONE;
    SWITCH_REACHED;
    SWITCH_UNREACHED;
    SWITCH_WAITING;
    switch_pinged(span: &str);
    switch_said(problem: &str);
    INBOX;
    INBOX_HINT;
    INBOX_EMPTY;
    INBOX_UNSIGNED;
}

pub fn told_counts(delivered: u64, waiting: u64, lost: u64) -> String {
    let mut parts = vec![told_n_delivered(delivered)];
    if waiting > 0 {
        parts.push(told_n_waiting(waiting));
    }
    if lost > 0 {
        parts.push(told_n_lost(lost));
    }
    parts.join(", ")
}

pub fn told_failed(why: &str, again: bool) -> String {
    if again { told_failed_again(why) } else { told_failed_for_good(why) }
}
