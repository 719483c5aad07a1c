//! Boot scripts with secrets that are generated once and kept in one file.
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use cloud_api::blueprint::{Scripts, Seen};
use cloud_api::boot::{self, BootError, Secrets, Settings};
use cloud_api::{Failure, Host, Kind, Layout, Owner};
use secrecy::SecretString;

/// Renders boot scripts.
pub struct Rendered {
    settings: Settings,
    path: PathBuf,
    kept: Mutex<Kept>,
}

/// The secrets as far as there are any.
struct Kept {
    secrets: Option<Secrets>,
    /// Others, for a look at scripts before anything is kept.
    draft: Option<Secrets>,
}

impl Rendered {
    /// Reads the secrets that are kept at `path`, if there are any yet. Refuses a file that others
    /// can read.
    pub fn open(settings: Settings, path: &Path) -> Result<Self, String> {
        let kept = Mutex::new(Kept { secrets: read(path)?, draft: None });
        Ok(Self { settings, path: path.to_owned(), kept })
    }

    /// Fails when there are servers made with secrets that are not here: new ones would lock the
    /// old servers out.
    pub fn fit(&self, seen: &Seen, owner: &Owner) -> Result<(), String> {
        let scripted = seen.seen().flat_map(|(_, inventory)| &inventory.servers).find(|server| {
            server.belongs_to(owner) && server.labels.get("script").is_some_and(|it| it != "none")
        });
        match scripted {
            Some(server) if self.kept().secrets.is_none() => Err(format!(
                "{} is not there, but {} was made with what stood in it; put it back from a \
                 backup, or destroy the locations",
                self.path.display(),
                server.name
            )),
            _ => Ok(()),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Scripts for Rendered {
    fn prepare(&self, layout: &Layout) -> Result<(), Failure> {
        let mut kept = self.kept();
        let now = SystemTime::now();
        let before = kept.secrets.clone();
        let (secrets, changed) = match before {
            Some(mut secrets) => {
                let changed = secrets.complete(layout, &self.settings, now).map_err(failed)?;
                (secrets, !changed.is_empty())
            }
            None => (Secrets::generate(layout, &self.settings, now).map_err(failed)?, true),
        };
        if changed {
            write(&self.path, &secrets).map_err(|error| {
                let text = format!("cannot write {}: {error}", self.path.display());
                Failure::new(Kind::Invalid, text)
            })?;
        }
        kept.secrets = Some(secrets);
        Ok(())
    }

    fn script(&self, layout: &Layout, host: &Host) -> Result<Option<SecretString>, Failure> {
        let mut kept = self.kept();
        let now = SystemTime::now();
        let mut secrets = match (&kept.secrets, &kept.draft) {
            (Some(secrets), _) | (None, Some(secrets)) => secrets.clone(),
            (None, None) => Secrets::generate(layout, &self.settings, now).map_err(failed)?,
        };
        secrets.complete(layout, &self.settings, now).map_err(failed)?;
        let script = boot::script(layout, &self.settings, &secrets, host.name.as_str());
        if kept.secrets.is_none() {
            kept.draft = Some(secrets);
        }
        script.map(Some).map_err(failed)
    }
}

fn failed(error: BootError) -> Failure {
    Failure::new(Kind::Invalid, format!("blueprint.service: {error}"))
}

fn read(path: &Path) -> Result<Option<Secrets>, String> {
    let shown = path.display();
    let wrong = |error: &dyn std::fmt::Display| format!("cannot read {shown}: {error}");
    let meta = match std::fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(wrong(&error)),
    };
    if meta.permissions().mode() & 0o077 != 0 {
        let text = format!(
            "{shown} holds all passwords of the servers and can be read by others; run `chmod 600 \
             {shown}`"
        );
        return Err(text);
    }
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    // What toml says of a mistake quotes the line, and with it the secret.
    let parsed = toml::from_str(&text);
    parsed.map(Some).map_err(|_| wrong(&"it is damaged; put it back from a backup"))
}

/// Writes beside and renames, so that a crash leaves the old file or the new one.
fn write(path: &Path, secrets: &Secrets) -> std::io::Result<()> {
    let text = toml::to_string(secrets).map_err(std::io::Error::other)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    // Made with mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    std::fs::File::open(folder)?.sync_all()
}
