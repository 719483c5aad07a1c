//! `[blueprint.service]`: what the servers run.
use std::collections::BTreeMap;
use std::path::Path;

use cloud_api::SshKey;
use cloud_api::boot::{Acme, Admin, Binary, Settings, WatcherSettings};

use super::{or, zone};
use crate::config::file_blueprint::RunFile;
use crate::config::problem::At;
use crate::config::read::{Field, Reader};
use crate::config::secret::Surroundings;

/// The settings for boot scripts, or `None` after a problem was reported. What they mean to the
/// programs on the servers is checked when scripts are made.
pub fn run(
    field: &Field<RunFile>,
    keys: &[SshKey],
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<Settings> {
    let (file, at) = (&field.value, &field.at);
    let why = "write the name visitors use, such as \"shop.example.com\"";
    let host = reader.need(at, "host", file.host.as_ref(), why)?;
    let mut settings = Settings::new(&host.value);
    settings.acme = acme(file, reader)?;
    let health = &mut settings.health;
    health.path = or(file.health_path.as_ref(), health.path.clone());
    health.contains = or(file.health_contains.as_ref(), health.contains.clone());
    settings.balance = or(file.balance.as_ref(), settings.balance);
    let database = &mut settings.database;
    database.name = or(file.database.as_ref(), database.name.clone());
    database.user = or(file.database_user.as_ref(), database.user.clone());
    database.semi_sync = or(file.semi_sync.as_ref(), database.semi_sync);
    if let Some(field) = &file.schema {
        database.schema = text(field, around, reader)?;
    }
    settings.application.document_root = or(file.document_root.as_ref(), String::new());
    if let Some(field) = &file.application {
        settings.application.files = folder(field, around, reader)?;
    }
    settings.admins = admins(keys);
    settings.dns = zone::zone(file, at, around, reader)?;
    if let Some(config) = &file.watcher_config {
        settings.watcher = Some(watcher(file, at, config, around, reader)?);
    }
    Some(settings)
}

/// Absent is fine; half of it is not.
#[allow(clippy::option_option)]
fn acme(file: &RunFile, reader: &mut Reader<'_>) -> Option<Option<Acme>> {
    let Some(contact) = &file.acme_contact else {
        if let Some(field) = &file.acme_directory {
            reader.error(&field.at, "write acme_contact, too: the authority wants to write to you");
            return None;
        }
        return Some(None);
    };
    let mut acme = Acme::new(&contact.value);
    acme.directory = or(file.acme_directory.as_ref(), acme.directory.clone());
    Some(Some(acme))
}

fn watcher(
    file: &RunFile,
    at: &At,
    config: &Field<String>,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<WatcherSettings> {
    let why = "say where the program is: [{ architecture = \"arm\", url = \"https://…\", sha256 = \
               \"…\" }]";
    let list = reader.need(at, "watcher_binaries", file.watcher_binaries.as_ref(), why)?;
    let mut binaries = Vec::new();
    for Field { value: binary, at } in &list.value {
        let why = "write \"x86\" or \"arm\"";
        let architecture = reader.need(at, "architecture", binary.architecture.as_ref(), why)?;
        let url = reader.need(at, "url", binary.url.as_ref(), "write an https URL")?;
        let why = "write what sha256sum prints";
        let sha256 = reader.need(at, "sha256", binary.sha256.as_ref(), why)?;
        binaries.push(Binary::new(architecture.value, &url.value, &sha256.value));
    }
    let mut settings = WatcherSettings::new(binaries, text(config, around, reader)?);
    for (name, field) in file.watcher_credentials.iter().flat_map(|table| &table.value) {
        settings.credentials.insert(name.clone(), around.secret(field, reader)?);
    }
    Some(settings)
}

/// Those who log in as themselves; the provider gives root's keys.
fn admins(keys: &[SshKey]) -> Vec<Admin> {
    let mut by_user: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for key in keys.iter().filter(|key| key.user != "root") {
        by_user.entry(&key.user).or_default().push(key.public_key.clone());
    }
    by_user.into_iter().map(|(user, keys)| Admin::new(user, keys)).collect()
}

/// The text in the file that is named.
pub(super) fn text(
    field: &Field<String>,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<String> {
    let path = around.path(&field.value);
    let wrong = |error| format!("cannot read {}: {error}", path.display());
    std::fs::read_to_string(&path).map_err(|error| reader.error(&field.at, wrong(error))).ok()
}

/// All files below a folder, by their paths in it.
fn folder(
    field: &Field<String>,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let root = around.path(&field.value);
    if let Err(error) = walk(&root, "", &mut files) {
        let text = format!("cannot read the folder {}: {error}", root.display());
        reader.error(&field.at, text);
        return None;
    }
    if files.is_empty() {
        reader.error(&field.at, format!("there is no file in {}", root.display()));
        return None;
    }
    Some(files)
}

fn walk(folder: &Path, below: &str, files: &mut BTreeMap<String, Vec<u8>>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        // Links are not followed: they could lead out of the folder, or round in a circle.
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), &path, files)?;
        } else if kind.is_file() {
            files.insert(path, std::fs::read(entry.path())?);
        }
    }
    Ok(())
}
