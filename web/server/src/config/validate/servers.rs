//! The servers behind a site: which ones may be turned off and on, and what runs while it is not active.
use std::collections::BTreeSet;

use failover_core::{Fence, Policy};

use super::or;
use super::provider::Declared;
use crate::config::file::SiteFile;
use crate::config::model::{Servers, Site, Standby};
use crate::config::nearest::nearest;
use crate::config::problem::At;
use crate::config::read::{Field, Reader};

/// Whether something of `site` must be started before it can serve.
pub fn is_cold(site: &Site) -> bool {
    site.servers.as_ref().is_some_and(|servers| servers.standby != Standby::Hot)
}

pub fn servers(
    site: &SiteFile,
    at: &At,
    providers: &[Declared],
    reader: &mut Reader<'_>,
) -> Option<Servers> {
    let Some(list) = &site.servers else {
        let others = [
            site.cloud.as_ref().map(|field| &field.at),
            site.databases.as_ref().map(|field| &field.at),
            site.standby.as_ref().map(|field| &field.at),
        ];
        for at in others.into_iter().flatten() {
            let message =
                "this means nothing without servers = [\"…\"], those that may be turned off and on";
            reader.error(at, message);
        }
        return None;
    };
    let why = "write the id of the provider at which the servers stand";
    let cloud = reader.need(at, "cloud", site.cloud.as_ref(), why).cloned();
    if let Some(field) = &cloud
        && !providers.iter().any(|provider| provider.id == field.value)
    {
        let hint = nearest(&field.value, providers.iter().map(|provider| provider.id.as_str()));
        let hint = hint.map_or_else(
            || "write the id of a [[providers]] section".to_owned(),
            |id| format!("did you mean \"{id}\"?"),
        );
        reader.error(&field.at, format!("there is no provider \"{}\"; {hint}", field.value));
    }
    let names = names(list, reader);
    if names.is_empty() && !reader.is_broken(&list.at) {
        reader.error(&list.at, "name at least one server, or remove this line");
    }
    let standby = or(site.standby.as_ref(), Standby::Hot);
    let databases = site.databases.as_ref().map(|list| self::names(list, reader));
    for field in site.databases.iter().flat_map(|list| &list.value) {
        if !names.contains(&field.value) {
            let message = format!("\"{}\" is not among the servers of this site", field.value);
            reader.error(&field.at, message);
        }
    }
    let databases = databases.unwrap_or_default();
    if let Some(field) = site.standby.as_ref().filter(|field| field.value == Standby::Warm)
        && databases.is_empty()
    {
        let message = "a warm standby keeps its databases running; name them: databases = [\"…\"]";
        reader.error(&field.at, message);
    }
    Some(Servers { place: reader.place(&list.at), cloud: cloud?.value, names, databases, standby })
}

fn names(list: &Field<Vec<Field<String>>>, reader: &mut Reader<'_>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut names = Vec::new();
    for Field { value: name, at } in &list.value {
        if name.is_empty() {
            reader.error(at, "write the server's name");
        } else if seen.insert(name) {
            names.push(name.clone());
        } else {
            reader.error(at, format!("\"{name}\" is named twice"));
        }
    }
    names
}

/// What the policy wants to do with servers must be possible.
pub fn fit(policy: &Policy, sites: &[Site], at: &At, reader: &mut Reader<'_>) {
    let fences = policy.spec().fence != Fence::Never;
    for (place, site) in sites.iter().enumerate() {
        let at = At { key: format!("{}.sites[{place}].servers", at.key), span: at.span.clone() };
        if fences && site.servers.is_none() && !reader.is_broken(&at) {
            let message = format!(
                "a dead site's servers shall be turned off, but those of \"{}\" are not named; \
                 write servers = [\"…\"], or fence = \"never\"",
                site.name
            );
            reader.error(&at, message);
        }
    }
}
