//! Secrets stand in files or in the environment, never in the configuration.
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::problem::At;
use super::read::{Field, Reader};

/// What a configuration may look at besides its own text.
pub struct Surroundings<'a> {
    /// The value of an environment variable.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// The directory relative paths start from: the configuration file's own.
    pub dir: &'a Path,
}

impl Surroundings<'_> {
    /// The secret that a field refers to, or `None` after a problem was reported.
    pub fn secret(&self, field: &Field<String>, reader: &mut Reader<'_>) -> Option<SecretString> {
        if let Some(name) = field.value.strip_prefix("env:") {
            self.variable(name, &field.at, reader)
        } else if let Some(path) = field.value.strip_prefix("file:") {
            self.file(path, &field.at, reader)
        } else {
            let remedy = "put it into a file and write \"file:/path\", or \"env:NAME\"";
            reader.error(&field.at, format!("a secret must not stand in this file; {remedy}"));
            None
        }
    }

    /// The text of a file that is no secret, or `None` after a problem was reported.
    pub fn text(&self, field: &Field<String>, reader: &mut Reader<'_>) -> Option<String> {
        let path = self.path(&field.value);
        match std::fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) => {
                let shown = path.display();
                reader.error(&field.at, format!("cannot read {shown}: {error}; correct the path"));
                None
            }
        }
    }

    /// A path of the file, made absolute.
    pub fn path(&self, path: &str) -> PathBuf {
        self.dir.join(path)
    }

    fn variable(&self, name: &str, at: &At, reader: &mut Reader<'_>) -> Option<SecretString> {
        match (self.env)(name).map(|value| value.trim().to_owned()) {
            Some(value) if !value.is_empty() => Some(value.into()),
            Some(_) => {
                reader.error(at, format!("the environment variable {name} is empty; set it"));
                None
            }
            None => {
                let remedy = "export it before the start, or write \"file:/path\"";
                reader.error(at, format!("the environment variable {name} is not set; {remedy}"));
                None
            }
        }
    }

    fn file(&self, path: &str, at: &At, reader: &mut Reader<'_>) -> Option<SecretString> {
        let path = self.path(path);
        let shown = path.display();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text.trim().to_owned(),
            Err(error) => {
                let remedy = match error.kind() {
                    ErrorKind::NotFound => "create it, or correct the path",
                    ErrorKind::PermissionDenied => "let the user Schwenk runs as read it",
                    _ => "it must be a readable text file",
                };
                reader.error(at, format!("cannot read {shown}: {error}; {remedy}"));
                return None;
            }
        };
        if text.is_empty() {
            reader.error(at, format!("{shown} is empty; write the secret into it"));
            return None;
        }
        let mode = std::fs::metadata(&path).map_or(0, |meta| meta.permissions().mode());
        if mode & 0o004 != 0 {
            let remedy = format!("run `chmod o-rwx {shown}`");
            reader.warning(at, format!("every user of this machine can read {shown}; {remedy}"));
        }
        Some(text.into())
    }
}
