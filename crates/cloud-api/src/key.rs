//! Public keys of people who may log in.
use cloud_http::{Failure, Kind};
use serde::{Deserialize, Serialize};

use crate::name::Name;

/// A public key and the user it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SshKey {
    /// Under which name Hetzner keeps it.
    pub name: Name,
    /// The user it logs in as. Google's guest agent creates that user; Hetzner puts all keys into
    /// root's `authorized_keys`.
    pub user: String,
    /// One line as in `authorized_keys`: type, key, comment.
    pub public_key: String,
}

impl SshKey {
    /// A key.
    pub fn new(name: Name, user: impl Into<String>, public_key: impl Into<String>) -> Self {
        Self { name, user: user.into(), public_key: public_key.into().trim().to_owned() }
    }

    /// Type and key without the comment: what makes two keys the same.
    pub fn material(&self) -> &str {
        material(&self.public_key)
    }

    /// Whether user and key are such that they can stand on one line of Google's metadata.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let wrong = |why: &str| {
            Err(Failure::new(Kind::Invalid, format!("the ssh key \"{}\" {why}", self.name)))
        };
        let user_ok = self.user.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && self.user.len() <= 32
            && self.user.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'));
        if !user_ok {
            return wrong("names no user: up to 32 of a to z, 0 to 9, _ and -");
        }
        if self.public_key.chars().any(char::is_control) {
            return wrong("is more than one line");
        }
        if self.public_key.contains("PRIVATE KEY") {
            return wrong("is a private key; give the .pub file");
        }
        let mut words = self.public_key.split_whitespace();
        let kind = words.next().unwrap_or_default();
        let known = ["ssh-", "ecdsa-", "sk-"].iter().any(|start| kind.starts_with(start));
        let body = words.next().unwrap_or_default();
        let base64 = body.len() >= 32
            && body.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
        if !known || !base64 {
            return wrong("is no public key: \"ssh-ed25519 AAAA… comment\" is expected");
        }
        Ok(())
    }
}

/// Type and key of a line of `authorized_keys`.
pub(crate) fn material(line: &str) -> &str {
    let line = line.trim();
    let mut ends = line.match_indices(char::is_whitespace).map(|(at, _)| at);
    ends.next();
    ends.next().map_or(line, |end| &line[..end])
}

/// A key that a provider keeps for new servers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredKey {
    /// How the provider's methods want it named.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whose it is, if it carries an owner.
    pub owner: Option<String>,
    /// One line as in `authorized_keys`.
    pub public_key: String,
}

impl StoredKey {
    /// A key without an owner.
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        public_key: impl Into<String>,
    ) -> Self {
        Self { id: id.into(), name: name.into(), owner: None, public_key: public_key.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(user: &str, line: &str) -> SshKey {
        SshKey::new(Name::parse("ops").unwrap(), user, line)
    }

    #[test]
    fn a_key_is_one_line_with_a_user() {
        let body = "A".repeat(68);
        let line = format!("ssh-ed25519 {body} ops@example");
        let good = key("ops", &format!("{line}\n"));
        assert_eq!(good.check(), Ok(()));
        assert_eq!(good.material(), format!("ssh-ed25519 {body}"));
        assert_eq!(material(&format!("ssh-ed25519 {body}")), good.material());
        for (user, line, why) in [
            ("Ops", line.as_str(), "names no user"),
            ("ops:x", &line, "names no user"),
            ("ops", &format!("{line}\nroot:{line}"), "more than one line"),
            ("ops", "-----BEGIN OPENSSH PRIVATE KEY-----", "private key"),
            ("ops", "AAAA ops", "is no public key"),
            ("ops", "ssh-ed25519", "is no public key"),
        ] {
            let failure = key(user, line).check().unwrap_err();
            assert!(failure.message.contains(why), "{failure}");
        }
    }
}
