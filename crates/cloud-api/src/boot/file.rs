//! One file that a boot script puts in place.
use std::fmt;

use secrecy::{ExposeSecret, SecretSlice};

/// One file that a boot script puts in place. `Debug` shows how long it is, not what is in it.
#[non_exhaustive]
pub struct File {
    /// Where it belongs.
    pub path: String,
    /// Its permissions, such as `0o640`.
    pub mode: u32,
    /// Its user and group, such as `root:www-data`.
    pub owner: &'static str,
    /// What happens when a file is there already.
    pub keep: Keep,
    content: SecretSlice<u8>,
}

/// What happens when a file is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Keep {
    /// It is replaced if it differs.
    Never,
    /// It stays: the server itself goes on with it, as with a zone that is changed by updates.
    Existing,
}

impl File {
    /// What is in it; some files hold passwords and keys.
    pub fn content(&self) -> &[u8] {
        self.content.expose_secret()
    }

    pub(super) fn new(path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        let content = SecretSlice::from(content.into());
        Self { path: path.into(), mode: 0o644, owner: "root:root", keep: Keep::Never, content }
    }

    pub(super) fn mode(self, mode: u32) -> Self {
        Self { mode, ..self }
    }

    pub(super) fn owner(self, owner: &'static str) -> Self {
        Self { owner, ..self }
    }

    pub(super) fn once(self) -> Self {
        Self { keep: Keep::Existing, ..self }
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, mode, owner, .. } = self;
        write!(f, "{path} ({mode:04o} {owner}, {} bytes)", self.content().len())
    }
}
