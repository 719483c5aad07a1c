//! RRsets: all records of one name and type, the unit of every change (RFC 2181 section 5).
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::lines::RrSetError;
use crate::name::Name;
use crate::value;

/// The largest TTL (RFC 2181 section 8), in seconds.
const TTL_MAX: u32 = i32::MAX as u32;

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

    /// Whether both say the same: TTL, opaque part, and the values as a set, whatever their order
    /// and spelling (`2001:DB8::1` is `2001:db8::1`). The serial of a SOA does not count, because
    /// providers raise it by themselves.
    pub fn same_data(&self, other: &Self) -> bool {
        self.ttl == other.ttl && self.opaque == other.opaque && self.same_values(other)
    }

    /// Whether both have the same values as a set, whatever the TTL.
    pub fn same_values(&self, other: &Self) -> bool {
        self.key == other.key
            && (self.values == other.values || self.value_set() == other.value_set())
    }

    /// Says what is wrong with this RRset in itself: no or repeated values, a value that breaks its
    /// type's rules, a TTL above 2³¹−1, several values of a CNAME.
    pub fn check(&self) -> Result<(), RrSetError> {
        let err = |why| Err(RrSetError { line: None, subject: self.key.to_string(), why });
        if self.opaque.is_some() {
            return Ok(());
        }
        if self.values.is_empty() {
            return err("it has no values".to_owned());
        }
        if self.ttl > TTL_MAX {
            return err(format!("TTL {} is above {TTL_MAX}", self.ttl));
        }
        for value in &self.values {
            if let Err(why) = value::check(&self.key.rtype, value) {
                return err(why);
            }
        }
        if self.value_set().len() < self.values.len() {
            return err("a value stands there twice".to_owned());
        }
        if self.key.rtype == RecordType::Cname && self.values.len() > 1 {
            return err("a CNAME has exactly one value".to_owned());
        }
        Ok(())
    }

    fn value_set(&self) -> BTreeSet<String> {
        self.values.iter().map(|text| value::canonical(&self.key.rtype, text)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rrset(rtype: &str, ttl: u32, values: &[&str]) -> RrSet {
        let name = Name::parse("app.example.com").unwrap();
        RrSet::new(Key::new(name, rtype.to_owned().into()), ttl, values.iter().copied())
    }

    #[test]
    fn order_and_spelling_do_not_count_but_ttl_and_opaque_part_do() {
        let one = rrset("AAAA", 60, &["2001:db8::1", "2001:db8::2"]);
        let other = rrset("AAAA", 60, &["2001:DB8::2", "2001:db8:0::1"]);
        assert!(one.same_data(&other));
        assert!(!one.same_data(&RrSet { ttl: 61, ..other.clone() }));
        assert!(one.same_values(&RrSet { ttl: 61, ..other.clone() }));
        assert!(!one.same_data(&RrSet { opaque: Some("{}".to_owned()), ..other }));
        assert!(!one.same_data(&rrset("AAAA", 60, &["2001:db8::1"])));
    }

    #[test]
    fn a_wrong_rrset_is_named() {
        for (rrset, why) in [
            (rrset("A", 60, &[]), "no values"),
            (rrset("A", u32::MAX, &["192.0.2.1"]), "above 2147483647"),
            (rrset("AAAA", 60, &["2001:db8::1", "2001:DB8::1"]), "twice"),
            (rrset("CNAME", 60, &["a.", "b."]), "exactly one"),
            (rrset("A", 60, &["192.0.2"]), "not an IPv4 address"),
        ] {
            let error = rrset.check().unwrap_err().to_string();
            assert!(error.starts_with("app.example.com ") && error.contains(why), "{error}");
        }
    }
}
