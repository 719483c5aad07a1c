//! Each finding, from facts that differ in one thing from a zone that is well.
mod dnssec;
mod sound;

use super::*;
use sound::{provider, sound};

/// The codes of what is found, good news left out.
fn codes(facts: &Facts) -> Vec<&'static str> {
    let bad = examine(facts).into_iter().filter(|finding| finding.grade > Grade::Note);
    bad.map(|finding| finding.code).collect()
}

/// The only bad thing that is found.
#[track_caller]
fn only(facts: &Facts) -> Finding {
    let mut bad = examine(facts);
    bad.retain(|finding| finding.grade > Grade::Note);
    assert_eq!(bad.len(), 1, "{bad:#?}");
    bad.remove(0)
}

#[track_caller]
fn said(facts: &Facts, code: &str) -> Finding {
    let all = examine(facts);
    let found = all.iter().find(|finding| finding.code == code);
    found.unwrap_or_else(|| panic!("no {code}: {all:#?}")).clone()
}

/// Changes what every server of a provider says.
fn all(provider: &mut Provider, change: impl Fn(&mut Answers)) {
    for server in &mut provider.servers {
        server.udp.iter_mut().for_each(&change);
    }
}

#[test]
fn a_sound_zone_has_only_good_findings_and_explained_differences() {
    let findings = examine(&sound());
    let bad: Vec<_> = findings.iter().filter(|finding| finding.grade > Grade::Note).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    for code in ["delegated", "servers_answer", "apex_ns_complete", "loss_survived", "soa_differs"]
    {
        said(&sound(), code);
    }
    let survived = findings.iter().filter(|finding| finding.code == "loss_survived");
    assert_eq!(survived.count(), 2, "either may be lost");
}

#[test]
fn every_bad_finding_has_a_remedy_and_every_text_is_a_sentence() {
    let mut facts = sound();
    facts.parent.name_servers.clear();
    facts.providers[0].servers[0].tcp = Err("no answer".to_owned());
    facts.providers[1].servers[0].edns = false;
    let findings = examine(&facts);
    assert!(findings.len() > 4);
    for Finding { grade, text, remedy, .. } in &findings {
        assert!(text.ends_with('.') && !text.contains("  "), "{text}");
        assert_eq!(*grade > Grade::Note, !remedy.is_empty(), "{text}: {remedy}");
    }
    assert!(findings.is_sorted_by_key(|finding| std::cmp::Reverse(finding.grade)));
}

#[test]
fn a_zone_that_the_parent_does_not_know_is_critical_and_one_not_asked_for_is_not() {
    let mut facts = sound();
    facts.parent.name_servers.clear();
    assert_eq!(only(&facts).code, "not_delegated");
    facts.parent.zone = None;
    facts.parent.asked.clear();
    let unknown = only(&facts);
    assert_eq!((unknown.code, unknown.grade), ("parent_unknown", Grade::Warning));
    facts.parent.problems = vec!["no resolver".to_owned()];
    assert_eq!(codes(&facts), ["parent_silent", "parent_unknown"]);
}

#[test]
fn a_zone_of_which_no_name_server_is_known_is_not_called_well() {
    let mut facts = sound();
    facts.providers.clear();
    facts.parent = Parent { problems: vec!["no resolver".to_owned()], ..Parent::default() };
    assert_eq!(codes(&facts), ["nothing_known", "parent_silent", "parent_unknown"]);
}

#[test]
fn a_provider_without_delegation_saves_nobody() {
    let mut facts = sound();
    facts.parent.name_servers.retain(|name| !name.contains("two"));
    let found = codes(&facts);
    assert_eq!(found, ["provider_not_delegated", "loss_fatal"]);
    assert!(said(&facts, "loss_fatal").text.contains("If one is lost"));
    assert!(said(&facts, "provider_not_delegated").remedy.contains("ns1.two.example"));
}

#[test]
fn a_name_server_that_the_parent_lacks_or_has_too_many_is_a_warning() {
    let mut facts = sound();
    facts.parent.name_servers.remove("ns2.two.example");
    let lacking = only(&facts);
    assert_eq!((lacking.code, lacking.grade), ("server_not_delegated", Grade::Warning));
    let mut facts = sound();
    facts.parent.name_servers.insert("old.three.example".to_owned());
    assert!(only(&facts).text.contains("old.three.example"));
}

#[test]
fn name_servers_inside_the_zone_need_the_right_glue() {
    let mut facts = sound();
    let inside = "ns1.shop.example".to_owned();
    facts.parent.name_servers.insert(inside.clone());
    for provider in &mut facts.providers {
        all(provider, |said| said.name_servers.extend([inside.clone()]));
    }
    let mut server = facts.providers[0].servers[0].clone();
    server.name.clone_from(&inside);
    facts.providers[0].servers.push(server);
    assert_eq!(only(&facts).code, "glue_missing");
    let address = facts.providers[0].servers[0].address.expect("an address").ip();
    facts.parent.glue.insert(inside.clone(), [address].into());
    assert_eq!(codes(&facts), [""; 0]);
    let other = "192.0.2.99".parse().expect("an address");
    facts.parent.glue.insert(inside, [other].into());
    assert_eq!(only(&facts).code, "glue_differs");
}

