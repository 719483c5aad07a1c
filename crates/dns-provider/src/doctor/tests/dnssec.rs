//! DNSSEC at two providers: every way in which it can be half done.
use super::*;
use crate::doctor::facts::{KeyTag, Signature};

fn key(tag: u16) -> KeyTag {
    KeyTag { tag, algorithm: 13 }
}

/// Lets a provider sign with one key, and publish others too.
fn sign(provider: &mut Provider, own: u16, published: &[u16], until: u64) {
    all(provider, |said| {
        said.keys = published.iter().map(|tag| key(*tag)).collect();
        let signature =
            |covers: &str| Signature { covers: covers.to_owned(), by: key(own), from: 0, until };
        said.signatures = vec![signature("SOA"), signature("DNSKEY")];
    });
}

/// Both sign, both publish both keys, the parent vouches for both.
fn multi_signer() -> Facts {
    let mut facts = sound();
    let until = facts.at + 7 * 86_400;
    sign(&mut facts.providers[0], 1, &[1, 2], until);
    sign(&mut facts.providers[1], 2, &[1, 2], until);
    facts.parent.ds = [key(1), key(2)].into();
    facts
}

#[test]
fn a_zone_without_dnssec_at_all_is_explained() {
    assert_eq!(said(&sound(), "dnssec_off").grade, Grade::Note);
}

#[test]
fn a_multi_signer_zone_as_in_rfc_8901_is_good() {
    assert_eq!(codes(&multi_signer()), [""; 0]);
    assert_eq!(said(&multi_signer(), "dnssec_good").grade, Grade::Good);
    let mut facts = multi_signer();
    facts.parent.ds.clear();
    assert_eq!(codes(&facts), [""; 0]);
    assert_eq!(said(&facts, "dnssec_no_ds").grade, Grade::Note);
}

#[test]
fn a_provider_that_does_not_sign_breaks_a_zone_with_a_ds() {
    let mut facts = multi_signer();
    all(&mut facts.providers[1], |said| {
        said.keys.clear();
        said.signatures.clear();
    });
    assert_eq!(codes(&facts), ["dnssec_unsigned", "loss_breaks_dnssec"]);
    assert!(said(&facts, "dnssec_unsigned").text.contains("two does not sign"));
    assert!(said(&facts, "loss_breaks_dnssec").text.contains("If one is lost"));
    facts.parent.ds.clear();
    let half = only(&facts);
    assert_eq!((half.code, half.grade), ("dnssec_half", Grade::Warning));
}

#[test]
fn keys_that_the_parent_does_not_vouch_for_are_refused() {
    let mut facts = multi_signer();
    facts.parent.ds = [key(1)].into();
    assert_eq!(codes(&facts), ["dnssec_not_vouched", "loss_breaks_dnssec"]);
    assert!(said(&facts, "dnssec_not_vouched").text.contains("two signs its keys with 2"));
    // A key of the same tag and another algorithm is another key.
    facts.parent.ds = [key(1), KeyTag { tag: 2, algorithm: 8 }].into();
    assert_eq!(codes(&facts), ["dnssec_not_vouched", "loss_breaks_dnssec"]);
}

#[test]
fn each_must_publish_the_keys_of_the_other() {
    let mut facts = multi_signer();
    all(&mut facts.providers[0], |said| said.keys = [key(1)].into());
    let apart = only(&facts);
    assert_eq!((apart.code, apart.grade), ("dnssec_keys_apart", Grade::Critical));
    assert!(apart.text.starts_with("one does not publish the keys of two"), "{}", apart.text);
    facts.parent.ds.clear();
    assert_eq!(only(&facts).grade, Grade::Warning, "nobody checks without a DS");
}

#[test]
fn signatures_that_end_are_told_in_time() {
    let mut facts = multi_signer();
    let at = facts.at;
    sign(&mut facts.providers[1], 2, &[1, 2], at + 3600);
    assert!(only(&facts).text.contains("ends in 1 h"));
    sign(&mut facts.providers[1], 2, &[1, 2], at);
    let ended = only(&facts);
    assert_eq!((ended.code, ended.grade), ("dnssec_expired", Grade::Critical));
}
