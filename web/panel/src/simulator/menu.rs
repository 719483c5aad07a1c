//! All that can be broken in a world, in words, with what puts it right again.
use crate::words::simulator as say;
use failover_core::{PolicySpec, ProviderId, SiteId, SiteSet, VantageId};
use failover_sim::{
    Compute, Disk, Fault, Foreign, Order, ProviderTrouble, Script, Serves, VantageTrouble,
    WatcherTrouble,
};
use std::time::Duration;

/// Something that can be broken, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// Its name.
    pub name: String,
    /// How.
    pub troubles: Vec<Trouble>,
}

/// One way to break something.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    /// In words.
    pub text: String,
    /// What begins.
    pub begins: Fault,
    /// What ends it; `None`: it ends by itself, or was a moment.
    pub ends: Option<Fault>,
}

/// Everything that can happen in this world, in the order of the picture.
pub fn menu(script: &Script) -> Vec<Subject> {
    let spec = &script.spec;
    let mut all: Vec<Subject> = Vec::new();
    let mut put = |name: String, troubles: Vec<Trouble>| all.push(Subject { name, troubles });
    for (place, known) in (0u8..).zip(&spec.sites) {
        put(say::sim_site(&known.name), site(SiteId(place), spec));
    }
    for (place, known) in (0u8..).zip(&spec.vantages) {
        put(say::sim_vantage(known), vantage(VantageId(place), spec));
    }
    for (place, known) in (0u8..).zip(&spec.providers) {
        put(say::sim_provider(&known.name), provider(ProviderId(place), spec));
    }
    for number in 0..script.setup.watchers.max(1) {
        let several = script.setup.watchers > 1;
        put(say::watcher(number, several), watcher(number, several));
    }
    put(say::SIM_SURROUNDINGS.to_owned(), surroundings(spec));
    put(say::SIM_OPERATOR.to_owned(), operator(spec));
    all
}

/// The few that are worth a button of their own.
pub fn quick(script: &Script) -> Vec<Trouble> {
    let all = menu(script);
    let sites = script.spec.sites.len();
    let vantages = sites + script.spec.vantages.len();
    let providers = vantages + script.spec.providers.len();
    let picks = [(0, 0), (sites, 0), (sites, 1), (vantages, 0), (vantages, 4), (providers, 0)];
    let pick = |(subject, trouble): (usize, usize)| {
        let subject = all.get(subject)?;
        let trouble = subject.troubles.get(trouble)?;
        let text = say::sim_quick(&subject.name, &trouble.text);
        Some(Trouble { text, ..trouble.clone() })
    };
    picks.into_iter().filter_map(pick).collect()
}

fn trouble(text: impl Into<String>, begins: Fault, ends: Option<Fault>) -> Trouble {
    Trouble { text: text.into(), begins, ends }
}

fn site(site: SiteId, spec: &PolicySpec) -> Vec<Trouble> {
    let serves = |check, serves| Fault::Site { site, check, serves };
    let well = Some(serves(None, Serves::Well));
    let mut all = vec![
        trouble(say::SIM_SILENT, serves(None, Serves::Silent), well.clone()),
        trouble(say::SIM_REFUSES, serves(None, Serves::Refuses), well.clone()),
        trouble(say::SIM_HALF_FAILS, serves(None, Serves::Partly(500)), well.clone()),
        trouble(say::SIM_SOME_FAILS, serves(None, Serves::Partly(100)), well),
    ];
    if spec.checks.len() > 1 {
        for (place, known) in (0u8..).zip(&spec.checks) {
            let check = Some(failover_core::CheckId(place));
            let (begins, ends) = (serves(check, Serves::Refuses), serves(check, Serves::Well));
            all.push(trouble(say::sim_check_fails(&known.name), begins, Some(ends)));
        }
    }
    if spec.lag_max.is_some() {
        let lag = |lag| Fault::Lag { site, lag };
        let ends = lag(Some(Duration::ZERO));
        let lags = lag(Some(Duration::from_secs(300)));
        all.push(trouble(say::SIM_LAGS, lags, Some(ends.clone())));
        all.push(trouble(say::SIM_LAG_UNKNOWN, lag(None), Some(ends)));
    }
    all.push(trouble(say::SIM_MENDED, serves(None, Serves::Well), None));
    all
}

