//! Public resolvers to ask what the world sees.
use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::PORT;

/// A resolver that answers anybody.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PublicResolver {
    /// A short name, unique in the list.
    pub name: Cow<'static, str>,
    /// Who runs it.
    pub operator: Cow<'static, str>,
    /// Where the operator sits, as ISO 3166-1 alpha-2; many are anycast and answer from elsewhere.
    pub country: Cow<'static, str>,
    /// Its address.
    pub address: SocketAddr,
}

/// Well-known resolvers that answer anybody, with who runs them.
///
/// The list is made by hand. On it stands who has offered the address to everybody, or has answered
/// everybody for years: services that say so on their own pages, national ones, and a few carriers.
/// Addresses that merely turned up in a scan do not: nobody has allowed them to be asked. Several
/// continents are on it, IPv6 where the operator is known for it; a machine without IPv6 gets no
/// answer there, which counts for nothing.
///
/// Operators close resolvers now and then: one that does not answer says nothing about your zone.
/// Unfiltered variants are listed where there is a choice, since a filter would answer for itself.
pub fn public_resolvers() -> &'static [PublicResolver] {
    LIST
}

const fn at(
    name: &'static str,
    operator: &'static str,
    country: &'static str,
    octets: [u8; 4],
) -> PublicResolver {
    let [a, b, c, d] = octets;
    PublicResolver {
        name: Cow::Borrowed(name),
        operator: Cow::Borrowed(operator),
        country: Cow::Borrowed(country),
        address: SocketAddr::new(IpAddr::V4(Ipv4Addr::new(a, b, c, d)), PORT),
    }
}

const fn at6(
    name: &'static str,
    operator: &'static str,
    country: &'static str,
    segments: [u16; 8],
) -> PublicResolver {
    let [a, b, c, d, e, f, g, h] = segments;
    PublicResolver {
        name: Cow::Borrowed(name),
        operator: Cow::Borrowed(operator),
        country: Cow::Borrowed(country),
        address: SocketAddr::new(IpAddr::V6(Ipv6Addr::new(a, b, c, d, e, f, g, h)), PORT),
    }
}

