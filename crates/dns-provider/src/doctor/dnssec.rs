//! DNSSEC with two providers: each signs with keys of its own, and all must be known to all (RFC 8901).
use std::collections::BTreeSet;

use super::facts::{Answers, Facts, KeyTag, Provider};
use super::servers::{all_names, names};
use super::{Finding, list};

/// A signature that ends sooner than this is being forgotten about.
const SOON: u64 = 2 * 86_400;

pub(super) fn examine(facts: &Facts) -> Vec<Finding> {
    let serving: Vec<&Provider> =
        facts.providers.iter().filter(|provider| provider.serves()).collect();
    let (signed, unsigned): (Vec<&Provider>, Vec<&Provider>) =
        serving.iter().copied().partition(|provider| provider.said().any(is_signed));
    let secure = !facts.parent.ds.is_empty();
    if serving.is_empty() {
        return Vec::new();
    }
    let mut findings: Vec<Finding> =
        signing_at_all(secure, &signed, &unsigned).into_iter().collect();
    if signed.is_empty() && !secure {
        return findings;
    }
    for provider in &signed {
        if secure {
            findings.extend(vouched(facts, provider));
        }
        findings.extend(others(provider, &signed, secure));
        findings.extend(signatures(facts, provider));
    }
    let well = secure && findings.iter().all(|finding| finding.grade < super::Grade::Warning);
    if well && unsigned.is_empty() {
        let finding = Finding::good(
            "dnssec_good",
            format!(
                "{} sign, publish each other's keys, and the parent vouches for them. Key tags and \
                 dates were compared; the signatures themselves are checked by any resolver.",
                names(signed.iter().copied())
            ),
        );
        findings.push(finding.with_all("signed", all_names(&signed)));
    }
    findings
}

/// Whether all sign or none, held against what the parent vouches for.
fn signing_at_all(secure: bool, signed: &[&Provider], unsigned: &[&Provider]) -> Option<Finding> {
    Some(match (secure, signed.is_empty(), unsigned.is_empty()) {
        (true, _, true) => return None,
        (false, true, _) => Finding::note(
            "dnssec_off",
            "The zone is not signed, and the parent vouches for no key: DNSSEC is off, \
             consistently. With two providers it needs both to sign and to publish each other's \
             keys (RFC 8901).",
        ),
        (true, _, false) => Finding::critical(
            "dnssec_unsigned",
            format!(
                "The parent vouches for a key (DS), but {} does not sign: resolvers that check \
                 refuse its answers.",
                list(all_names(unsigned))
            ),
            "Remove the DS at the registrar, or sign at every provider with keys that all publish \
             (RFC 8901)",
        )
        .with_all("unsigned", all_names(unsigned)),
        (false, false, false) => Finding::warning(
            "dnssec_half",
            format!(
                "{} signs and {} does not. Nobody checks as long as the parent has no DS; with one, \
                 half of the answers would be refused.",
                list(all_names(signed)),
                list(all_names(unsigned))
            ),
            "Sign at every provider or at none; do not enter a DS as it is now",
        )
        .with_all("signed", all_names(signed))
        .with_all("unsigned", all_names(unsigned)),
        (false, false, true) => Finding::note(
            "dnssec_no_ds",
            format!(
                "{} sign, but the parent has no DS: nobody checks the signatures.",
                list(all_names(signed))
            ),
        )
        .with_all("signed", all_names(signed)),
    })
}

fn is_signed(said: &Answers) -> bool {
    !said.keys.is_empty() || !said.signatures.is_empty()
}

/// The keys that a provider signs its keys with, or all it has if it does not show any.
fn signing(provider: &Provider) -> BTreeSet<KeyTag> {
    let all = provider.said().flat_map(|said| &said.signatures);
    all.filter(|signature| signature.covers == "DNSKEY").map(|signature| signature.by).collect()
}

/// The parent must vouch for a key with which this provider signs its keys.
fn vouched(facts: &Facts, provider: &Provider) -> Option<Finding> {
    let by = signing(provider);
    if by.iter().any(|key| facts.parent.ds.contains(key)) {
        return None;
    }
    let shown = |keys: &BTreeSet<KeyTag>| list(keys.iter().map(|key| key.tag.to_string()));
    let keys = if by.is_empty() { "nothing".to_owned() } else { shown(&by) };
    let finding = Finding::critical(
        "dnssec_not_vouched",
        format!(
            "The parent vouches for key {}, but {} signs its keys with {keys}: resolvers that check \
             refuse its answers.",
            shown(&facts.parent.ds),
            provider.name
        ),
        format!("Enter a DS for the key of {} at the registrar, too", provider.name),
    );
    let finding = finding.with("provider", &provider.name);
    let tags = |keys: &BTreeSet<KeyTag>| keys.iter().map(|key| key.tag).collect::<Vec<_>>();
    let finding = finding.with_all("vouched", tags(&facts.parent.ds));
    Some(if by.is_empty() { finding } else { finding.with_all("signing", tags(&by)) })
}

/// Keys of others that sign data must be published here, too: a resolver may have the keys from one
/// provider and the data from another.
fn others(provider: &Provider, signed: &[&Provider], secure: bool) -> Option<Finding> {
    let own: BTreeSet<&KeyTag> = provider.said().flat_map(|said| &said.keys).collect();
    let signs = |other: &&&Provider| other.name != provider.name;
    let missing: Vec<&str> = signed
        .iter()
        .filter(signs)
        .filter(|other| {
            let by = other.said().flat_map(|said| &said.signatures);
            let mut data = by.filter(|signature| signature.covers != "DNSKEY");
            data.any(|signature| !own.contains(&signature.by))
        })
        .map(|other| other.name.as_str())
        .collect();
    if missing.is_empty() {
        return None;
    }
    let text = format!(
        "{} does not publish the keys of {}: who has the keys from the one refuses the answers of \
         the other (RFC 8901).",
        provider.name,
        list(&missing)
    );
    let remedy =
        format!("Add the zone-signing keys of {} to the DNSKEY RRset there", list(&missing));
    let finding = match secure {
        true => Finding::critical("dnssec_keys_apart", text, remedy),
        false => Finding::warning("dnssec_keys_apart", text, remedy),
    };
    Some(finding.with("provider", &provider.name).with_all("others", missing))
}

fn signatures(facts: &Facts, provider: &Provider) -> Option<Finding> {
    let first = provider.said().flat_map(|said| &said.signatures).min_by_key(|one| one.until)?;
    let name = &provider.name;
    if first.until <= facts.at {
        let finding = Finding::critical(
            "dnssec_expired",
            format!("The signature of {} at {name} has ended.", first.covers),
            format!("Look why {name} signs no more"),
        );
        return Some(finding.with("provider", name).with("record", &first.covers));
    }
    (first.until <= facts.at + SOON).then(|| {
        let hours = (first.until - facts.at) / 3600;
        Finding::warning(
            "dnssec_expires_soon",
            format!("The signature of {} at {name} ends in {hours} h.", first.covers),
            format!("It should have been renewed by now: look at {name}"),
        )
        .with("provider", name)
        .with("record", &first.covers)
        .with("hours", hours)
    })
}
