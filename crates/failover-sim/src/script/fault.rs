//! Faults as lines of a script.
use failover_core::{PolicySpec, ProviderId, VantageId};

use super::words::{
    check, number, provider, read_check, read_provider, read_site, read_sites, read_time,
    read_vantage, site, sites, time, vantage,
};
use super::wrong::{Noun, ScriptWrong};
use crate::world::{
    Compute, Disk, Fault, Foreign, Order, ProviderTrouble, Serves, VantageTrouble, WatcherTrouble,
};

/// Reads what stands behind the time.
pub(super) fn read(spec: &PolicySpec, words: &[&str]) -> Result<Fault, ScriptWrong> {
    Ok(match words {
        ["site", at, how @ ..] => read_site_fault(spec, at, how)?,
        ["lag", at, "unknown"] => Fault::Lag { site: read_site(spec, at)?, lag: None },
        ["lag", at, lag] => Fault::Lag { site: read_site(spec, at)?, lag: Some(read_time(lag)?) },
        ["compute", "works"] => Fault::Compute(Compute::Works),
        ["compute", "fails"] => Fault::Compute(Compute::Fails),
        ["compute", "silent"] => Fault::Compute(Compute::Silent),
        ["vantage", at, how @ ..] => Fault::Vantage {
            vantage: read_vantage(spec, at)?,
            trouble: read_vantage_trouble(spec, how)?,
        },
        ["group", group, "loses", share] => {
            Fault::Group { group: number(group)?, per_mille: number(share)? }
        }
        ["provider", at, how @ ..] => Fault::Provider {
            provider: read_provider(spec, at)?,
            trouble: read_provider_trouble(how)?,
        },
        ["foreign", at, what] => {
            let content = match *what {
                "other" => Foreign::Other,
                "nothing" => Foreign::Nothing,
                names => Foreign::Sites(read_sites(spec, names)?),
            };
            Fault::Foreign { provider: read_provider(spec, at)?, content }
        }
        ["watcher", at, how @ ..] => {
            Fault::Watcher { watcher: number(at)?, trouble: read_watcher_trouble(how)? }
        }
        ["journal", "works"] => Fault::Journal(Disk::Works),
        ["journal", "broken"] => Fault::Journal(Disk::Broken),
        ["journal", "slow", by] => Fault::Journal(Disk::Slow(read_time(by)?)),
        ["operator", what @ ..] => Fault::Operator(read_order(spec, what)?),
        ["calm"] => Fault::Calm,
        _ => return Err(ScriptWrong::Fault(words.join(" "))),
    })
}

fn no_such(of: Noun, words: &[&str]) -> ScriptWrong {
    ScriptWrong::Trouble(of, words.join(" "))
}

fn read_site_fault(spec: &PolicySpec, at: &str, how: &[&str]) -> Result<Fault, ScriptWrong> {
    let (how, check) = match how {
        [how @ .., "on", name] => (how, Some(read_check(spec, name)?)),
        how => (how, None),
    };
    let serves = match how {
        ["well"] => Serves::Well,
        ["refuses"] => Serves::Refuses,
        ["silent"] => Serves::Silent,
        ["fails", share] => Serves::Partly(number(share)?),
        _ => return Err(no_such(Noun::Site, how)),
    };
    Ok(Fault::Site { site: read_site(spec, at)?, check, serves })
}

fn read_vantage_trouble(spec: &PolicySpec, how: &[&str]) -> Result<VantageTrouble, ScriptWrong> {
    Ok(match how {
        ["loses", share] => VantageTrouble::Loses(number(share)?),
        ["delays", by] => VantageTrouble::Delays(read_time(by)?),
        ["cut"] => VantageTrouble::Cut(true),
        ["joined"] => VantageTrouble::Cut(false),
        ["mute"] => VantageTrouble::Mute(true),
        ["heard"] => VantageTrouble::Mute(false),
        ["sees", at, "up"] => VantageTrouble::Sees(read_site(spec, at)?, Some(true)),
        ["sees", at, "down"] => VantageTrouble::Sees(read_site(spec, at)?, Some(false)),
        ["sees", at, "truly"] => VantageTrouble::Sees(read_site(spec, at)?, None),
        ["jumps", by] => VantageTrouble::Jumps(number(by)?),
        ["drifts", by] => VantageTrouble::Drifts(number(by)?),
        ["sleeps", how_long] => VantageTrouble::Sleeps(read_time(how_long)?),
        _ => return Err(no_such(Noun::Vantage, how)),
    })
}

