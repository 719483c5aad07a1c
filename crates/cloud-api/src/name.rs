//! Names that every cloud takes, so that one blueprint fits all of them.
use std::fmt;

use cloud_http::{Failure, Kind};
use serde::{Deserialize, Serialize};

/// The longest name: Google's limit (RFC 1035 label); Hetzner allows no less.
pub const NAME_CHARS_MAX: usize = 63;

/// The longest owner: it ends up in a network tag of Google's, with something before it.
pub const OWNER_CHARS_MAX: usize = 40;

/// The name of something that is to be created: a server, a network, a subnet, an opening, an
/// address or a key.
///
/// It starts with a lower-case letter, goes on with lower-case letters, digits and hyphens, and
/// does not end with a hyphen: what Google demands of every resource
/// (<https://cloud.google.com/compute/docs/naming-resources>) and Hetzner takes as a host name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// Who created something and may change and remove it: a word that ends up in a label.
///
/// The same rules as for [`Name`] hold, with at most 40 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Owner(String);

/// Why a text is no [`Name`] and no [`Owner`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NameError(String);

impl Name {
    /// The name `text`, or what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        check("name", text, NAME_CHARS_MAX).map(|()| Self(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Owner {
    /// The owner `text`, or what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        check("owner", text, OWNER_CHARS_MAX).map(|()| Self(text.to_owned()))
    }

    /// The owner as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check(what: &str, text: &str, most: usize) -> Result<(), NameError> {
    let wrong = |why: String| Err(NameError(format!("the {what} \"{text}\" {why}")));
    let count = text.chars().count();
    if count > most {
        return wrong(format!("has {count} characters; {most} is the most"));
    }
    if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
        return wrong("must start with a letter from a to z".to_owned());
    }
    if let Some(odd) = text.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-')) {
        return wrong(format!("holds '{odd}'; only a to z, 0 to 9 and hyphens are allowed"));
    }
    if text.ends_with('-') {
        return wrong("must not end with a hyphen".to_owned());
    }
    Ok(())
}

impl From<NameError> for Failure {
    fn from(error: NameError) -> Self {
        Self::new(Kind::Invalid, error.to_string())
    }
}

macro_rules! text {
    ($type:ty) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $type {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                Self::parse(&text)
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.0
            }
        }
    };
}

text!(Name);
text!(Owner);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_every_cloud_takes() {
        for good in ["a", "web-1", "haproxy-eu-2", &"x".repeat(63)] {
            assert_eq!(Name::parse(good).unwrap().as_str(), good);
        }
        for (bad, why) in [
            ("", "must start with a letter"),
            ("1web", "must start with a letter"),
            ("-web", "must start with a letter"),
            ("Web", "must start with a letter"),
            ("web_1", "holds '_'"),
            ("web.example", "holds '.'"),
            ("wéb", "holds 'é'"),
            ("web-", "must not end with a hyphen"),
            (&"x".repeat(64), "has 64 characters; 63 is the most"),
        ] {
            let error = Name::parse(bad).unwrap_err().to_string();
            assert!(error.contains(why), "{bad}: {error}");
            assert!(Owner::parse(bad).is_err());
        }
    }

    #[test]
    fn a_bad_name_does_not_get_in_through_serde() {
        assert!(serde_json::from_str::<Name>("\"web-1\"").is_ok());
        assert!(serde_json::from_str::<Name>("\"Web\"").is_err());
        assert!(serde_json::from_str::<Owner>("\"a b\"").is_err());
    }
}
