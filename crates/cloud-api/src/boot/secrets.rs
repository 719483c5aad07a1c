//! Keys, certificates and passwords of all servers.
use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv4Addr;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::certificate::{Issued, authority, issue, key, thumbprint};
use super::error::BootError;
use super::hidden::Hidden;
use super::settings::Settings;
use crate::layout::{Host, Layout, Role};

/// Keys, certificates and passwords of all servers, made once and kept.
///
/// Storing it (`serde`) writes out all secrets: the caller keeps it where nobody else can read it.
/// `Debug` shows whom it covers and until when. Losing it means that new servers cannot join the
/// old ones.
#[derive(Clone, Serialize, Deserialize)]
pub struct Secrets {
    authority: Issued,
    hosts: BTreeMap<String, Issued>,
    /// What visitors see until there is a certificate that browsers trust.
    front: Issued,
    pub(super) passwords: Passwords,
    /// The key of the account at the ACME authority, shared by all HAProxy servers.
    pub(super) acme_key: Hidden,
    pub(super) tsig: Hidden,
}

/// Passwords of the databases' users; the same ones at every database.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Passwords {
    pub application: Hidden,
    pub replication: Hidden,
    pub join: Hidden,
    pub monitor: Hidden,
}

impl Secrets {
    /// New secrets for all servers of `layout`. `now` is what certificates count from.
    pub fn generate(
        layout: &Layout,
        settings: &Settings,
        now: SystemTime,
    ) -> Result<Self, BootError> {
        let authority = authority(None, now)?;
        let front = issue(&authority, &front_names(settings), now)?;
        let passwords = Passwords {
            application: password()?,
            replication: password()?,
            join: password()?,
            monitor: password()?,
        };
        let tsig = Hidden::new(STANDARD.encode(random::<32>()?));
        let hosts = BTreeMap::new();
        let mut secrets = Self { authority, hosts, front, passwords, acme_key: key()?, tsig };
        secrets.complete(layout, settings, now)?;
        Ok(secrets)
    }

    /// Adds what servers of `layout` still lack, makes anew what has less than a third of its time
    /// left at `now` or names other addresses, and forgets servers that are gone. Passwords stay.
    ///
    /// Gives the names of the servers whose scripts have changed by that; none when nothing has.
    pub fn complete(
        &mut self,
        layout: &Layout,
        settings: &Settings,
        now: SystemTime,
    ) -> Result<Vec<String>, BootError> {
        let mut changed = Vec::new();
        let renewed = !self.authority.still_issues(now);
        if renewed {
            self.authority = authority(Some(&self.authority.key), now)?;
        }
        let front = front_names(settings);
        let new_front = !self.front.serves(&front, now);
        if new_front {
            self.front = issue(&self.authority, &front, now)?;
        }
        let mut hosts = BTreeMap::new();
        for host in layout.locations.iter().flat_map(|location| &location.hosts) {
            let (name, wanted) = (host.name.as_str().to_owned(), names(host));
            let kept = self.hosts.remove(&name).filter(|issued| issued.serves(&wanted, now));
            if kept.is_none() || renewed || (new_front && host.role == Role::Haproxy) {
                changed.push(name.clone());
            }
            let issued = kept.map_or_else(|| issue(&self.authority, &wanted, now), Ok)?;
            hosts.insert(name, issued);
        }
        self.hosts = hosts;
        Ok(changed)
    }

    /// The certificate of the own authority in PEM, which signs what the servers show each other.
    pub fn authority(&self) -> &str {
        &self.authority.certificate
    }

    /// The password of the user `schwenk_monitor`, with which a watcher asks the databases.
    pub fn monitor_password(&self) -> &SecretString {
        self.passwords.monitor.secret()
    }

    /// The secret of the key `schwenk` (`hmac-sha256`, in base64), with which zones are transferred
    /// and updated (RFC 8945).
    pub fn tsig(&self) -> &SecretString {
        self.tsig.secret()
    }

    /// Certificate and key of a server, if they name what it is now.
    pub(super) fn host(&self, host: &Host) -> Result<&Issued, BootError> {
        let name = host.name.as_str();
        let there = self.hosts.get(name).filter(|issued| issued.names == names(host));
        there.ok_or_else(|| BootError::Secrets(name.to_owned()))
    }

    /// Certificate and key of a server that has been looked at before.
    pub(super) fn host_named(&self, name: &str) -> Result<&Issued, BootError> {
        self.hosts.get(name).ok_or_else(|| BootError::Secrets(name.to_owned()))
    }

    /// What stands behind the token in the answer to a challenge (RFC 8555, section 8.1).
    pub(super) fn acme_thumbprint(&self) -> Result<String, BootError> {
        thumbprint(&self.acme_key)
    }

    pub(super) fn front(&self) -> &Issued {
        &self.front
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts: BTreeMap<_, _> = self.hosts.iter().map(|(name, it)| (name, it.ends)).collect();
        f.debug_struct("Secrets").field("ends", &hosts).finish_non_exhaustive()
    }
}

fn front_names(settings: &Settings) -> Vec<String> {
    vec![settings.host.clone()]
}

/// What a server's certificate names: its name, and every address it may be reached at.
fn names(host: &Host) -> Vec<String> {
    let mut names = vec![host.name.as_str().to_owned(), host.private.to_string()];
    let other: Option<Ipv4Addr> = host.public.filter(|public| *public != host.private);
    names.extend(other.map(|public| public.to_string()));
    names
}

/// 128 bits in hexadecimal: as long as a password may be for replication, and without a character
/// that would have to be quoted anywhere.
fn password() -> Result<Hidden, BootError> {
    let bytes = random::<16>()?;
    Ok(Hidden::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

fn random<const N: usize>() -> Result<[u8; N], BootError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| BootError::Keys(format!("no randomness: {error}")))?;
    Ok(bytes)
}