fn read_provider_trouble(how: &[&str]) -> Result<ProviderTrouble, ScriptWrong> {
    Ok(match how {
        ["errs", share] => ProviderTrouble::Errs(number(share)?),
        ["doubts", share] => ProviderTrouble::Doubts(number(share)?),
        ["stalls", share, by] => ProviderTrouble::Stalls(number(share)?, read_time(by)?),
        ["delays", by] => ProviderTrouble::Delays(read_time(by)?),
        ["down"] => ProviderTrouble::Down(true),
        ["up"] => ProviderTrouble::Down(false),
        ["publishes", within] => ProviderTrouble::Publishes(read_time(within)?),
        ["silent"] => ProviderTrouble::Silent(true),
        ["answers"] => ProviderTrouble::Silent(false),
        _ => return Err(no_such(Noun::Provider, how)),
    })
}

fn read_watcher_trouble(how: &[&str]) -> Result<WatcherTrouble, ScriptWrong> {
    Ok(match how {
        ["crashes", "for", down] => WatcherTrouble::Crashes { after: None, down: read_time(down)? },
        ["crashes", "after", outputs, "for", down] => {
            WatcherTrouble::Crashes { after: Some(number(outputs)?), down: read_time(down)? }
        }
        ["stops", how_long] => WatcherTrouble::Stops(read_time(how_long)?),
        ["suspended", how_long] => WatcherTrouble::Suspended(read_time(how_long)?),
        ["parted"] => WatcherTrouble::Parted(true),
        ["joined"] => WatcherTrouble::Parted(false),
        ["drifts", by] => WatcherTrouble::Drifts(number(by)?),
        _ => return Err(no_such(Noun::Watcher, how)),
    })
}

fn read_order(spec: &PolicySpec, what: &[&str]) -> Result<Order, ScriptWrong> {
    Ok(match what {
        ["switches", from, to] => Order::Switch(read_site(spec, from)?, read_site(spec, to)?),
        ["forces", from, to] => Order::Force(read_site(spec, from)?, read_site(spec, to)?),
        ["fails", "back"] => Order::FailBack,
        ["arms"] => Order::Arm,
        ["disarms", how_long] => Order::Disarm(read_time(how_long)?),
        ["re-arms"] => Order::Rearm,
        ["maintains", at, how_long] => Order::Maintain(read_site(spec, at)?, read_time(how_long)?),
        ["returns", at] => Order::Return(read_site(spec, at)?),
        ["abandons"] => Order::Abandon,
        ["acknowledges"] => Order::Acknowledge,
        ["repairs"] => Order::Repair,
        _ => return Err(ScriptWrong::Order(what.join(" "))),
    })
}

/// The line of a fault, without its time.
pub(super) fn write(spec: &PolicySpec, fault: &Fault) -> String {
    match fault {
        Fault::Site { site: at, check: on, serves } => {
            let how = match serves {
                Serves::Well => "well".to_owned(),
                Serves::Refuses => "refuses".to_owned(),
                Serves::Silent => "silent".to_owned(),
                Serves::Partly(share) => format!("fails {share}"),
            };
            let on = on.map(|on| format!(" on {}", check(spec, on))).unwrap_or_default();
            format!("site {} {how}{on}", site(spec, *at))
        }
        Fault::Lag { site: at, lag } => {
            let lag = lag.map_or("unknown".to_owned(), time);
            format!("lag {} {lag}", site(spec, *at))
        }
        Fault::Compute(Compute::Works) => "compute works".to_owned(),
        Fault::Compute(Compute::Fails) => "compute fails".to_owned(),
        Fault::Compute(Compute::Silent) => "compute silent".to_owned(),
        Fault::Vantage { vantage, trouble } => write_vantage(spec, *vantage, *trouble),
        Fault::Group { group, per_mille } => format!("group {group} loses {per_mille}"),
        Fault::Provider { provider, trouble } => write_provider(spec, *provider, *trouble),
        Fault::Foreign { provider: at, content } => {
            let what = match content {
                Foreign::Other => "other".to_owned(),
                Foreign::Nothing => "nothing".to_owned(),
                Foreign::Sites(set) => sites(spec, *set),
            };
            format!("foreign {} {what}", provider(spec, *at))
        }
        Fault::Watcher { watcher, trouble } => write_watcher(*watcher, *trouble),
        Fault::Journal(Disk::Works) => "journal works".to_owned(),
        Fault::Journal(Disk::Broken) => "journal broken".to_owned(),
        Fault::Journal(Disk::Slow(by)) => format!("journal slow {}", time(*by)),
        Fault::Operator(order) => format!("operator {}", write_order(spec, *order)),
        Fault::Calm => "calm".to_owned(),
    }
}

