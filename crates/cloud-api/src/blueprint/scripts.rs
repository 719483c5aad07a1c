//! Boot scripts, which somebody else renders, and how a changed one is noticed.
use cloud_http::Failure;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::key::SshKey;
use crate::layout::{Host, Layout};

/// Renders the boot script of every server.
pub trait Scripts: Send + Sync {
    /// Scripts for these servers will be handed out: what is kept for them, such as certificates
    /// for their addresses, is to be written down now, so that they are the same afterwards. A plan
    /// does not call this, and asks for scripts with stand-ins for addresses not reserved yet.
    fn prepare(&self, layout: &Layout) -> Result<(), Failure> {
        let _ = layout;
        Ok(())
    }

    /// The boot script of `host`; `None`: it has none. The same arguments give the same script.
    fn script(&self, layout: &Layout, host: &Host) -> Result<Option<SecretString>, Failure>;
}

/// Servers without boot scripts.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoScripts;

impl Scripts for NoScripts {
    fn script(&self, _: &Layout, _: &Host) -> Result<Option<SecretString>, Failure> {
        Ok(None)
    }
}

/// What stands in a server's label for its boot script: whoever reads labels must not learn the
/// script, and cannot, since it is full of long random secrets.
pub(super) fn of_script(script: Option<&SecretString>) -> String {
    script.map_or_else(|| "none".to_owned(), |script| short(&[script.expose_secret()]))
}

/// What stands in a server's label for the keys it was given.
pub(super) fn of_keys(keys: &[SshKey]) -> String {
    let mut lines: Vec<String> =
        keys.iter().map(|key| format!("{}:{}", key.user, key.material())).collect();
    lines.sort();
    short(&lines)
}

/// What stands in a server's label for what cannot be changed once it is there.
pub(super) fn of_system(image: &str, disk_gb: Option<u32>) -> String {
    short(&[image, &disk_gb.map_or_else(String::new, |gb| gb.to_string())])
}

/// 96 bits of SHA-256 over texts, each with its length before it.
pub(super) fn short<T: AsRef<str>>(texts: &[T]) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.as_ref().len() as u64).to_be_bytes());
        hash.update(text.as_ref());
    }
    hash.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}
