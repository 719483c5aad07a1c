//! Domain names as this crate knows them: absolute, lower case, without the trailing dot.
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An absolute domain name (RFC 9499): lower-case A-labels, no trailing dot.
///
/// Each wire module knows on which side the dot stands; nothing else ever adds or removes one.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// Why a text is not a domain name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not a domain name: {why}")]
pub struct NameError {
    /// The text as given.
    pub text: String,
    /// The rule it breaks.
    pub why: &'static str,
}

impl Name {
    /// Parses a name; a trailing dot, upper case and U-labels (IDNA) are accepted and normalised.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let err = |why| NameError { text: text.to_owned(), why };
        let bare = text.strip_suffix('.').unwrap_or(text);
        if bare.is_empty() {
            return Err(err("it is empty"));
        }
        let ascii = if bare.is_ascii() {
            bare.to_ascii_lowercase()
        } else {
            idna::domain_to_ascii(bare).map_err(|_| err("it has no IDNA form"))?
        };
        if ascii.len() > 253 {
            return Err(err("it is longer than 253 characters"));
        }
        for (i, label) in ascii.split('.').enumerate() {
            if label.is_empty() {
                return Err(err("it has an empty label"));
            }
            if label.len() > 63 {
                return Err(err("a label is longer than 63 characters"));
            }
            let wild = i == 0 && label == "*";
            let fine = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
            if !wild && !label.bytes().all(fine) {
                return Err(err("a label has a character other than letters, digits, - and _"));
            }
        }
        Ok(Self(ascii))
    }

    /// The name without trailing dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name with its trailing dot, as zone files and most APIs want it.
    pub fn dotted(&self) -> String {
        format!("{}.", self.0)
    }

    /// Whether this name is `zone` or lies below it, label by label.
    pub fn is_in(&self, zone: &Name) -> bool {
        self.0 == zone.0 || self.0.strip_suffix(&zone.0).is_some_and(|rest| rest.ends_with('.'))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        Self::parse(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}
