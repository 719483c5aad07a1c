//! Application Default Credentials: the customary order in which Google's tools look for
//! credentials (<https://google.aip.dev/auth/4110>).
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::{Credentials, MetadataServer, Project, Wiring};
use crate::{Failure, Kind};

/// What [`application_default`] may look at. The library itself reads no environment and no files.
pub trait Surroundings: Send + Sync {
    /// The environment variable `name`.
    fn variable(&self, name: &str) -> Option<String>;

    /// The text of the file at `path`.
    fn read(&self, path: &Path) -> io::Result<String>;
}

/// Looks for credentials in the customary order:
///
/// 1. the file that `GOOGLE_APPLICATION_CREDENTIALS` names; if it cannot be used, the search ends;
/// 2. what `gcloud auth application-default login` left behind;
/// 3. the metadata server (`GCE_METADATA_HOST`; not with `NO_GCE_CHECK=true`).
///
/// The project is that of `GOOGLE_CLOUD_PROJECT`, else `GCLOUD_PROJECT`, else the credentials'
/// own. Only the third step uses the network, for at most three seconds.
pub async fn application_default(
    surroundings: &dyn Surroundings,
    scopes: &[&str],
    wiring: &Wiring,
    deadline: Instant,
) -> Result<Credentials, Failure> {
    let mut tried = Vec::new();
    let mut found = match from_files(surroundings, scopes, wiring, &mut tried)? {
        Some(found) => found,
        None => from_metadata(surroundings, scopes, wiring, deadline, &tried).await?,
    };
    let named = ["GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"]
        .into_iter()
        .find_map(|name| set(surroundings, name).map(|id| Project::new(id, name)));
    found.project = named.or(found.project);
    Ok(found)
}

fn from_files(
    surroundings: &dyn Surroundings,
    scopes: &[&str],
    wiring: &Wiring,
    tried: &mut Vec<String>,
) -> Result<Option<Credentials>, Failure> {
    const NAMED: &str = "GOOGLE_APPLICATION_CREDENTIALS";
    if let Some(path) = set(surroundings, NAMED) {
        let origin = format!("{path} ({NAMED})");
        let text = surroundings.read(Path::new(&path)).map_err(|why| unread(&origin, &why))?;
        return Credentials::from_json(&text, &origin, scopes, wiring).map(Some);
    }
    tried.push(format!("{NAMED} is not set"));
    let Some(path) = well_known(surroundings) else { return Ok(None) };
    let origin = path.display().to_string();
    match surroundings.read(&path) {
        Ok(text) => Credentials::from_json(&text, &origin, scopes, wiring).map(Some),
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            tried.push(format!("there is no {origin}"));
            Ok(None)
        }
        Err(why) => Err(unread(&origin, &why)),
    }
}

async fn from_metadata(
    surroundings: &dyn Surroundings,
    scopes: &[&str],
    wiring: &Wiring,
    deadline: Instant,
    tried: &[String],
) -> Result<Credentials, Failure> {
    let none = |last: String| {
        let text = format!(
            "there are no Google credentials: {}; {last}. Set GOOGLE_APPLICATION_CREDENTIALS to \
             the path of a service-account key",
            tried.join("; ")
        );
        Failure::new(Kind::Auth, text)
    };
    let off = set(surroundings, "NO_GCE_CHECK").is_some_and(|v| v.eq_ignore_ascii_case("true"));
    if off {
        return Err(none("the metadata server is not asked (NO_GCE_CHECK)".to_owned()));
    }
    let host = set(surroundings, "GCE_METADATA_HOST")
        .or_else(|| set(surroundings, "GCE_METADATA_ROOT"))
        .unwrap_or_else(|| MetadataServer::HOST.to_owned());
    let server = MetadataServer::new(wiring.clone()).at(&host).scopes(scopes);
    let project = server.project_id(deadline).await.map_err(|why| none(why.message))?;
    let origin = format!("the metadata server {host}");
    Ok(Credentials {
        tokens: Arc::new(server),
        account: None,
        project: (!project.is_empty()).then(|| Project::new(project, &origin)),
        origin,
    })
}

/// Where gcloud keeps its own default credentials.
fn well_known(surroundings: &dyn Surroundings) -> Option<PathBuf> {
    let directory = set(surroundings, "CLOUDSDK_CONFIG").map(PathBuf::from).or_else(|| {
        let (base, below) =
            if cfg!(windows) { ("APPDATA", "gcloud") } else { ("HOME", ".config/gcloud") };
        set(surroundings, base).map(|base| Path::new(&base).join(below))
    });
    directory.map(|directory| directory.join("application_default_credentials.json"))
}

/// A variable that is set to something.
fn set(surroundings: &dyn Surroundings, name: &str) -> Option<String> {
    surroundings.variable(name).filter(|value| !value.trim().is_empty())
}

fn unread(origin: &str, why: &io::Error) -> Failure {
    Failure::new(Kind::Auth, format!("the credentials {origin} cannot be read: {why}"))
}
