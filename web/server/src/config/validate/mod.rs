//! From what was typed to what the program needs; every problem is reported, none hides another.
mod check;
mod expect;
mod journal;
mod mariadb;
mod policy;
mod provider;
mod server;
mod servers;
mod service;
mod what_if;

use std::collections::BTreeMap;
use std::time::Duration;

use super::file::File;
use super::model::Config;
use super::problem::At;
use super::read::{Field, Reader};
use super::secret::Surroundings;

pub use what_if::what_if;

/// Often enough to notice a foreign change within a minute, seldom enough for any API's limits.
const DRIFT_INTERVAL: Duration = Duration::from_secs(30);

/// Validates the whole file. The result counts only if `reader` has no errors afterwards.
pub fn validate(file: &File, around: &Surroundings<'_>, reader: &mut Reader<'_>) -> Option<Config> {
    let vantage = file.vantage.as_ref().map_or_else(|| "here".to_owned(), |v| v.value.clone());
    let server = server::server(file.server.as_ref(), around, reader);
    let expect = expect::expect(file.expect.as_ref(), reader);
    let journal = journal::journal(file, around, reader);
    let retention = journal::retention(file, reader);
    let providers = provider::providers(file, around, reader);
    let services = service::services(file, &vantage, &providers, around, reader);
    let anchors = file.anchors.iter().flat_map(|list| &list.value).map(|anchor| anchor.value);
    Some(Config {
        vantage,
        anchors: anchors.collect(),
        drift_interval: drift_interval(file, reader),
        expect: expect?,
        server: server?,
        journal: journal?,
        retention,
        providers: providers.into_iter().flat_map(|declared| declared.provider).collect(),
        services,
        warnings: Vec::new(),
    })
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
