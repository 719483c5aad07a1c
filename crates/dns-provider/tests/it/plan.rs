//! The planner: what it plans is what is wanted, and what it refuses it names.
use std::collections::{BTreeMap, BTreeSet};

use dns_provider::plan::{PlanRefused, Problem, SafetyLimits, Scope, plan};
use dns_provider::{
    Atomicity, Capabilities, Change, ChangeSet, DnsProvider, Expect, Guard, MemoryDns, Outcome,
    RrSet,
};
use futures_util::FutureExt;
use proptest::prelude::*;

use crate::support::{apex, call, key, rrset, zone};

fn can() -> Capabilities {
    Capabilities::new(Atomicity::WholeSet, Guard::Server, 60)
}

fn planned(now: &[RrSet], want: &[RrSet], scope: &Scope) -> Result<ChangeSet, PlanRefused> {
    plan(&zone(), now, want, scope, &can(), &SafetyLimits::default())
}

fn app(values: &[&str]) -> RrSet {
    rrset("app.example.com", "A", 60, values)
}

#[test]
fn a_change_expects_exactly_what_was_seen() {
    let (now, want) = (app(&["192.0.2.1"]), app(&["198.51.100.1"]));
    let want = [want, rrset("new.example.com", "A", 60, &["192.0.2.7"])];
    let set = planned(std::slice::from_ref(&now), &want, &Scope::of(&want)).unwrap();
    let [changed, created] = want;
    assert_eq!(
        set.changes,
        [Change::put(changed, Expect::Exactly(now)), Change::put(created, Expect::Absent)]
    );
}

#[test]
fn the_same_data_in_another_order_is_no_change() {
    let now = [app(&["192.0.2.1", "192.0.2.2"])];
    let want = [app(&["192.0.2.2", "192.0.2.1"])];
    assert_eq!(planned(&now, &want, &Scope::of(&want)).unwrap().changes, []);
}

#[test]
fn what_is_out_of_scope_is_left_alone_and_what_is_in_scope_and_unwanted_goes() {
    let now = [app(&["192.0.2.1"]), rrset("old.example.com", "A", 60, &["192.0.2.9"])];
    let scope = Scope::Keys(BTreeSet::from([now[0].key.clone()]));
    let set = planned(&now, &[], &scope).unwrap();
    let [old, _] = now;
    assert_eq!(set.changes, [Change::remove(old.key.clone(), Expect::Exactly(old))]);
}

#[test]
fn a_plan_for_the_whole_zone_keeps_the_apex() {
    let mut now = apex();
    now.push(app(&["192.0.2.1"]));
    let set = planned(&now, &[], &Scope::Zone).unwrap();
    let keys: Vec<_> = set.changes.iter().map(|change| change.key.clone()).collect();
    assert_eq!(keys, [key("app.example.com", "A")]);
}

#[test]
fn every_problem_is_named_at_once() {
    let mut opaque = app(&["192.0.2.1"]);
    opaque.opaque = Some("{}".to_owned());
    let mut now = apex();
    now.push(opaque);
    let want = [
        app(&["198.51.100.1"]),
        rrset("example.com", "NS", 3600, &["ns9.example.net."]),
        rrset("www.example.com", "CNAME", 60, &["app.example.com."]),
        rrset("www.example.com", "A", 60, &["192.0.2.1"]),
        rrset("other.example.com", "A", 60, &["192.0.2.1"]),
        rrset("other.example.com", "A", 60, &["192.0.2.2"]),
    ];
    let mut keys: BTreeSet<_> = want.iter().map(|rrset| rrset.key.clone()).collect();
    keys.remove(&key("other.example.com", "A"));
    let refused = planned(&now, &want, &Scope::Keys(keys)).unwrap_err();
    let other = || key("other.example.com", "A");
    assert_eq!(
        refused.problems,
        [
            Problem::OutOfScope(other()),
            Problem::WantedTwice(other()),
            Problem::OutOfScope(other()),
            Problem::Opaque(key("app.example.com", "A")),
            Problem::Apex(key("example.com", "NS")),
            Problem::CnameBesideOthers(crate::support::name("www.example.com")),
        ]
    );
    assert!(refused.to_string().starts_with("the plan is refused: other.example.com A is wanted"));
}