#[test]
fn a_lame_server_is_critical_and_a_lame_provider_is_said_once() {
    let mut facts = sound();
    let lame = Answers { rcode: "REFUSED".to_owned(), ..Answers::default() };
    facts.providers[0].servers[0].udp = Ok(lame.clone());
    let one = only(&facts);
    assert_eq!((one.code, one.grade), ("server_lame", Grade::Critical));
    assert!(one.text.contains("REFUSED"), "{}", one.text);
    facts.providers[0].servers[1].udp = Ok(lame);
    assert_eq!(codes(&facts), ["provider_lame", "loss_fatal"]);
}

#[test]
fn silence_is_told_apart_from_refusal_and_from_a_missing_address() {
    let mut facts = sound();
    facts.providers[1].servers[0].udp = Err("no answer".to_owned());
    assert_eq!(only(&facts).code, "server_silent");
    facts.providers[1].servers[1].udp = Err("no answer".to_owned());
    assert_eq!(codes(&facts), ["provider_silent", "loss_fatal"]);
    let mut facts = sound();
    facts.providers[1].servers[0].address = None;
    facts.providers[1].servers[0].udp = Err("its name has no address".to_owned());
    assert_eq!(only(&facts).code, "server_unresolved");
}

#[test]
fn a_server_without_tcp_or_edns_is_a_warning() {
    let mut facts = sound();
    facts.providers[0].servers[1].tcp = Err("no answer".to_owned());
    assert_eq!(only(&facts).code, "no_tcp");
    let mut facts = sound();
    facts.providers[0].servers[1].edns = false;
    assert_eq!(only(&facts).code, "no_edns");
}

#[test]
fn the_apex_of_every_provider_must_name_all() {
    let mut facts = sound();
    all(&mut facts.providers[0], |said| said.name_servers.retain(|name| name.contains("one")));
    let found = only(&facts);
    assert_eq!((found.code, found.grade), ("apex_ns_incomplete", Grade::Critical));
    assert!(found.text.starts_with("one does not list ns1.two.example"), "{}", found.text);
}

#[test]
fn records_must_be_the_same_everywhere_and_ttls_short_and_alike() {
    let mut facts = sound();
    all(&mut facts.providers[0], |said| said.records[0].values = ["192.0.2.7".to_owned()].into());
    let differs = only(&facts);
    assert_eq!(differs.code, "record_differs");
    assert!(differs.text.contains("192.0.2.7 at one and 192.0.2.1 at two"), "{}", differs.text);

    let mut facts = sound();
    all(&mut facts.providers[0], |said| said.records[0].values.clear());
    assert_eq!(codes(&facts), ["record_differs", "loss_breaks_records"]);
    assert!(said(&facts, "loss_breaks_records").text.contains("If two is lost"));

    let mut facts = sound();
    all(&mut facts.providers[0], |said| said.records[0].ttl = Some(30));
    assert!(only(&facts).text.contains("30 s at one and 1 min at two"));
    for provider in &mut facts.providers {
        all(provider, |said| said.records[0].ttl = Some(3600));
    }
    let long = only(&facts);
    assert!(long.code == "record_ttl_long" && long.text.contains("1 h"), "{long:?}");
}

#[test]
fn servers_of_one_provider_that_differ_are_out_of_step() {
    let mut facts = sound();
    if let Ok(said) = &mut facts.providers[0].servers[1].udp {
        said.soa.iter_mut().for_each(|soa| soa.serial += 1);
    }
    assert_eq!(only(&facts).code, "provider_out_of_step");
}

#[test]
fn differences_that_do_no_harm_are_notes() {
    let mut facts = sound();
    all(&mut facts.providers[0], |said| {
        said.ns_ttl = Some(21_600);
        said.soa.iter_mut().for_each(|soa| soa.negative_ttl = 3600);
    });
    assert_eq!(codes(&facts), [""; 0]);
    assert!(said(&facts, "ns_ttl_differs").text.contains("6 h at one"));
    assert!(said(&facts, "negative_ttl_long").text.contains("1 h at one"));
}

#[test]
fn authorities_must_be_allowed_everywhere_or_nowhere() {
    let mut facts = sound();
    all(&mut facts.providers[0], |said| said.caa.extend(["0 issue \"ca.example\"".to_owned()]));
    let found = only(&facts);
    assert_eq!((found.code, found.grade), ("caa_differs", Grade::Warning));
}

#[test]
fn one_provider_alone_is_a_warning() {
    let mut facts = sound();
    facts.providers.truncate(1);
    facts.parent.name_servers.retain(|name| name.contains("one"));
    all(&mut facts.providers[0], |said| said.name_servers.retain(|name| name.contains("one")));
    assert_eq!(only(&facts).code, "single_provider");
    facts.providers.push(provider("three", 3, &facts.parent.name_servers.clone()));
    assert!(codes(&facts).contains(&"provider_not_delegated"));
}
