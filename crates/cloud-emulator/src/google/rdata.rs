//! What Cloud DNS takes as record data, type by type.
//!
//! Types: <https://cloud.google.com/dns/docs/records-overview>; the notation is RFC 1035 §5.1.

use super::txt;
use crate::authority::{Name, encode_rdata};

/// The record types of Cloud DNS.
pub(crate) const TYPES: &[&str] = &[
    "A", "AAAA", "ALIAS", "CAA", "CNAME", "DNSKEY", "DS", "HTTPS", "IPSECKEY", "MX", "NAPTR", "NS",
    "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT",
];

/// The value as it is kept, or `None` if the type does not allow it.
///
/// Only unquoted text changes: it is split at blanks and quoted, as Cloud DNS does.
pub(crate) fn checked(rtype: &str, value: &str) -> Option<String> {
    let kept = match rtype {
        "TXT" | "SPF" => txt::quoted(value)?,
        _ => value.to_owned(),
    };
    let stray =
        kept.trim() != kept || kept.chars().any(char::is_control) || kept.starts_with("\\#");
    (!stray && names_fit(rtype, &kept) && encodes(rtype, &kept)).then_some(kept)
}

/// Whether an RRset may have this owner: absolute, and `*` only as the whole first label.
pub(crate) fn owner_fits(name: &str) -> bool {
    name_fits(name.strip_prefix("*.").unwrap_or(name))
}

/// Whether this is an absolute domain name with labels a name server can store.
pub(crate) fn name_fits(name: &str) -> bool {
    let Some(labels) = name.strip_suffix('.') else { return false };
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
    let label = |label: &str| (1..=63).contains(&label.len()) && label.chars().all(inner);
    labels.len() <= 253 && labels.split('.').all(label)
}

/// Names inside record data must be absolute: Cloud DNS never completes them.
fn names_fit(rtype: &str, value: &str) -> bool {
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    let name = |at: usize| words.get(at).is_some_and(|word| name_fits(word));
    let name_or_root = |at: usize| words.get(at) == Some(&".") || name(at);
    match rtype {
        "CNAME" | "NS" | "PTR" => name(0),
        "ALIAS" => name(0) && words.len() == 1,
        "SOA" => name(0) && name(1),
        "MX" | "HTTPS" | "SVCB" => name_or_root(1),
        "SRV" => name_or_root(3),
        "NAPTR" => name_or_root(words.len().saturating_sub(1)),
        _ => true,
    }
}

/// Whether a name server could put it on the wire.
fn encodes(rtype: &str, value: &str) -> bool {
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    match rtype {
        "ALIAS" => true,
        "IPSECKEY" => {
            let numbers = words.iter().take(3).all(|word| word.parse::<u8>().is_ok());
            (4..=5).contains(&words.len()) && numbers
        }
        _ => encode_rdata(rtype, value, &Name::root()).is_ok(),
    }
}
