//! Ranges of IPv4 addresses, as private networks are made of.

use std::fmt;
use std::net::Ipv4Addr;

/// A range: its first address and how many bits of it are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Cidr {
    base: u32,
    bits: u8,
}

impl Cidr {
    /// Reads `10.0.0.0/16`; nothing if it is no range, or its address is not its first one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        let base = address.parse::<Ipv4Addr>().ok()?.to_bits();
        let bits: u8 = bits.parse().ok().filter(|bits| *bits <= 32)?;
        let range = Self { base, bits };
        (base & !range.mask() == 0).then_some(range)
    }

    pub(crate) fn new(address: Ipv4Addr, bits: u8) -> Self {
        let range = Self { base: 0, bits: bits.min(32) };
        Self { base: address.to_bits() & range.mask(), ..range }
    }

    pub(crate) fn bits(self) -> u8 {
        self.bits
    }

    pub(crate) fn first(self) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.base)
    }

    pub(crate) fn last(self) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.base | !self.mask())
    }

    /// The address so many places after the first; nothing if it is outside.
    pub(crate) fn nth(self, places: u32) -> Option<Ipv4Addr> {
        let address = Ipv4Addr::from_bits(self.base.checked_add(places)?);
        self.contains(address).then_some(address)
    }

    pub(crate) fn contains(self, address: Ipv4Addr) -> bool {
        address.to_bits() & self.mask() == self.base
    }

    pub(crate) fn covers(self, other: Self) -> bool {
        self.bits <= other.bits && self.contains(other.first())
    }

    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.covers(other) || other.covers(self)
    }

    /// Whether it is inside one of the ranges of RFC 1918.
    pub(crate) fn is_private(self) -> bool {
        [([10, 0, 0, 0], 8), ([172, 16, 0, 0], 12), ([192, 168, 0, 0], 16)]
            .into_iter()
            .any(|(base, bits)| Self::new(base.into(), bits).covers(self))
    }

    /// The addresses of the range, in order.
    pub(crate) fn addresses(self) -> impl Iterator<Item = Ipv4Addr> {
        (self.base..=self.last().to_bits()).map(Ipv4Addr::from_bits)
    }

    /// The ranges of so many bits inside this one, in order.
    pub(crate) fn parts(self, bits: u8) -> impl Iterator<Item = Self> {
        let bits = bits.clamp(self.bits, 32);
        let count = 1u64 << (bits - self.bits);
        let step = 1u64 << (32 - bits);
        let base = u64::from(self.base);
        (0..count).filter_map(move |place| {
            let base = u32::try_from(base + place * step).ok()?;
            Some(Self { base, bits })
        })
    }

    fn mask(self) -> u32 {
        u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first(), self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> Cidr {
        Cidr::parse(text).unwrap_or_else(|| panic!("{text} is a range"))
    }

    #[test]
    fn only_ranges_that_start_at_their_first_address_are_read() {
        for text in ["0.0.0.0/0", "10.0.0.0/8", "10.1.2.0/23", "192.0.2.1/32"] {
            assert_eq!(range(text).to_string(), text);
        }
        for text in ["10.0.0.1/24", "10.0.0.0", "10.0.0.0/33", "10.0.0/8", "::/0", "10.0.0.0/-1"] {
            assert_eq!(Cidr::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_range_knows_what_lies_inside_it() {
        let wide = range("10.20.0.0/16");
        assert!(wide.covers(range("10.20.3.0/24")) && !wide.covers(range("10.0.0.0/8")));
        assert!(range("10.0.0.0/8").overlaps(wide) && !wide.overlaps(range("10.21.0.0/16")));
        assert_eq!(wide.last(), Ipv4Addr::new(10, 20, 255, 255));
        assert_eq!(wide.nth(2), Some(Ipv4Addr::new(10, 20, 0, 2)));
        assert_eq!(range("10.0.0.0/30").nth(4), None);
        assert_eq!(wide.parts(24).nth(1), Some(range("10.20.1.0/24")));
        assert_eq!(range("192.0.2.1/32").addresses().count(), 1);
        assert_eq!(range("255.255.255.0/24").parts(25).count(), 2);
    }

    #[test]
    fn private_ranges_are_those_of_rfc_1918() {
        for text in ["10.0.0.0/8", "172.16.0.0/12", "172.31.1.0/24", "192.168.0.0/24"] {
            assert!(range(text).is_private(), "{text}");
        }
        for text in ["172.32.0.0/16", "192.0.2.0/24", "0.0.0.0/0", "8.0.0.0/7"] {
            assert!(!range(text).is_private(), "{text}");
        }
    }
}
