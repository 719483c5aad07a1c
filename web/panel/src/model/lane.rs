//! One check of one site from one vantage: its probes, and how near its counters are to a verdict.
use super::pulse;
use crate::words;
use failover_core::{CheckView, Layer, SampleSeries, ServiceSnapshot, SiteId, Verdict};

/// A counter that is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// How far it is.
    pub have: u8,
    /// Where the verdict changes.
    pub need: u8,
    /// Whether it counts towards up.
    pub rising: bool,
    /// The same in words.
    pub text: String,
}

/// A lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Its place among the service's series.
    pub series: usize,
    /// The vantage's name.
    pub vantage: String,
    /// The check's name, as people call it.
    pub name: String,
    /// What is probed.
    pub what: String,
    /// What the check looks at.
    pub layer: Layer,
    /// What tells it from its neighbours: where there is one check, it goes without saying.
    pub label: String,
    /// What the check's counters say.
    pub verdict: Verdict,
    /// Its counters as they are.
    pub counters: String,
    /// The counter, while it is on its way.
    pub counter: Option<Counter>,
    /// What the latest probe complains of.
    pub complaint: Option<String>,
}

/// The lanes of a site, those that complain first, otherwise in the order of the series.
pub fn lanes(service: &ServiceSnapshot, site: SiteId) -> Vec<Lane> {
    let series = service.series.iter().enumerate().filter(|(_, series)| series.site == site);
    let mut lanes: Vec<Lane> = series.map(|(place, series)| lane(service, place, series)).collect();
    let differ = |read: fn(&Lane) -> &String| lanes.windows(2).any(|w| read(&w[0]) != read(&w[1]));
    let (places, checks) = (differ(|lane| &lane.vantage), differ(|lane| &lane.name));
    for lane in &mut lanes {
        lane.label = match (places, checks) {
            (true, true) => format!("{} · {}", lane.vantage, lane.name),
            (true, false) => lane.vantage.clone(),
            (false, _) => lane.name.clone(),
        };
    }
    let (complaining, quiet): (Vec<Lane>, Vec<Lane>) =
        lanes.into_iter().partition(|lane| lane.complaint.is_some());
    [complaining, quiet].concat()
}

fn lane(service: &ServiceSnapshot, place: usize, series: &SampleSeries) -> Lane {
    let site = service.view.sites.get(series.site.index());
    let vote = site.and_then(|site| site.votes.get(series.vantage.index()));
    let check = vote.and_then(|vote| vote.checks.get(series.check.index()));
    let facts = service.checks.get(series.check.index());
    Lane {
        series: place,
        vantage: vote.map_or_else(
            || words::vantage_without_name(series.vantage.0),
            |vote| vote.vantage.clone(),
        ),
        name: facts.map_or_else(|| series.what.clone(), |facts| facts.name.clone()),
        what: series.what.clone(),
        layer: facts.map_or(Layer::Proxy, |facts| facts.layer),
        label: String::new(),
        counters: check.map(counters).unwrap_or_default(),
        verdict: check.map_or(Verdict::Unknown, |check| check.verdict),
        counter: check.and_then(counter),
        complaint: pulse::complaint(series).map(str::to_owned),
    }
}

fn counters(check: &CheckView) -> String {
    words::counters(check.failures, check.fall, check.successes, check.rise)
}

fn counter(check: &CheckView) -> Option<Counter> {
    let (have, need, rising) = match check.verdict {
        Verdict::Up => (check.failures, check.fall, false),
        Verdict::Down => (check.successes, check.rise, true),
        Verdict::Unknown if check.failures > check.successes => (check.failures, check.fall, false),
        Verdict::Unknown => (check.successes, check.rise, true),
    };
    let text = if rising { words::rise(have, need) } else { words::fall(have, need) };
    (have > 0 && have < need).then_some(Counter { have, need, rising, text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture;

    fn only(service: &ServiceSnapshot) -> Lane {
        lanes(service, SiteId(0)).remove(0)
    }

    #[test]
    fn a_quiet_lane_shows_no_counter() {
        let lane = only(&fixture::service());
        assert_eq!((lane.vantage.as_str(), lane.what.as_str()), ("here", "HTTP GET /health"));
        assert_eq!((lane.name.as_str(), lane.layer), ("web", Layer::Application));
        assert_eq!((lane.counter, lane.complaint), (None, None));
        assert_eq!(lane.counters, "0 of 3 failures to down, 2 of 2 successes to up");
        assert_eq!(lanes(&fixture::service(), SiteId(1)), []);
    }

    #[test]
    fn a_label_says_only_what_differs() {
        let mut shop = fixture::service();
        assert_eq!(only(&shop).label, "web");
        let mut other = fixture::series(&[Some(1.0)]);
        other.vantage = failover_core::VantageId(1);
        shop.series.push(other.clone());
        assert_eq!(only(&shop).label, "here");
        other.what = "TCP 443".to_owned();
        other.check = failover_core::CheckId(1);
        shop.series.push(other);
        assert_eq!(lanes(&shop, SiteId(0))[2].label, "vantage 2 · TCP 443");
    }

    #[test]
    fn a_failover_is_seen_coming() {
        let mut shop = fixture::service();
        shop.series = vec![fixture::series(&[Some(1.0), None, None])];
        shop.view.sites[0].votes[0].checks[0].failures = 2;
        let lane = only(&shop);
        assert_eq!(lane.counter.unwrap().text, "2 of 3 failures to down");
        assert_eq!(lane.complaint.unwrap(), "connection refused");
    }

    #[test]
    fn a_recovery_is_seen_coming_too() {
        let mut shop = fixture::service();
        let check = &mut shop.view.sites[0].votes[0].checks[0];
        (check.verdict, check.successes) = (Verdict::Down, 1);
        let counter = only(&shop).counter.unwrap();
        assert!(counter.rising);
        assert_eq!((counter.have, counter.need), (1, 2));
    }

    #[test]
    fn lanes_that_complain_come_first() {
        let mut shop = fixture::service();
        let mut bad = fixture::series(&[None]);
        bad.what = "TCP 443".to_owned();
        shop.series.push(bad);
        assert_eq!(lanes(&shop, SiteId(0))[0].what, "TCP 443");
    }
}