fn vantage(vantage: VantageId, spec: &PolicySpec) -> Vec<Trouble> {
    use VantageTrouble as T;
    let fault = |trouble| Fault::Vantage { vantage, trouble };
    let pair = |text: String, begins, ends| trouble(text, fault(begins), Some(fault(ends)));
    let mut all = vec![pair(say::SIM_CUT.to_owned(), T::Cut(true), T::Cut(false))];
    for (place, known) in (0u8..).zip(&spec.sites) {
        for up in [false, true] {
            let (begins, ends) = (T::Sees(SiteId(place), Some(up)), T::Sees(SiteId(place), None));
            all.push(pair(say::lies(&known.name, up), begins, ends));
        }
    }
    let five = Duration::from_secs(5);
    all.extend([
        pair(say::SIM_MUTE.to_owned(), T::Mute(true), T::Mute(false)),
        pair(say::SIM_LOSES.to_owned(), T::Loses(300), T::Loses(0)),
        pair(say::SIM_REPORTS_LATE.to_owned(), T::Delays(five), T::Delays(Duration::ZERO)),
        trouble(say::SIM_CLOCK_JUMPS, fault(T::Jumps(10_000)), Some(fault(T::Jumps(-10_000)))),
        trouble(say::SIM_SLEEPS, fault(T::Sleeps(Duration::from_secs(20))), None),
    ]);
    all
}

fn provider(provider: ProviderId, spec: &PolicySpec) -> Vec<Trouble> {
    use ProviderTrouble as T;
    let fault = |trouble| Fault::Provider { provider, trouble };
    let pair = |text: &str, begins, ends| trouble(text, fault(begins), Some(fault(ends)));
    let eight = Duration::from_secs(8);
    let usual = failover_sim::Setup::default();
    let mut all = vec![
        pair(say::SIM_API_DOWN.text(), T::Down(true), T::Down(false)),
        pair(say::SIM_API_ERRS.text(), T::Errs(500), T::Errs(0)),
        pair(say::SIM_API_SLOW.text(), T::Delays(eight), T::Delays(usual.call)),
        pair(say::SIM_ANSWERS_LOST.text(), T::Doubts(500), T::Doubts(0)),
        pair(say::SIM_SERVERS_SILENT.text(), T::Silent(true), T::Silent(false)),
        pair(
            say::SIM_SERVERS_STALE.text(),
            T::Publishes(Duration::from_secs(40)),
            T::Publishes(usual.publication),
        ),
    ];
    let foreign = |content| Fault::Foreign { provider, content };
    if let Some(last) = spec.sites.len().checked_sub(1).and_then(|at| u8::try_from(at).ok()) {
        let sites = Foreign::Sites(SiteSet::one(SiteId(last)));
        let name = &spec.sites[usize::from(last)].name;
        all.push(trouble(say::sim_foreign(name), foreign(sites), None));
    }
    all.push(trouble(say::SIM_FOREIGN_OTHER, foreign(Foreign::Other), None));
    all.push(trouble(say::SIM_FOREIGN_NOTHING, foreign(Foreign::Nothing), None));
    all
}

fn watcher(watcher: u8, several: bool) -> Vec<Trouble> {
    use WatcherTrouble as T;
    let fault = |trouble| Fault::Watcher { watcher, trouble };
    let seconds = Duration::from_secs;
    let killed = T::Crashes { after: None, down: seconds(10) };
    let torn = T::Crashes { after: Some(3), down: seconds(10) };
    let mut all = vec![
        trouble(say::SIM_KILLED, fault(killed), None),
        trouble(say::SIM_TORN, fault(torn), None),
        trouble(say::SIM_STOPPED, fault(T::Stops(seconds(20))), None),
        trouble(say::SIM_SUSPENDED, fault(T::Suspended(seconds(60))), None),
    ];
    if several {
        let parted = fault(T::Parted(true));
        all.push(trouble(say::SIM_PARTED, parted, Some(fault(T::Parted(false)))));
    }
    all
}

