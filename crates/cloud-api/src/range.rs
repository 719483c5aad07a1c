//! Ranges of IPv4 addresses.
use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use cloud_http::{Failure, Kind};
use serde::{Deserialize, Serialize};

/// A range of IPv4 addresses in CIDR notation (RFC 4632): `10.20.0.0/24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Range {
    base: Ipv4Addr,
    prefix: u8,
}

/// Why a text is no [`Range`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RangeError(String);

impl Range {
    /// The range `text`; its base must be the first address of it.
    pub fn parse(text: &str) -> Result<Self, RangeError> {
        let wrong = |why: &str| RangeError(format!("\"{text}\" is no range of addresses: {why}"));
        let (base, prefix) =
            text.split_once('/').ok_or_else(|| wrong("it lacks the prefix length, as in /24"))?;
        let base: Ipv4Addr = base.parse().map_err(|_| wrong("it has no IPv4 address"))?;
        let plain = !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_digit());
        let prefix: u8 = prefix
            .parse()
            .ok()
            .filter(|prefix| plain && *prefix <= 32)
            .ok_or_else(|| wrong("the prefix length must be between 0 and 32"))?;
        let range = Self { base, prefix };
        if u32::from(base) & !range.mask() != 0 {
            let first = Ipv4Addr::from(u32::from(base) & range.mask());
            return Err(wrong(&format!("it starts at {first}/{prefix}")));
        }
        Ok(range)
    }

    /// Its first address.
    pub fn base(&self) -> Ipv4Addr {
        self.base
    }

    /// Its last address.
    pub fn last(&self) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.base) | !self.mask())
    }

    /// How many leading bits all its addresses share.
    pub fn prefix(&self) -> u8 {
        self.prefix
    }

    /// Whether `address` lies in it.
    pub fn holds(&self, address: Ipv4Addr) -> bool {
        u32::from(address) & self.mask() == u32::from(self.base)
    }

    /// Whether all of `other` lies in it.
    pub fn covers(&self, other: &Self) -> bool {
        self.prefix <= other.prefix && self.holds(other.base)
    }

    /// Whether any address lies in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.covers(other) || other.covers(self)
    }

    /// Whether all of it is for private networks (RFC 1918).
    pub fn is_private(&self) -> bool {
        const PRIVATE: [Range; 3] = [
            Range { base: Ipv4Addr::new(10, 0, 0, 0), prefix: 8 },
            Range { base: Ipv4Addr::new(172, 16, 0, 0), prefix: 12 },
            Range { base: Ipv4Addr::new(192, 168, 0, 0), prefix: 16 },
        ];
        PRIVATE.iter().any(|private| private.covers(self))
    }

    /// The address `index` places after the first one, if it is in the range.
    pub fn nth(&self, index: u32) -> Option<Ipv4Addr> {
        let address = Ipv4Addr::from(u32::from(self.base).checked_add(index)?);
        self.holds(address).then_some(address)
    }

    fn mask(&self) -> u32 {
        u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.prefix)
    }
}

impl FromStr for Range {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Range {
    type Error = RangeError;

    fn try_from(text: String) -> Result<Self, RangeError> {
        Self::parse(&text)
    }
}

impl From<Range> for String {
    fn from(range: Range) -> Self {
        range.to_string()
    }
}

impl From<RangeError> for Failure {
    fn from(error: RangeError) -> Self {
        Self::new(Kind::Invalid, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn range(text: &str) -> Range {
        Range::parse(text).unwrap()
    }

    #[test]
    fn what_is_no_range_is_refused_with_a_reason() {
        for (text, why) in [
            ("10.0.0.0", "lacks the prefix"),
            ("10.0.0/8", "no IPv4 address"),
            ("10.0.0.0/33", "between 0 and 32"),
            ("10.0.0.0/+8", "between 0 and 32"),
            ("10.0.0.0/", "between 0 and 32"),
            ("10.0.0.1/24", "it starts at 10.0.0.0/24"),
        ] {
            let error = Range::parse(text).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn ranges_know_their_ends_and_their_neighbours() {
        let web = range("10.20.1.0/24");
        assert_eq!(web.last(), Ipv4Addr::new(10, 20, 1, 255));
        assert_eq!(web.nth(2), Some(Ipv4Addr::new(10, 20, 1, 2)));
        assert_eq!(web.nth(256), None);
        assert!(range("10.20.0.0/16").covers(&web) && !web.covers(&range("10.20.0.0/16")));
        assert!(web.overlaps(&range("10.20.0.0/16")) && !web.overlaps(&range("10.20.2.0/24")));
        assert!(range("0.0.0.0/0").holds(Ipv4Addr::BROADCAST));
        assert!(range("172.16.0.0/12").is_private() && !range("172.0.0.0/11").is_private());
    }

    proptest! {
        #[test]
        fn ranges_overlap_exactly_when_an_end_of_one_lies_in_the_other(
            a: u32, b: u32, p in 0u8..=32, q in 0u8..=32
        ) {
            let make = |bits: u32, prefix: u8| {
                let mask = if prefix == 0 { 0 } else { u32::MAX << (32 - prefix) };
                range(&format!("{}/{prefix}", Ipv4Addr::from(bits & mask)))
            };
            let (one, two) = (make(a, p), make(b, q));
            let apart = one.last() < two.base() || two.last() < one.base();
            prop_assert_eq!(one.overlaps(&two), !apart);
            prop_assert_eq!(range(&one.to_string()), one);
        }
    }
}
