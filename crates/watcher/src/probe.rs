//! Probing: one row of probes per site, check and address family.
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use failover_core::{CheckId, SiteId};
use health::{Kind, Pace, Report};
use tokio::sync::mpsc;

use crate::driver::Fact;
use crate::setup::{Family, ServiceSetup, Setup};

/// The first probes are spread over at most this long.
const JITTER_MAX: Duration = Duration::from_millis(100);

/// One row of probes.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) service: usize,
    pub(crate) site: SiteId,
    pub(crate) check: CheckId,
    pub(crate) family: Family,
    pub(crate) address: IpAddr,
}

/// The rows of `service`: every check against the first target of each family of each site.
pub(crate) fn rows(service: usize, setup: &ServiceSetup) -> Vec<Row> {
    let mut rows = Vec::new();
    for site in setup.site_ids() {
        for (check, _) in (0..).zip(&setup.spec.checks) {
            for family in Family::BOTH {
                let first = setup.targets(site).find(|target| Family::of(*target) == family);
                if let Some(address) = first {
                    let check = CheckId(check);
                    rows.push(Row { service, site, check, family, address });
                }
            }
        }
    }
    rows
}

/// Probes `row` for ever.
pub(crate) async fn watch(setup: Arc<Setup>, row: Row, facts: mpsc::Sender<Fact>) {
    let service = setup.services[row.service].clone();
    let place = row.check.index();
    let (Some(check), Some(pace)) =
        (service.spec.checks.get(place), service.policy().checks.get(place))
    else {
        return;
    };
    let pace = Pace { interval: pace.interval, fast_interval: pace.fast_interval };
    let jitter = pace.interval.min(JITTER_MAX);
    let report = |report: Report| {
        // A driver that is this far behind is better off with newer facts; the machine counts
        // a vantage without reports as unknown.
        if facts.try_send(Fact::Probe { row: row.clone(), report }).is_err() {
            setup.counts.probe_dropped();
        }
    };
    setup.prober.watch(check, row.address, pace, jitter, report).await;
}

/// How the rows of one check of one site become one outcome for the machine.
///
/// A site with addresses of both families serves only if both answer. The first family that fails
/// speaks for the check; while none fails the first family does, once each has been heard. So the
/// machine hears one outcome per interval, and a family that stays dead is never outvoted.
#[derive(Clone, Debug)]
pub(crate) struct Voice {
    latest: Vec<(Family, Option<(Instant, bool)>)>,
}

impl Voice {
    pub(crate) fn new(families: impl IntoIterator<Item = Family>) -> Self {
        Self { latest: families.into_iter().map(|family| (family, None)).collect() }
    }

    /// Takes in a probe; says whether it is this one that speaks.
    pub(crate) fn hears(&mut self, family: Family, started: Instant, ok: bool) -> bool {
        for (known, latest) in &mut self.latest {
            // Overlapping probes end out of order; an older one does not change what is known.
            if *known == family && latest.is_none_or(|(at, _)| at <= started) {
                *latest = Some((started, ok));
            }
        }
        let failing = self.latest.iter().find(|(_, latest)| latest.is_some_and(|(_, ok)| !ok));
        match failing {
            Some((first, _)) => *first == family,
            None => {
                let all_heard = self.latest.iter().all(|(_, latest)| latest.is_some());
                all_heard && self.latest.first().is_some_and(|(first, _)| *first == family)
            }
        }
    }
}

/// The check in words: "HTTP GET /health".
pub(crate) fn words(kind: &Kind) -> String {
    match kind {
        Kind::Icmp => "ICMP echo".to_owned(),
        Kind::Tcp { port } => format!("TCP {port}"),
        Kind::Http(http) => {
            let (scheme, usual) = if http.https { ("HTTPS", 443) } else { ("HTTP", 80) };
            format!("{scheme} {} {}{}", http.method, http.path, unless(http.port, usual))
        }
        Kind::Tls(tls) => format!("TLS{}", unless(tls.port, 443)),
        Kind::Dns(dns) => format!("DNS {} {}{}", dns.name, dns.rtype, unless(dns.port, 53)),
        Kind::Mariadb(mariadb) => format!("MariaDB{}", unless(mariadb.port, 3306)),
        _ => "check".to_owned(),
    }
}

/// A port goes without saying where it is the usual one.
fn unless(port: u16, usual: u16) -> String {
    if port == usual { String::new() } else { format!(" on port {port}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(rounds: &[(Family, bool)]) -> Vec<(Family, bool)> {
        let mut voice = Voice::new(Family::BOTH);
        let start = Instant::now();
        let at = |n: usize| start + Duration::from_millis(n as u64);
        let speaks = |(n, (family, ok)): (usize, &(Family, bool))| {
            voice.hears(*family, at(n), *ok).then_some((*family, *ok))
        };
        rounds.iter().enumerate().filter_map(speaks).collect()
    }

    #[test]
    fn nothing_is_said_before_every_family_was_heard() {
        assert_eq!(heard(&[(Family::V4, true), (Family::V4, true)]), []);
        let said = heard(&[(Family::V4, true), (Family::V6, true), (Family::V4, true)]);
        assert_eq!(said, [(Family::V4, true)]);
    }

    #[test]
    fn a_dead_family_is_never_outvoted_by_a_healthy_one() {
        let rounds: Vec<_> = (0..6).map(|n| (Family::BOTH[n % 2], n % 2 == 0)).collect();
        assert_eq!(heard(&rounds), [(Family::V6, false); 3]);
    }

    #[test]
    fn two_dead_families_do_not_count_twice() {
        let rounds: Vec<_> = (0..8).map(|n| (Family::BOTH[n % 2], false)).collect();
        assert_eq!(heard(&rounds), [(Family::V4, false); 4]);
    }

    #[test]
    fn a_late_answer_of_an_old_probe_does_not_change_who_speaks() {
        let mut voice = Voice::new(Family::BOTH);
        let old = Instant::now();
        let new = old + Duration::from_secs(1);
        assert!(!voice.hears(Family::V4, new, true));
        assert!(voice.hears(Family::V6, new, false));
        voice.hears(Family::V6, old, true);
        assert!(!voice.hears(Family::V4, new, true), "IPv6 is still known to fail");
    }
}
