//! Credentials that are accepted: files of a robot account and of a user, and random tokens.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::emulator::StartError;
use crate::key::ServiceKey;
use crate::oauth::AuthorizedUser;
use crate::options::Options;

/// Files with credentials.
pub(crate) struct Files {
    pub key_file: PathBuf,
    pub user_file: PathBuf,
    /// Goes away with its content when this is dropped.
    pub directory: TempDir,
}

impl Files {
    /// The service-account key, from the file if there is one, and the files with credentials.
    pub(crate) fn new(
        options: &Options,
        user: &AuthorizedUser,
        token_uri: &str,
    ) -> Result<(ServiceKey, Self), StartError> {
        let project = &options.project;
        let directory = TempDir::with_prefix("cloud-emulator-").map_err(StartError::Directory)?;
        let user_file = directory.path().join("authorized-user.json");
        user.write(&user_file, token_uri)?;
        let given = options.key_file.clone();
        let key_file = given.unwrap_or_else(|| directory.path().join("service-account.json"));
        let (key, write) = if key_file.exists() {
            // One of ours was written by an emulator whose token endpoint had another port.
            (ServiceKey::load(&key_file, project)?, is_ours(&key_file))
        } else {
            (ServiceKey::generate(project)?, true)
        };
        if write {
            key.write(&key_file, token_uri)?;
        }
        Ok((key, Self { key_file, user_file, directory }))
    }
}

/// A random text of letters and digits.
pub(crate) fn alphanumeric(length: usize) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut bytes = vec![0; length];
    // An emulator's tokens guard nothing; if there is no randomness they are all alike.
    let _ = getrandom::fill(&mut bytes);
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect()
}

/// Whether a key file gets its tokens from this machine, as those we write do.
fn is_ours(path: &Path) -> bool {
    let text = std::fs::read(path).unwrap_or_default();
    serde_json::from_slice::<serde_json::Value>(&text)
        .ok()
        .and_then(|file| file.get("token_uri")?.as_str().map(str::to_owned))
        .is_some_and(|uri| uri.starts_with("http://127.") || uri.starts_with("http://[::1]"))
}
