//! `[blueprint]`: the locations to make at the providers.
use std::collections::BTreeMap;

use cloud_api::blueprint::{Blueprint, LocationSpec, ServersSpec};
use cloud_api::{Name, Owner, Range, SshKey};

use super::provider::Declared;
use super::{or, run};
use crate::config::file_blueprint::{BlueprintFile, LocationFile, SshKeyFile};
use crate::config::model::Run;
use crate::config::nearest::nearest;
use crate::config::problem::At;
use crate::config::read::{Field, Reader};
use crate::config::secret::Surroundings;

/// What both clouds have.
const IMAGE: &str = "debian-12";

/// The blueprint and what its servers run, or `None` after a problem was reported.
pub fn blueprint(
    field: &Field<BlueprintFile>,
    providers: &[Declared],
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<(Blueprint, Option<Run>)> {
    let blueprint = wanted(field, providers, around, reader)?;
    let Some(service) = &field.value.service else {
        if let Some(secrets) = &field.value.secrets {
            let text = "without [blueprint.service] there are none; write one, or remove this";
            reader.error(&secrets.at, text);
        }
        return Some((blueprint, None));
    };
    let settings = run::run(service, blueprint.keys(), around, reader);
    let why = "name the file for generated passwords and keys, such as \
               \"/var/lib/schwenk/blueprint-secrets.toml\"; keep a backup of it";
    let secrets = reader.need(&field.at, "secrets", field.value.secrets.as_ref(), why)?;
    let secrets = around.path(&secrets.value);
    Some((blueprint, Some(Run { settings: settings?, secrets })))
}

/// The blueprint alone, or `None` after a problem was reported.
pub fn wanted(
    field: &Field<BlueprintFile>,
    providers: &[Declared],
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<Blueprint> {
    let (file, at) = (&field.value, &field.at);
    let owner = text(at, "owner", file.owner.as_ref(), "acme", &Owner::parse, reader);
    let image = or(file.image.as_ref(), IMAGE.to_owned());
    let mut places = BTreeMap::from([(String::new(), at.clone())]);
    let mut keys = Vec::new();
    for (index, Field { value: key, at }) in
        file.ssh_keys.iter().flat_map(|list| &list.value).enumerate()
    {
        places.insert(format!("keys[{index}]"), at.clone());
        keys.push(ssh_key(key, at, around, reader));
    }
    let why = "write a [[blueprint.locations]] section for each location";
    let list = reader.need(at, "locations", file.locations.as_ref(), why)?;
    places.insert("locations".to_owned(), list.at.clone());
    let mut locations = Vec::new();
    for (index, Field { value: location, at }) in list.value.iter().enumerate() {
        remember(index, location, at, &mut places);
        locations.push(self::location(location, at, &image, providers, reader));
    }
    let (keys, locations): (Option<Vec<_>>, Option<Vec<_>>) =
        (keys.into_iter().collect(), locations.into_iter().collect());
    match Blueprint::new(owner?, keys?, locations?) {
        Ok(blueprint) => Some(blueprint),
        Err(problems) => {
            for problem in problems {
                reader.error(nearest_place(&problem.field, &places), problem.message);
            }
            None
        }
    }
}

fn ssh_key(
    file: &SshKeyFile,
    at: &At,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<SshKey> {
    let name = text(at, "name", file.name.as_ref(), "anna", &Name::parse, reader);
    let why = "write the user it logs in as, such as \"anna\"";
    let user = reader.need(at, "user", file.user.as_ref(), why);
    let why = "write the line of the .pub file, or \"file:/path/id_ed25519.pub\"";
    let key = reader.need(at, "public_key", file.public_key.as_ref(), why)?;
    let line = match key.value.strip_prefix("file:") {
        Some(path) => {
            let path = around.path(path);
            let read = std::fs::read_to_string(&path);
            let wrong = |error| format!("cannot read {}: {error}", path.display());
            read.map_err(|error| reader.error(&key.at, wrong(error))).ok()?
        }
        None => key.value.clone(),
    };
    Some(SshKey::new(name?, &user?.value, line))
}

fn location(
    file: &LocationFile,
    at: &At,
    image: &str,
    providers: &[Declared],
    reader: &mut Reader<'_>,
) -> Option<LocationSpec> {
    let name = text(at, "name", file.name.as_ref(), "london", &Name::parse, reader);
    let provider = provider(file, at, providers, reader);
    let why = "write the zones or locations to use, the preferred one first: [\"fsn1\", \"nbg1\"]";
    let places = reader.need(at, "places", file.places.as_ref(), why);
    let range = text(at, "range", file.range.as_ref(), "10.20.0.0/24", &Range::parse, reader);
    let mut servers = Vec::new();
    for Field { value: file, at } in file.servers.iter().flat_map(|list| &list.value) {
        let why = "write \"haproxy\", \"app\", \"db\", \"dns\" or \"watcher\"";
        let role = reader.need(at, "role", file.role.as_ref(), why);
        let why = "write a machine type, such as \"e2-medium\" or \"cax11\"";
        let machine = reader.need(at, "machine", file.machine.as_ref(), why);
        let of = role.zip(machine).map(|(role, machine)| {
            let count = or(file.count.as_ref(), 1);
            let mut spec = ServersSpec::new(role.value, &machine.value, count);
            spec.disk_gb = file.disk_gb.as_ref().map(|field| field.value);
            spec
        });
        servers.push(of);
    }
    let servers: Vec<ServersSpec> = servers.into_iter().collect::<Option<_>>()?;
    let places = places?.value.iter().map(|place| place.value.clone()).collect();
    let image = or(file.image.as_ref(), image.to_owned());
    let location = LocationSpec::new(name?, provider?, places, range?, image);
    Some(servers.into_iter().fold(location, LocationSpec::servers))
}

fn provider(
    file: &LocationFile,
    at: &At,
    providers: &[Declared],
    reader: &mut Reader<'_>,
) -> Option<String> {
    let why = "write the id of one of the [[providers]]";
    let field = reader.need(at, "provider", file.provider.as_ref(), why)?;
    let ids = || providers.iter().map(|declared| declared.id.as_str());
    if ids().any(|id| id == field.value) {
        return Some(field.value.clone());
    }
    let hint = match nearest(&field.value, ids()) {
        Some(id) => format!("did you mean \"{id}\"?"),
        None => format!("there are: {}", ids().collect::<Vec<_>>().join(", ")),
    };
    reader.error(&field.at, format!("there is no provider \"{}\"; {hint}", field.value));
    None
}

/// A text that must be parsed.
fn text<T, E: std::fmt::Display>(
    section: &At,
    key: &str,
    field: Option<&Field<String>>,
    example: &str,
    parse: &dyn Fn(&str) -> Result<T, E>,
    reader: &mut Reader<'_>,
) -> Option<T> {
    let field = reader.need(section, key, field, &format!("write one such as \"{example}\""))?;
    let parsed = parse(&field.value);
    parsed.map_err(|error| reader.error(&field.at, error.to_string())).ok()
}

/// Where the parts of a location stand in the file, by the names the library calls them.
fn remember(index: usize, file: &LocationFile, at: &At, places: &mut BTreeMap<String, At>) {
    let base = format!("locations[{index}]");
    places.insert(base.clone(), at.clone());
    let mut keep = |key: String, at: Option<&At>| {
        if let Some(at) = at {
            places.insert(key, at.clone());
        }
    };
    keep(format!("{base}.name"), file.name.as_ref().map(|field| &field.at));
    keep(format!("{base}.range"), file.range.as_ref().map(|field| &field.at));
    keep(format!("{base}.places"), file.places.as_ref().map(|field| &field.at));
    for (number, place) in file.places.iter().flat_map(|list| &list.value).enumerate() {
        keep(format!("{base}.places[{number}]"), Some(&place.at));
    }
    for (number, servers) in file.servers.iter().flat_map(|list| &list.value).enumerate() {
        let base = format!("{base}.servers[{number}]");
        keep(base.clone(), Some(&servers.at));
        keep(format!("{base}.role"), servers.value.role.as_ref().map(|field| &field.at));
        keep(format!("{base}.count"), servers.value.count.as_ref().map(|field| &field.at));
        keep(format!("{base}.disk_gb"), servers.value.disk_gb.as_ref().map(|field| &field.at));
    }
}

/// The place of the longest known beginning of a path.
fn nearest_place<'p>(path: &str, places: &'p BTreeMap<String, At>) -> &'p At {
    let mut rest = path;
    loop {
        if let Some(at) = places.get(rest) {
            return at;
        }
        rest = rest.rfind(['.', '[']).map_or("", |end| &rest[..end]);
    }
}
