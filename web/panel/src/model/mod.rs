//! What the views show, computed from a snapshot by pure functions.
pub mod activity;
pub mod channels;
pub mod curve;
pub mod dns;
pub mod fresh;
pub mod heard;
pub mod history;
pub mod json;
pub mod lane;
pub mod layer;
pub mod locations;
pub mod news;
pub mod next;
pub mod notice;
pub mod plan;
pub mod progress;
pub mod pulse;
mod read_api;
mod read_core;
mod read_places;
mod read_records;
pub mod records;
pub mod route;
pub mod sentence;
pub mod settings;
pub mod time;
pub mod told;
pub mod tone;
pub mod topology;
pub mod undo;
pub mod watchers;

#[cfg(test)]
pub(crate) mod fixture;

use crate::words;
use failover_core::{ServiceSnapshot, SiteId, SiteSet};
use news::News;

/// The service called `name`.
pub fn service<'a>(snapshot: &'a News, name: &str) -> Option<&'a ServiceSnapshot> {
    snapshot.services.iter().find(|service| service.view.service == name)
}

/// A site's name; its place in words if the policy is not known yet.
pub fn site_name(service: &ServiceSnapshot, site: SiteId) -> String {
    let view = service.view.sites.get(site.index()).map(|site| &site.name);
    let facts = service.sites.get(site.index()).map(|site| &site.name);
    view.or(facts).cloned().unwrap_or_else(|| words::site_without_name(site.0))
}

/// The names of `sites`, as a list in words.
pub fn site_names(service: &ServiceSnapshot, sites: SiteSet) -> String {
    let names: Vec<String> = sites.iter().map(|site| site_name(service, site)).collect();
    words::list(&names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_beyond_the_policy_still_has_a_name() {
        let service = fixture::service();
        assert_eq!(site_name(&service, SiteId(0)), "London");
        assert_eq!(site_name(&service, SiteId(9)), "site 10");
        assert_eq!(site_names(&service, SiteSet::first(2)), "London and Falkenstein");
        assert_eq!(site_names(&service, SiteSet::EMPTY), "nowhere");
    }
}