#[test]
fn the_provider_s_limits_hold_before_any_request() {
    for (want, why) in [
        (rrset("app.example.com", "A", 59, &["192.0.2.1"]), "TTL 59 is under"),
        (RrSet::new(key("app.example.com", "A"), 60, ["x"]), "not an IPv4 address"),
        (rrset("app.example.org", "A", 60, &["192.0.2.1"]), "outside zone"),
    ] {
        let want = [want];
        let refused = planned(&[], &want, &Scope::of(&want)).unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
}

#[test]
fn the_apex_name_servers_change_only_on_purpose_and_the_soa_never() {
    let want = [rrset("example.com", "NS", 3600, &["ns9.example.net."])];
    let limits = SafetyLimits::default().allow_apex_ns();
    let put = |want: &[RrSet]| plan(&zone(), &apex(), want, &Scope::of(want), &can(), &limits);
    assert_eq!(put(&want).unwrap().changes.len(), 1);
    let soa = "ns1.example.net. dns.example.net. 1 1 1 1 1";
    assert!(put(&[rrset("example.com", "SOA", 3600, &[soa])]).is_err());
    let raised = "ns1.example.net. dns.example.net. 2026112301 86400 10800 3600000 3600";
    assert_eq!(put(&[rrset("example.com", "SOA", 3600, &[raised])]).unwrap().changes, []);
    let scope = Scope::Keys(BTreeSet::from([key("example.com", "NS")]));
    assert!(plan(&zone(), &apex(), &[], &scope, &can(), &limits).is_err());
}

#[test]
fn too_large_a_share_is_refused_from_ten_rrsets_up() {
    let many = |count: usize, address: &str| -> Vec<RrSet> {
        (0..count).map(|i| rrset(&format!("h{i}.example.com"), "A", 60, &[address])).collect()
    };
    let mut want = many(4, "198.51.100.1");
    want.extend(many(10, "192.0.2.1").split_off(4));
    let refused = planned(&many(10, "192.0.2.1"), &want, &Scope::Zone).unwrap_err();
    let percent = 30;
    assert_eq!(refused.problems, [Problem::TooManyUpdates { updates: 4, present: 10, percent }]);
    let refused = planned(&many(10, "192.0.2.1"), &want[..6], &Scope::Zone).unwrap_err();
    let removals = Problem::TooManyRemovals { removals: 4, present: 10, percent };
    assert!(refused.problems.contains(&removals));
    // 3 of 10 is just allowed; below ten RRsets shares mean nothing.
    assert!(planned(&many(10, "192.0.2.1"), &want[1..], &Scope::Zone).is_ok());
    assert!(planned(&many(9, "192.0.2.1"), &[], &Scope::Zone).is_ok());
    let all = SafetyLimits::default().percent(100, 100);
    assert!(plan(&zone(), &many(10, "192.0.2.1"), &[], &Scope::Zone, &can(), &all).is_ok());
}

fn any_rrset() -> impl Strategy<Value = RrSet> {
    let host = 0..5_u8;
    let values = proptest::collection::btree_set(1..6_u8, 1..4);
    (host, 0..5_u8, 60..63_u32, values).prop_map(|(host, rtype, ttl, values)| {
        let name = format!("h{host}.example.com");
        let all = |make: fn(u8) -> String| values.iter().map(|v| make(*v)).collect::<Vec<_>>();
        let (rtype, values) = match rtype {
            0 => ("A", all(|v| format!("192.0.2.{v}"))),
            1 => ("AAAA", all(|v| format!("2001:db8::{v}"))),
            2 => ("TXT", all(|v| format!("text {v}; \"quoted\" \\"))),
            3 => ("MX", all(|v| format!("{v} mail{v}.example.com."))),
            _ => ("CNAME", all(|v| format!("www{v}.example.com.")).split_off(values.len() - 1)),
        };
        RrSet::parse(&name, rtype, ttl, &values).expect("an RRset")
    })
}

/// A zone's RRsets by key, without a CNAME beside anything else.
fn any_contents() -> impl Strategy<Value = Vec<RrSet>> {
    proptest::collection::vec(any_rrset(), 0..12).prop_map(|rrsets| {
        let mut kept: BTreeMap<_, RrSet> = BTreeMap::new();
        for rrset in rrsets {
            let clashes = |other: &RrSet| {
                other.key.name == rrset.key.name
                    && other.key != rrset.key
                    && (other.key.rtype.as_str() == "CNAME" || rrset.key.rtype.as_str() == "CNAME")
            };
            if !kept.values().any(clashes) {
                kept.insert(rrset.key.clone(), rrset);
            }
        }
        kept.into_values().collect()
    })
}

proptest! {
    #[test]
    fn applying_a_plan_gives_what_is_wanted_and_planning_again_gives_nothing(
        now in any_contents(),
        want in any_contents(),
        atomic in any::<bool>(),
    ) {
        let atomicity = if atomic { Atomicity::WholeSet } else { Atomicity::PerRrSet };
        let can = Capabilities::new(atomicity, Guard::Server, 60);
        let mut stored = apex();
        stored.extend(now);
        let dns = MemoryDns::new("m").with_capabilities(can.clone()).with_zone(zone(), stored);
        let limits = SafetyLimits::none();

        let seen = dns.stored("z1");
        let set = plan(&zone(), &seen, &want, &Scope::Zone, &can, &limits).unwrap();
        let report = dns.apply(&set, call()).now_or_never().unwrap().unwrap();
        prop_assert!(report.outcomes.iter().all(|(_, outcome)| *outcome == Outcome::Applied));

        let mut expected = apex();
        expected.extend(want.clone());
        expected.sort_by(|a, b| a.key.cmp(&b.key));
        let after = dns.stored("z1");
        prop_assert_eq!(after.len(), expected.len());
        prop_assert!(after.iter().zip(&expected).all(|(a, b)| a.same_data(b)));

        let again = plan(&zone(), &after, &want, &Scope::Zone, &can, &limits).unwrap();
        prop_assert_eq!(again.changes, Vec::new());
    }

    #[test]
    fn lines_of_any_contents_read_back_as_the_same_contents(contents in any_contents()) {
        let lines: Vec<String> = contents.iter().flat_map(RrSet::lines).collect();
        prop_assert_eq!(RrSet::from_lines(&lines.join("\n"), 1).unwrap(), contents);
    }

    #[test]
    fn any_text_survives_quoting(text in proptest::collection::vec(any::<u8>(), 0..700)) {
        let quoted = dns_provider::text::quote(&text);
        prop_assert_eq!(dns_provider::text::unquote(&quoted).unwrap(), text);
    }

    #[test]
    fn no_text_makes_the_parsers_panic(text in ".{0,60}", rtype in "[A-Z]{1,5}") {
        let _ = dns_provider::text::unquote(&text);
        let _ = RrSet::from_lines(&text, 60);
        let _ = RrSet::parse("a.example.com", &rtype, 60, std::slice::from_ref(&text));
        let one = RrSet::new(key("a.example.com", &rtype), 60, [text]);
        prop_assert!(one.same_data(&one));
    }
}
