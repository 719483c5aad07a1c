//! Names to addresses, by way of a resolver, and whose name servers they are.
use std::net::{IpAddr, SocketAddr};

use super::Start;
use crate::name::Name;
use crate::propagation::{Asking, look};
use crate::record::{Key, RecordType};

/// The port of DNS.
pub(super) const PORT: u16 = 53;

/// The addresses of a name server; none without a resolver.
pub(super) async fn addresses(start: &Start, name: &str) -> Vec<SocketAddr> {
    let (Some(resolver), Ok(name)) = (start.resolver, Name::parse(name)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for rtype in [RecordType::A, RecordType::Aaaa] {
        let asking = Asking { recursion: true, tcp: false, dnssec: false, timeout: start.timeout };
        let key = Key::new(name.clone(), rtype.clone());
        let Ok(answer) = look(resolver, &key, asking).await else { continue };
        let lines = answer.answers.iter().filter(|line| line.rtype == rtype.as_str());
        let addresses = lines.filter_map(|line| line.value.parse::<IpAddr>().ok());
        found.extend(addresses.map(|address| SocketAddr::new(address, PORT)));
    }
    found
}

/// The domain of whoever runs a name server: its last two labels, or three below such as `co.uk`.
pub(super) fn operator(server: &str) -> String {
    let labels: Vec<&str> = server.split('.').collect();
    let short = |label: &&str| label.len() <= 3;
    let second = labels.len().checked_sub(2).and_then(|at| labels.get(at));
    let count = if second.is_some_and(short) && labels.len() > 2 { 3 } else { 2 };
    labels[labels.len().saturating_sub(count)..].join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_servers_of_one_operator_share_their_domain() {
        assert_eq!(operator("ns-cloud-b1.googledomains.com"), "googledomains.com");
        assert_eq!(operator("helium.ns.hetzner.de"), "hetzner.de");
        assert_eq!(operator("ns1.example.co.uk"), "example.co.uk");
        assert_eq!(operator("localhost"), "localhost");
    }
}
