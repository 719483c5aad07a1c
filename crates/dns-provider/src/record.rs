//! RRsets: all records of one name and type, the unit of every change (RFC 2181 section 5).
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::name::Name;

/// A record type; unknown ones survive a round trip.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum RecordType {
    /// IPv4 address.
    A,
    /// IPv6 address.
    Aaaa,
    /// Canonical name.
    Cname,
    /// Name server.
    Ns,
    /// Start of authority.
    Soa,
    /// Text.
    Txt,
    /// Mail exchange.
    Mx,
    /// Any other type, by its upper-case mnemonic.
    Other(String),
}

impl RecordType {
    /// The upper-case mnemonic, such as `AAAA`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Cname => "CNAME",
            Self::Ns => "NS",
            Self::Soa => "SOA",
            Self::Txt => "TXT",
            Self::Mx => "MX",
            Self::Other(text) => text,
        }
    }
}

impl From<String> for RecordType {
    fn from(text: String) -> Self {
        match text.to_ascii_uppercase().as_str() {
            "A" => Self::A,
            "AAAA" => Self::Aaaa,
            "CNAME" => Self::Cname,
            "NS" => Self::Ns,
            "SOA" => Self::Soa,
            "TXT" => Self::Txt,
            "MX" => Self::Mx,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl FromStr for RecordType {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.to_owned().into())
    }
}

impl From<RecordType> for String {
    fn from(rtype: RecordType) -> Self {
        rtype.as_str().to_owned()
    }
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What identifies an RRset within a zone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// The owner name.
    pub name: Name,
    /// The type.
    pub rtype: RecordType,
}

impl Key {
    /// The key of `name` and `rtype`.
    pub fn new(name: Name, rtype: RecordType) -> Self {
        Self { name, rtype }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.rtype)
    }
}

/// All records of one name and type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RrSet {
    /// Name and type.
    pub key: Key,
    /// Time to live, in seconds.
    pub ttl: u32,
    /// The record data in presentation format (RFC 1035 section 5.1), names absolute with their
    /// trailing dot, in the provider's order. Empty only when `opaque` is set.
    pub values: Vec<String>,
    /// Set when the provider stores something that plain values cannot express, such as a Google
    /// routing policy: the vendor's own JSON. Such an RRset is never changed or flattened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opaque: Option<String>,
}

impl RrSet {
    /// A plain RRset.
    pub fn new(key: Key, ttl: u32, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { key, ttl, values: values.into_iter().map(Into::into).collect(), opaque: None }
    }
}