fn write_vantage(spec: &PolicySpec, at: VantageId, trouble: VantageTrouble) -> String {
    let how = match trouble {
        VantageTrouble::Loses(share) => format!("loses {share}"),
        VantageTrouble::Delays(by) => format!("delays {}", time(by)),
        VantageTrouble::Cut(true) => "cut".to_owned(),
        VantageTrouble::Cut(false) => "joined".to_owned(),
        VantageTrouble::Mute(true) => "mute".to_owned(),
        VantageTrouble::Mute(false) => "heard".to_owned(),
        VantageTrouble::Sees(at, sees) => {
            let sees = sees.map_or("truly", |up| if up { "up" } else { "down" });
            format!("sees {} {sees}", site(spec, at))
        }
        VantageTrouble::Jumps(by) => format!("jumps {by}"),
        VantageTrouble::Drifts(by) => format!("drifts {by}"),
        VantageTrouble::Sleeps(how_long) => format!("sleeps {}", time(how_long)),
    };
    format!("vantage {} {how}", vantage(spec, at))
}

fn write_provider(spec: &PolicySpec, at: ProviderId, trouble: ProviderTrouble) -> String {
    let how = match trouble {
        ProviderTrouble::Errs(share) => format!("errs {share}"),
        ProviderTrouble::Doubts(share) => format!("doubts {share}"),
        ProviderTrouble::Stalls(share, by) => format!("stalls {share} {}", time(by)),
        ProviderTrouble::Delays(by) => format!("delays {}", time(by)),
        ProviderTrouble::Down(true) => "down".to_owned(),
        ProviderTrouble::Down(false) => "up".to_owned(),
        ProviderTrouble::Publishes(within) => format!("publishes {}", time(within)),
        ProviderTrouble::Silent(true) => "silent".to_owned(),
        ProviderTrouble::Silent(false) => "answers".to_owned(),
    };
    format!("provider {} {how}", provider(spec, at))
}

fn write_watcher(at: u8, trouble: WatcherTrouble) -> String {
    let how = match trouble {
        WatcherTrouble::Crashes { after: None, down } => format!("crashes for {}", time(down)),
        WatcherTrouble::Crashes { after: Some(after), down } => {
            format!("crashes after {after} for {}", time(down))
        }
        WatcherTrouble::Stops(how_long) => format!("stops {}", time(how_long)),
        WatcherTrouble::Suspended(how_long) => format!("suspended {}", time(how_long)),
        WatcherTrouble::Parted(true) => "parted".to_owned(),
        WatcherTrouble::Parted(false) => "joined".to_owned(),
        WatcherTrouble::Drifts(by) => format!("drifts {by}"),
    };
    format!("watcher {at} {how}")
}

fn write_order(spec: &PolicySpec, order: Order) -> String {
    match order {
        Order::Switch(from, to) => format!("switches {} {}", site(spec, from), site(spec, to)),
        Order::Force(from, to) => format!("forces {} {}", site(spec, from), site(spec, to)),
        Order::FailBack => "fails back".to_owned(),
        Order::Arm => "arms".to_owned(),
        Order::Disarm(how_long) => format!("disarms {}", time(how_long)),
        Order::Rearm => "re-arms".to_owned(),
        Order::Maintain(at, how_long) => format!("maintains {} {}", site(spec, at), time(how_long)),
        Order::Return(at) => format!("returns {}", site(spec, at)),
        Order::Abandon => "abandons".to_owned(),
        Order::Acknowledge => "acknowledges".to_owned(),
        Order::Repair => "repairs".to_owned(),
    }
}
