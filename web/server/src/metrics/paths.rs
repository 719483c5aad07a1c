//! What was measured of the paths to the sites, from the snapshot.
use failover_core::{ServiceSnapshot, VantageId};

use super::list;
use super::page::Page;

pub fn service(page: &mut Page, service: &ServiceSnapshot) {
    let name = &*service.view.service;
    for (site, losses) in service.view.sites.iter().zip(&service.losses) {
        let Some(losses) = losses else { continue };
        let vantage = |id: VantageId| site.votes.get(id.index()).map_or("?", |vote| &*vote.vantage);
        let site_name = &*site.name;
        for path in &losses.vantages {
            let labels = [name, site_name, vantage(path.vantage)];
            page.count(&list::PATH_PROBES, &labels, path.probes);
            page.count(&list::PATH_LOST, &labels, path.lost);
        }
        for pair in &losses.pairs {
            let labels = [name, site_name, vantage(pair.one), vantage(pair.other)];
            page.value(&list::CORRELATION, &labels, pair.correlation);
        }
        page.value(&list::BURST, &[name, site_name], losses.burst);
    }
    if let Some(bound) = service.false_failover {
        let seconds = bound.seconds.unwrap_or(f64::INFINITY);
        page.value(&list::FALSE_FAILOVER, &[name], seconds);
    }
}