static LIST: &[PublicResolver] = &[
    at("google-public-dns-a", "Google", "US", [8, 8, 8, 8]),
    at("google-public-dns-b", "Google", "US", [8, 8, 4, 4]),
    at("cloudflare-a", "Cloudflare", "US", [1, 1, 1, 1]),
    at("cloudflare-b", "Cloudflare", "US", [1, 0, 0, 1]),
    at("quad9", "Quad9", "CH", [9, 9, 9, 9]),
    at("quad9-unfiltered", "Quad9", "CH", [9, 9, 9, 10]),
    at("opendns-a", "Cisco OpenDNS", "US", [208, 67, 222, 222]),
    at("opendns-b", "Cisco OpenDNS", "US", [208, 67, 220, 220]),
    at("ultradns-public-a", "DigiCert UltraDNS", "US", [64, 6, 64, 6]),
    at("ultradns-public-b", "DigiCert UltraDNS", "US", [156, 154, 70, 5]),
    at("lumen", "Lumen (Level 3)", "US", [4, 2, 2, 2]),
    at("hurricane-electric", "Hurricane Electric", "US", [74, 82, 42, 42]),
    at("ntt-gin", "NTT Global IP Network", "US", [129, 250, 35, 250]),
    at("comodo-secure-dns", "Comodo", "US", [8, 26, 56, 26]),
    at("fortiguard", "Fortinet", "US", [208, 91, 112, 53]),
    at("cleanbrowsing-security", "CleanBrowsing", "US", [185, 228, 168, 9]),
    at("control-d-unfiltered", "Control D", "CA", [76, 76, 2, 0]),
    at("canadian-shield-private", "CIRA", "CA", [149, 112, 121, 10]),
    at("dns4eu-unfiltered", "DNS4EU", "CZ", [86, 54, 11, 100]),
    at("odvr", "CZ.NIC", "CZ", [193, 17, 47, 1]),
    at("dns-watch-a", "DNS.WATCH", "DE", [84, 200, 69, 80]),
    at("dns-watch-b", "DNS.WATCH", "DE", [84, 200, 70, 40]),
    at("dns-sb", "xTom DNS.SB", "DE", [185, 222, 222, 222]),
    at("fdn-ns0", "French Data Network", "FR", [80, 67, 169, 12]),
    at("fdn-ns1", "French Data Network", "FR", [80, 67, 169, 40]),
    at("gcore", "Gcore", "LU", [95, 85, 95, 85]),
    at("adguard-unfiltered", "AdGuard", "CY", [94, 140, 14, 140]),
    at("adguard-default", "AdGuard", "CY", [94, 140, 14, 14]),
    at("surfshark", "Surfshark", "NL", [194, 169, 169, 169]),
    at("uncensoreddns-anycast", "UncensoredDNS", "DK", [91, 239, 100, 100]),
    at("yandex-basic", "Yandex", "RU", [77, 88, 8, 8]),
    at("nsdi", "NSDI", "RU", [195, 208, 4, 1]),
    at("msk-ix", "MSK-IX", "RU", [62, 76, 76, 62]),
    at("alidns-a", "Alibaba", "CN", [223, 5, 5, 5]),
    at("alidns-b", "Alibaba", "CN", [223, 6, 6, 6]),
    at("dnspod", "Tencent DNSPod", "CN", [119, 29, 29, 29]),
    at("114dns", "114DNS", "CN", [114, 114, 114, 114]),
    at("baidu", "Baidu", "CN", [180, 76, 76, 76]),
    at("cnnic-sdns", "CNNIC", "CN", [1, 2, 4, 8]),
    at("quad101", "TWNIC Quad101", "TW", [101, 101, 101, 101]),
    at("hinet", "Chunghwa Telecom HiNet", "TW", [168, 95, 1, 1]),
    at("kt", "KT", "KR", [168, 126, 63, 1]),
    at("sk-broadband", "SK Broadband", "KR", [210, 220, 163, 82]),
    at("lg-uplus", "LG U+", "KR", [164, 124, 101, 2]),
    at6("google-public-dns-6", "Google", "US", [0x2001, 0x4860, 0x4860, 0, 0, 0, 0, 0x8888]),
    at6("cloudflare-6", "Cloudflare", "US", [0x2606, 0x4700, 0x4700, 0, 0, 0, 0, 0x1111]),
    at6("quad9-6", "Quad9", "CH", [0x2620, 0xfe, 0, 0, 0, 0, 0, 0xfe]),
    at6("opendns-6", "Cisco OpenDNS", "US", [0x2620, 0x119, 0x35, 0, 0, 0, 0, 0x35]),
    at6("hurricane-electric-6", "Hurricane Electric", "US", [0x2001, 0x470, 0x20, 0, 0, 0, 0, 2]),
    at6("adguard-unfiltered-6", "AdGuard", "CY", [0x2a10, 0x50c0, 0, 0, 0, 0, 1, 0xff]),
    at6("fdn-ns0-6", "French Data Network", "FR", [0x2001, 0x910, 0x800, 0, 0, 0, 0, 0x12]),
    at6("odvr-6", "CZ.NIC", "CZ", [0x2001, 0x148f, 0xffff, 0, 0, 0, 0, 1]),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_list_is_long_enough_and_nothing_stands_in_it_twice() {
        assert!(LIST.iter().filter(|resolver| resolver.address.is_ipv4()).count() >= 32);
        assert!(LIST.iter().any(|resolver| resolver.address.is_ipv6()));
        let names: HashSet<&str> = LIST.iter().map(|resolver| resolver.name.as_ref()).collect();
        let addresses: HashSet<SocketAddr> = LIST.iter().map(|resolver| resolver.address).collect();
        assert_eq!((names.len(), addresses.len()), (LIST.len(), LIST.len()));
        assert!(LIST.iter().all(|resolver| resolver.country.len() == 2));
        let countries: HashSet<&str> =
            LIST.iter().map(|resolver| resolver.country.as_ref()).collect();
        assert!(countries.len() >= 12, "resolvers of a few countries see only those");
    }
}
