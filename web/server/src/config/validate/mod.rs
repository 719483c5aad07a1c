//! From what was typed to what the program needs; every problem is reported, none hides another.
mod blueprint;
mod check;
mod cluster;
mod expect;
mod journal;
mod mariadb;
mod notify;
mod policy;
mod provider;
mod resolvers;
mod run;
mod server;
mod servers;
mod service;
mod what_if;
mod zone;

use std::collections::BTreeMap;
use std::time::Duration;

use cloud_api::blueprint::Blueprint;

use super::file::File;
use super::model::{Config, Locations, Log, Provider, Run};
use super::origin::Origins;
use super::problem::At;
use super::read::{Field, Reader};
use super::secret::Surroundings;

pub use what_if::what_if;

/// Often enough to notice a foreign change within a minute, seldom enough for any API's limits.
const DRIFT_INTERVAL: Duration = Duration::from_secs(30);

/// Validates the whole file. The result counts only if `reader` has no errors afterwards.
pub fn validate(file: &File, around: &Surroundings<'_>, reader: &mut Reader<'_>) -> Option<Config> {
    let vantage = vantage(file, reader);
    let server = server::server(file.server.as_ref(), around, reader);
    let expect = expect::expect(file.expect.as_ref(), reader);
    let journal = journal::journal(file, around, reader);
    let retention = journal::retention(file, reader);
    let providers = provider::providers(file, around, reader);
    let cluster = cluster::cluster(file, &vantage, around, reader);
    let vantages =
        cluster.as_ref().map_or_else(|| vec![vantage.clone()], |all| all.vantages.clone());
    let resolvers = resolvers::resolvers(file, reader);
    let services = service::services(file, &vantages, &providers, around, reader);
    let notify = notify::channels(file, &services, around, reader);
    let heartbeat = notify::heartbeat(file, around, reader);
    let blueprint = file.blueprint.as_ref();
    let blueprint =
        blueprint.and_then(|field| blueprint::blueprint(field, &providers, around, reader));
    let anchors = file.anchors.iter().flat_map(|list| &list.value).map(|anchor| anchor.value);
    let providers: Vec<Provider> =
        providers.into_iter().flat_map(|declared| declared.provider).collect();
    Some(Config {
        vantage,
        anchors: anchors.collect(),
        drift_interval: drift_interval(file, reader),
        expect: expect?,
        server: server?,
        log: log(file),
        journal: journal?,
        cluster,
        retention,
        resolvers,
        locations: blueprint.map(|(blueprint, run)| wanted(blueprint, run, &providers)),
        origins: Origins::default(),
        providers,
        services,
        notify,
        heartbeat,
        warnings: Vec::new(),
    })
}

/// Validates what `schwenk locations` needs of the file: the locations are made first, and what
/// shall be watched there can be filled in when their addresses are known.
pub fn locations(
    file: &File,
    with_service: bool,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<Locations> {
    let providers = provider::providers(file, around, reader);
    let why = "write a [blueprint] section with the locations to make";
    let field = reader.need(&file.at, "blueprint", file.blueprint.as_ref(), why)?;
    let (blueprint, run) = match with_service {
        true => blueprint::blueprint(field, &providers, around, reader)?,
        false => (blueprint::wanted(field, &providers, around, reader)?, None),
    };
    let providers: Vec<Provider> =
        providers.into_iter().flat_map(|declared| declared.provider).collect();
    Some(wanted(blueprint, run, &providers))
}

/// The locations with the providers they are at.
fn wanted(blueprint: Blueprint, run: Option<Run>, providers: &[Provider]) -> Locations {
    let needed = blueprint.providers();
    let at = providers.iter().filter(|provider| needed.contains(&provider.id.as_str()));
    let providers = at.cloned().collect();
    Locations { blueprint, providers, run }
}

fn vantage(file: &File, reader: &mut Reader<'_>) -> String {
    let Some(field) = &file.vantage else { return "here".to_owned() };
    let given = name(&file.at, "vantage", Some(field), &mut BTreeMap::new(), reader);
    // Nothing else that is said of it shall be wrong, too.
    given.unwrap_or_else(|| "here".to_owned())
}

fn log(file: &File) -> Log {
    let Some(Field { value: section, .. }) = &file.log else { return Log::default() };
    let level = section.level.as_ref().map(|field| field.value);
    Log { level, format: section.format.as_ref().map(|field| field.value) }
}

fn drift_interval(file: &File, reader: &mut Reader<'_>) -> Duration {
    let Some(field) = &file.drift_interval else { return DRIFT_INTERVAL };
    if !(Duration::from_secs(1)..=Duration::from_secs(3600)).contains(&field.value) {
        reader.error(&field.at, "this must be from 1 s to 1 h; write \"30 s\"");
    }
    field.value
}

/// The value of a name that is not empty and not taken yet; `None` after a problem was reported.
fn name(
    section: &At,
    key: &str,
    field: Option<&Field<String>>,
    taken: &mut BTreeMap<String, At>,
    reader: &mut Reader<'_>,
) -> Option<String> {
    let field = reader.need(section, key, field, "everything in a list has a name of its own")?;
    let value = &field.value;
    if value.is_empty() || value.len() > 63 || value.chars().any(|c| c.is_control() || c == '/') {
        let rule = "1 to 63 characters without slashes and control characters";
        reader.error(
            &field.at,
            format!("\"{}\" is not usable as a name; write {rule}", value.escape_debug()),
        );
        return None;
    }
    if let Some(first) = taken.get(value) {
        reader.error(&field.at, format!("\"{value}\" is taken by {}; choose another", first.key));
        return None;
    }
    taken.insert(value.clone(), field.at.clone());
    Some(value.clone())
}

/// The value of an optional field, or what stands for it.
fn or<T: Clone>(field: Option<&Field<T>>, default: T) -> T {
    field.map_or(default, |field| field.value.clone())
}
