//! What the overview, the service's page and the activity say beside the rest.
use super::list;
use super::text::{Word, words};
use failover_core::Layer;

words! {
    LAYER_UNCHECKED;
    LAYER_BROKEN;
    LAYER_UNKNOWN;
    LAYER_PROXY;
    LAYER_APPLICATION;
    LAYER_DATABASE;
    NAME_SERVERS;
    LAYERS;
    layer_broken_at(layer: &str);
    TAIL_PROXY;
    TAIL_APPLICATION;
    TAIL_DATABASE;
    WATCHERS;
    WATCHER;
    THIS_WATCHER;
    ROLE;
    LEADS;
    FOLLOWS;
    NEVER_HEARD;
    PEER_SEES;
    PEER_BLIND;
    PEER_ISOLATED;
    PEER_SILENT;
    NOBODY_LEADS;
    heard(span: &str);
    watchers_lead(leader: &str, epoch: u64, alive: usize, all: usize);
    nobody_leads_for(span: &str);
    notice_alert_detail(span: &str);
    HISTORY;
    RANGE;
    RANGE_HOUR;
    RANGE_DAY;
    RANGE_WEEK;
    RANGE_MONTH;
    AS_TABLE;
    AS_PICTURE;
    HISTORY_AUTOMATION;
    STATE_FROM;
    STATE_LENGTH;
    STATE;
    SUBJECT;
    MOVING;
    ARMED_WORD;
    DISARMED_WORD;
    LATCHED_WORD;
    NO_MARKS;
    history_summary(name: &str, shares: &str);
    history_share(state: &str, span: &str);
    history_known_from(clock: &str);
    history_reading(state: &str, from: &str, span: &str);
    CURVE;
    MEASURED;
    EXPECTED;
    RESOLVER;
    ANSWERED;
    LARGEST_TTL;
    TIME_SINCE;
    STILL_OLD;
    NO_ANSWER;
    curve_summary(new: usize, answering: usize, span: &str, id: u64);
    CURVE_CONVERGED;
    CURVE_LIMIT;
    CURVE_REPLACED;
    CURVE_INTERRUPTED;
    curve_published(provider: &str, span: &str);
    curve_unpublished(provider: &str);
    extends_late(name: &str, seconds: u32);
    extends_ttl(name: &str, ttl: u32);
    new_after(span: &str);
    LOSSES;
    losses_none(site: &str, probes: u64);
    losses_some(site: &str, lost: u64, probes: u64, rate: &str, burst: &str);
    false_about(span: &str);
    false_least(span: &str);
    FALSE_NEVER;
    long_seconds(n: u64);
    long_minutes(n: u64);
    long_hours(n: u64);
    long_days(n: u64);
    long_years(n: u64);
    LONG_AGE;
    UNDO;
    undo_armed(service: &str);
    undo_disarmed_until(service: &str, until: &str);
    undo_disarmed_open(service: &str);
    undo_maintenance_on(site: &str, until: &str);
    undo_maintenance_off(site: &str);
    KIND;
    WHO;
    ANYBODY;
    SHOW_MORE;
    NO_OLDER;
    DOWNLOAD_JSONL;
    COPY_ALL;
    REPLAY;
    PERMALINK;
    KIND_MOVES;
    KIND_SITES;
    KIND_COMMANDS;
    KIND_DNS;
    KIND_WATCHERS;
    KIND_SERVERS;
    report_all(from: &str, to: &str);
    report_of(service: &str, from: &str, to: &str);
}

/// How far back one can look, in words.
pub const RANGES: [Word; 4] = [RANGE_HOUR, RANGE_DAY, RANGE_WEEK, RANGE_MONTH];
/// The groups of [`crate::model::activity::KINDS`].
pub const KINDS: [Word; 6] =
    [KIND_MOVES, KIND_SITES, KIND_COMMANDS, KIND_DNS, KIND_WATCHERS, KIND_SERVERS];

pub fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Proxy => LAYER_PROXY.text(),
        Layer::Application => LAYER_APPLICATION.text(),
        Layer::Database => LAYER_DATABASE.text(),
    }
}

pub fn layer_broken(which: Layer) -> String {
    layer_broken_at(layer(which))
}

pub fn tail_broken(which: Layer) -> String {
    match which {
        Layer::Proxy => TAIL_PROXY.into(),
        Layer::Application => TAIL_APPLICATION.into(),
        Layer::Database => TAIL_DATABASE.into(),
    }
}

pub fn history_shares(name: &str, shares: &[(String, String)]) -> String {
    let shares: Vec<String> =
        shares.iter().map(|(state, span)| history_share(state, span)).collect();
    history_summary(name, &list(&shares))
}

pub fn curve_end(end: &str) -> &'static str {
    match end {
        "converged" => CURVE_CONVERGED.text(),
        "limit" => CURVE_LIMIT.text(),
        "replaced" => CURVE_REPLACED.text(),
        _ => CURVE_INTERRUPTED.text(),
    }
}

pub fn losses(site: &str, lost: u64, probes: u64, burst: f64) -> String {
    if lost == 0 {
        return losses_none(site, probes);
    }
    let hundredths = (lost as f64 * 10_000.0 / probes.max(1) as f64) as u64;
    let rate = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    let burst = (burst * 10.0) as u64;
    losses_some(site, lost, probes, &rate, &format!("{}.{}", burst / 10, burst % 10))
}

pub fn false_failover(span: &str, exact: bool) -> String {
    if exact { false_about(span) } else { false_least(span) }
}

/// A very long time, as a person would say it.
pub fn years(seconds: f64) -> String {
    const DAY: f64 = 86_400.0;
    match seconds {
        s if s < 120.0 => long_seconds(s as u64),
        s if s < 7200.0 => long_minutes((s / 60.0) as u64),
        s if s < 2.0 * DAY => long_hours((s / 3600.0) as u64),
        s if s < 730.0 * DAY => long_days((s / DAY) as u64),
        s if s < 365e6 * DAY => long_years((s / (365.0 * DAY)) as u64),
        _ => LONG_AGE.into(),
    }
}

pub fn undo_disarmed(service: &str, until: Option<&str>) -> String {
    match until {
        Some(until) => undo_disarmed_until(service, until),
        None => undo_disarmed_open(service),
    }
}

pub fn report_title(service: Option<&str>, from: &str, to: &str) -> String {
    let title = match service {
        Some(service) => report_of(service, from, to),
        None => report_all(from, to),
    };
    format!("## {title}")
}
