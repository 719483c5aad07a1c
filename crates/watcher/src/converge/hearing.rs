//! One question to one server about all types that matter, and what its answer means.
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use dns_provider::Key;
use dns_provider::propagation::{self, Reply};
use futures_util::future::join_all;

use super::agenda::Whom;

/// What somebody said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// What is wanted now.
    New { ttl: Option<u32> },
    /// Something else, or nothing.
    Other { ttl: Option<u32> },
    /// Nothing, or nothing about the name.
    Nothing(String),
}

pub(super) async fn ask(
    wanted: &[(Key, BTreeSet<String>)],
    whom: Whom,
    address: SocketAddr,
    timeout: Duration,
) -> (Whom, Said) {
    let recursion = matches!(whom, Whom::Resolver(_));
    let replies = wanted.iter().map(|(key, _)| propagation::ask(address, key, recursion, timeout));
    let replies = join_all(replies).await;
    (whom, judged(wanted, &replies))
}

/// The TTL is not looked at here: a resolver counts it down, and a wrong one is named elsewhere.
fn judged(wanted: &[(Key, BTreeSet<String>)], replies: &[Result<Reply, String>]) -> Said {
    let (mut new, mut ttl) = (true, None);
    for ((_, wanted), reply) in wanted.iter().zip(replies) {
        let reply = match reply {
            Ok(reply) if matches!(reply.rcode.as_str(), "NOERROR" | "NXDOMAIN") => reply,
            Ok(reply) => return Said::Nothing(format!("it answers {}", reply.rcode)),
            Err(problem) => return Said::Nothing(problem.clone()),
        };
        new &= alike(&reply.values) == alike(wanted);
        ttl = ttl.max(reply.ttl);
    }
    if new { Said::New { ttl } } else { Said::Other { ttl } }
}

/// Addresses in one spelling, everything else as it is.
fn alike<'v>(values: impl IntoIterator<Item = &'v String>) -> BTreeSet<String> {
    let one = |value: &'v String| match value.parse::<IpAddr>() {
        Ok(address) => address.to_string(),
        Err(_) => value.clone(),
    };
    values.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use failover_core::{SiteId, SiteSet};

    use super::*;
    use crate::sample;
    use crate::setup::Family;

    fn reply(ttl: u32, values: &[&str]) -> Result<Reply, String> {
        Ok(Reply {
            authoritative: false,
            rcode: "NOERROR".to_owned(),
            ttl: (!values.is_empty()).then_some(ttl),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            over_tcp: false,
        })
    }

    fn said(site: u8, v4: Result<Reply, String>, v6: Result<Reply, String>) -> Said {
        let (service, sites) = (sample::service(), SiteSet::one(SiteId(site)));
        let wanted = Family::BOTH.map(|family| {
            let set = service.wanted(sites, family);
            (service.key(family), set.into_iter().flat_map(|set| set.values).collect())
        });
        judged(&wanted, &[v4, v6])
    }

    #[test]
    fn only_all_addresses_of_all_families_are_the_new_answer() {
        let both = || (reply(17, &["192.0.2.1"]), reply(40, &["2001:db8:0::1"]));
        let (v4, v6) = both();
        assert_eq!(said(0, v4, v6), Said::New { ttl: Some(40) });
        let (v4, v6) = both();
        assert_eq!(said(1, v4, v6), Said::Other { ttl: Some(40) });
        assert_eq!(said(0, both().0, reply(9, &[])), Said::Other { ttl: Some(17) });
        // The third site has no IPv6 address: none is what is wanted.
        let v4 = reply(5, &["192.0.2.4", "192.0.2.3"]);
        assert_eq!(said(2, v4, reply(9, &[])), Said::New { ttl: Some(5) });
    }

    #[test]
    fn errors_say_nothing_about_the_name() {
        let refused = Ok(Reply { rcode: "SERVFAIL".to_owned(), ..reply(1, &[]).expect("a reply") });
        assert_eq!(
            said(0, refused, reply(1, &["2001:db8::1"])),
            Said::Nothing("it answers SERVFAIL".to_owned())
        );
        let silent = Err("no answer".to_owned());
        assert_eq!(said(0, reply(1, &[]), silent), Said::Nothing("no answer".to_owned()));
    }
}
