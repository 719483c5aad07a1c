//! The configuration: one TOML file, read into [`file::File`] as typed, validated into [`Config`].
//!
//! Every problem is reported, each on one line with file, line, column, key and remedy.
pub mod duration;
pub mod effective;
mod figure;
pub mod file;
mod file_blueprint;
mod file_notify;
mod model;
mod model_notify;
pub mod nearest;
mod origin;
mod problem;
mod read;
mod scalar;
mod secret;
mod shown;
mod validate;

use std::path::{Path, PathBuf};

use failover_core::{Policy, PolicySpec};
pub use model::{
    Account, Api, Cluster, Config, Expect, Google, GoogleCredentials, Locations, Log, LogFormat,
    LogLevel, NameServer, Provider, Run, Server, Servers, Service, Site, Standby,
};
pub use model_notify::{Heartbeat, Notify, Way};
pub use origin::Origins;
use problem::Source;
pub use problem::{Place, Problem};
use read::Reader;
pub use secret::Surroundings;
pub use shown::sections;

/// The largest file that is read; a service takes some hundred bytes.
const FILE_MAX: u64 = 1 << 20;

/// The configuration in the file at `path`, or everything that is wrong with it.
///
/// `env` answers for environment variables, so that tests need not set any.
pub fn load(path: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<Config, Vec<Problem>> {
    let Source { file, text } = source(path)?;
    let dir = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    let mut config = parse(&file, text, &Surroundings { env, dir: &dir })?;
    // What people are shown shall not depend on where the program was started.
    if let Ok(whole) = path.canonicalize() {
        config.origins.file = whole.display().to_string();
    }
    Ok(config)
}

/// What `schwenk locations` needs of the file at `path`, with what is doubtful, or everything that
/// is wrong with it. The rest of the file need not be right yet; `with_service` says whether
/// `[blueprint.service]` must be, and whether it is read at all.
pub fn locations(
    path: &Path,
    with_service: bool,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<(Locations, Vec<Problem>), Vec<Problem>> {
    let source = source(path)?;
    let dir = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    let mut reader = Reader::new(&source);
    let around = Surroundings { env, dir: &dir };
    let typed = reader.document::<file::File>();
    let locations =
        typed.and_then(|typed| validate::locations(&typed, with_service, &around, &mut reader));
    let (mut errors, mut warnings) = (reader.errors, reader.warnings);
    warnings.sort();
    errors.sort();
    errors.dedup();
    match locations {
        Some(locations) if errors.is_empty() => Ok((locations, warnings)),
        _ => Err(errors),
    }
}

fn source(path: &Path) -> Result<Source, Vec<Problem>> {
    let file = path.display().to_string();
    match read(path) {
        Ok(text) => Ok(Source { file, text }),
        Err(error) => {
            let message = format!("cannot read this file: {error}; name it with --config");
            let place = Place { file, line: 1, column: 1, key: String::new() };
            Err(vec![place.problem(message)])
        }
    }
}

/// The policy that the what-if file at `path` makes of a recorded one, or everything that is wrong
/// with it.
pub fn what_if(path: &Path, recorded: &PolicySpec) -> Result<Policy, Vec<Problem>> {
    let file = path.display().to_string();
    let text = read(path).map_err(|error| {
        let place = Place { file: file.clone(), line: 1, column: 1, key: String::new() };
        vec![place.problem(format!("cannot read this file: {error}"))]
    })?;
    let source = Source { file, text };
    let mut reader = Reader::new(&source);
    let typed = reader.document::<file::WhatIfFile>();
    let policy = typed.and_then(|typed| validate::what_if(&typed, recorded, &mut reader));
    let mut errors = reader.errors;
    errors.sort();
    errors.dedup();
    policy.filter(|_| errors.is_empty()).ok_or(errors)
}

/// The text of a file, which is small if it is what it should be.
fn read(path: &Path) -> std::io::Result<String> {
    use std::io::{Error, ErrorKind, Read};
    let mut text = String::new();
    std::fs::File::open(path)?.take(FILE_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > FILE_MAX {
        let text = format!("it has more than {} MiB and is no configuration", FILE_MAX >> 20);
        return Err(Error::new(ErrorKind::FileTooLarge, text));
    }
    Ok(text)
}

/// The configuration that `text` is; `file` is what messages call it.
pub fn parse(file: &str, text: String, around: &Surroundings<'_>) -> Result<Config, Vec<Problem>> {
    let source = Source { file: file.to_owned(), text };
    let mut reader = Reader::new(&source);
    let typed = reader.document::<file::File>();
    let config = typed.and_then(|typed| validate::validate(&typed, around, &mut reader));
    let (mut errors, mut warnings) = (reader.errors, reader.warnings);
    warnings.sort();
    errors.sort();
    errors.dedup();
    match config {
        Some(config) if errors.is_empty() => {
            Ok(Config { warnings, origins: Origins::of(&source), ..config })
        }
        _ => Err(errors),
    }
}
