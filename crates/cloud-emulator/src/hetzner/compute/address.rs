//! Public addresses the cloud has to give away: of ranges that stand for nobody.

use std::net::Ipv6Addr;

use crate::cidr::Cidr;

/// Gives out addresses one after the other, and used ones only after all others.
#[derive(Debug, Default)]
pub(super) struct Pool {
    next_v4: u32,
    next_v6: u16,
}

impl Pool {
    /// An IPv4 address that is not taken; none if all are.
    pub(super) fn ipv4(&mut self, taken: impl Fn(&str) -> bool) -> Option<String> {
        // RFC 5737's, and then those for benchmarks.
        let ranges = [([203, 0, 113, 0], 24), ([198, 18, 0, 0], 16)];
        let all = || {
            ranges.into_iter().flat_map(|(base, bits)| {
                let range = Cidr::new(base.into(), bits);
                range.addresses().filter(|ip| !matches!(ip.octets()[3], 0 | 255))
            })
        };
        let count = u32::try_from(all().count()).unwrap_or(u32::MAX);
        let start = self.next_v4 % count;
        let places = all().zip(0..).skip(start as usize).chain(all().zip(0..));
        let (address, place) = places
            .map(|(ip, place)| (ip.to_string(), place))
            .take(count as usize)
            .find(|(ip, _)| !taken(ip))?;
        self.next_v4 = place + 1;
        Some(address)
    }

    /// A network of IPv6 addresses of its own.
    pub(super) fn ipv6(&mut self) -> String {
        self.next_v6 = self.next_v6.wrapping_add(1);
        let network = Ipv6Addr::from([0x2001, 0xdb8, 0xc1c, self.next_v6, 0, 0, 0, 0]);
        format!("{network}/64")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_used_again_only_when_there_is_no_other() {
        let mut pool = Pool::default();
        let first = pool.ipv4(|_| false);
        assert_eq!(first.as_deref(), Some("203.0.113.1"));
        let others: Vec<_> = (0..300).filter_map(|_| pool.ipv4(|_| false)).collect();
        assert_eq!(others.len(), 300);
        assert!(!others.contains(&"203.0.113.1".to_owned()));
        assert_eq!(pool.ipv4(|_| true), None);
        assert_ne!(pool.ipv6(), pool.ipv6());
    }
}
