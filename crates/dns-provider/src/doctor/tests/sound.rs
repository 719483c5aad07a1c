//! A zone that is well, at two providers with two name servers each.
use std::collections::{BTreeMap, BTreeSet};

use crate::doctor::{Answers, Facts, Parent, Provider, RecordAnswer, Server, Soa};
use crate::name::Name;
use crate::record::{Key, RecordType};

pub(super) fn sound() -> Facts {
    let names: BTreeSet<String> = ["one", "two"]
        .iter()
        .flat_map(|provider| (1..=2).map(move |at| format!("ns{at}.{provider}.example")))
        .collect();
    Facts {
        zone: Name::parse("shop.example").expect("a name"),
        at: 1_800_000_000,
        parent: Parent {
            zone: Some("example".to_owned()),
            asked: vec!["ns.example (192.0.2.53:53)".to_owned()],
            name_servers: names.clone(),
            ttl: Some(86_400),
            glue: BTreeMap::new(),
            ..Parent::default()
        },
        providers: vec![provider("one", 1, &names), provider("two", 2, &names)],
    }
}

/// A provider called `name` that lists `names`; `number` makes its addresses and its SOA.
pub(super) fn provider(name: &str, number: u8, names: &BTreeSet<String>) -> Provider {
    let answers = Answers {
        authoritative: true,
        rcode: "NOERROR".to_owned(),
        soa: Some(Soa {
            mname: format!("ns1.{name}.example"),
            serial: u32::from(number) * 1000,
            timers: [7200, 900, 1_209_600],
            negative_ttl: 300,
        }),
        name_servers: names.clone(),
        ns_ttl: Some(3600),
        records: vec![RecordAnswer {
            key: Key::new(Name::parse("www.shop.example").expect("a name"), RecordType::A),
            rcode: "NOERROR".to_owned(),
            ttl: Some(60),
            values: ["192.0.2.1".to_owned()].into(),
        }],
        ..Answers::default()
    };
    let server = |at: u8| Server {
        name: format!("ns{at}.{name}.example"),
        address: Some(([198, 51, 100, number * 10 + at], 53).into()),
        udp: Ok(answers.clone()),
        tcp: Ok(()),
        edns: true,
    };
    Provider { name: name.to_owned(), servers: vec![server(1), server(2)] }
}