fn surroundings(spec: &PolicySpec) -> Vec<Trouble> {
    let works = Some(Fault::Journal(Disk::Works));
    let slow = Fault::Journal(Disk::Slow(Duration::from_millis(500)));
    let mut all = vec![
        trouble(say::SIM_DISK_FULL, Fault::Journal(Disk::Broken), works.clone()),
        trouble(say::SIM_DISK_SLOW, slow, works),
    ];
    if spec.fence != failover_core::Fence::Never || spec.sites.iter().any(|site| site.cold) {
        let works = Some(Fault::Compute(Compute::Works));
        all.push(trouble(say::SIM_COMPUTE_FAILS, Fault::Compute(Compute::Fails), works));
    }
    all.push(trouble(say::SIM_CALM, Fault::Calm, None));
    all
}

fn operator(spec: &PolicySpec) -> Vec<Trouble> {
    let order = |text: String, order| trouble(text, Fault::Operator(order), None);
    let mut all = Vec::new();
    let names = || (0u8..).zip(&spec.sites);
    for (from, _) in names().take(2) {
        for (to, known) in names().take(2).filter(|(to, _)| *to != from) {
            let (from, to) = (SiteId(from), SiteId(to));
            all.push(order(say::sim_switches(&known.name), Order::Switch(from, to)));
            all.push(order(say::sim_forces(&known.name), Order::Force(from, to)));
        }
    }
    let minute = Duration::from_secs(60);
    all.extend([
        order(say::SIM_REARMS.to_owned(), Order::Rearm),
        order(say::SIM_FAILS_BACK.to_owned(), Order::FailBack),
        order(say::SIM_DISARMS.to_owned(), Order::Disarm(minute)),
        order(say::SIM_ARMS.to_owned(), Order::Arm),
        order(say::SIM_REPAIRS.to_owned(), Order::Repair),
        order(say::SIM_ABANDONS.to_owned(), Order::Abandon),
    ]);
    for (site, known) in names() {
        all.push(order(say::sim_maintains(&known.name), Order::Maintain(SiteId(site), minute)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::{draft, examples};

    #[test]
    fn everything_on_the_menu_is_a_line_of_a_script_and_has_a_text_of_its_own() {
        let mut script = draft::parse(examples::ALL[0].text).unwrap();
        script.spec = script.spec.with_checks(vec!["http".to_owned(), "tcp".to_owned()]);
        script.spec.lag_max = Some(Duration::from_secs(5));
        script.spec.fence = failover_core::Fence::After;
        script.setup.watchers = 3;
        let all = menu(&script);
        assert_eq!(all.len(), 2 + 3 + 2 + 3 + 2);
        for subject in &all {
            for (place, one) in subject.troubles.iter().enumerate() {
                for fault in [&one.begins].into_iter().chain(&one.ends) {
                    let line = fault.line(&script.spec);
                    assert_eq!(Fault::parse(&script.spec, &line).as_ref(), Ok(fault), "{line}");
                }
                let same = subject.troubles.iter().position(|other| other.text == one.text);
                assert_eq!(same, Some(place), "{}: {}", subject.name, one.text);
            }
        }
    }

    #[test]
    fn the_quick_buttons_break_what_they_say() {
        let script = draft::parse(examples::ALL[0].text).unwrap();
        let lines: Vec<_> = quick(&script).iter().map(|q| q.begins.line(&script.spec)).collect();
        let expected = [
            "site london silent",
            "vantage zurich cut",
            "vantage zurich sees london down",
            "provider google down",
            "provider google silent",
            "watcher 0 crashes for 10s",
        ];
        assert_eq!(lines, expected);
    }
}
