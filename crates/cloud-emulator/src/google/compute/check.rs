//! What names, request ids, labels, metadata and ranges must look like.

use serde_json::{Map, Value, json};

use super::super::error::ApiError;
use super::refuse::{invalid, required};
use crate::cidr::Cidr;

/// A resource's name: `[a-z]([-a-z0-9]{0,61}[a-z0-9])?`.
pub(super) fn is_name(name: &str) -> bool {
    let inner = |c: char| c == '-' || c.is_ascii_lowercase() || c.is_ascii_digit();
    (1..=63).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
        && name.chars().all(inner)
}

/// The name a body gives its resource.
pub(super) fn name(body: &Value) -> Result<String, ApiError> {
    let Some(name) = body["name"].as_str().filter(|name| !name.is_empty()) else {
        return Err(required("resource.name"));
    };
    if is_name(name) {
        return Ok(name.to_owned());
    }
    let rule = "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'";
    Err(invalid("resource.name", name, rule))
}

/// A request id: a UUID that is not all zeros.
pub(super) fn is_request_id(id: &str) -> bool {
    let groups: Vec<&str> = id.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && groups.concat().chars().all(|c| c.is_ascii_hexdigit())
        && groups.concat().chars().any(|c| c != '0')
}

/// Labels of a body, or none.
pub(super) fn labels(field: &str, value: &Value) -> Result<Map<String, Value>, ApiError> {
    let labels = match value {
        Value::Null => return Ok(Map::new()),
        Value::Object(labels) => labels,
        other => return Err(invalid(field, &other.to_string(), "Must be an object.")),
    };
    let fits = |text: &str| {
        let inner = |c: char| "-_".contains(c) || c.is_ascii_digit() || c.is_alphabetic();
        text.chars().count() <= 63 && text.chars().all(|c| inner(c) && !c.is_uppercase())
    };
    for (key, value) in labels {
        let begins = key.starts_with(char::is_alphabetic);
        let text = value.as_str().unwrap_or("A");
        if !begins || !fits(key) || !fits(text) || labels.len() > 64 {
            let why = "Labels have lower-case letters, digits, dashes and underscores, at most 63 \
                       of them, and keys begin with a letter.";
            return Err(invalid(field, &format!("{key}={text}"), why));
        }
    }
    Ok(labels.clone())
}

/// Metadata items of a body.
pub(super) fn items(field: &str, value: &Value) -> Result<Value, ApiError> {
    let items = match &value["items"] {
        Value::Null => return Ok(json!([])),
        Value::Array(items) => items,
        other => return Err(invalid(field, &other.to_string(), "Must be an array.")),
    };
    let mut keys = Vec::new();
    let mut total = 0;
    for (place, item) in items.iter().enumerate() {
        let key = item["key"].as_str().unwrap_or_default();
        let text = item["value"].as_str().unwrap_or_default();
        let at = |member: &str| format!("{field}.items[{place}].{member}");
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if !(1..=128).contains(&key.len()) || !key.chars().all(fits) {
            return Err(invalid(
                &at("key"),
                key,
                "Must be a match of regex '[a-zA-Z0-9-_]{1,128}'",
            ));
        }
        if keys.contains(&key) {
            return Err(invalid(field, key, "Duplicate metadata key."));
        }
        if text.len() > 256 << 10 {
            return Err(invalid(&at("value"), "", "Metadata value is too large."));
        }
        total += key.len() + text.len();
        keys.push(key);
    }
    if total > 512 << 10 {
        return Err(invalid(field, "", "Metadata is too large."));
    }
    Ok(json!(items))
}

/// Tags of a body.
pub(super) fn tags(value: &Value) -> Result<Vec<String>, ApiError> {
    let items = value["items"].as_array().cloned().unwrap_or_default();
    let mut found = Vec::new();
    for item in &items {
        let tag = item.as_str().unwrap_or_default();
        if !is_name(tag) {
            let rule = "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'";
            return Err(invalid("resource.tags.items[0]", tag, rule));
        }
        if !found.iter().any(|other| other == tag) {
            found.push(tag.to_owned());
        }
    }
    Ok(found)
}

/// The range of a subnetwork.
pub(super) fn range(field: &str, value: &Value) -> Result<Cidr, ApiError> {
    let text = value.as_str().ok_or_else(|| required(field))?;
    let wrong = |why: &str| invalid(field, text, why);
    let range = Cidr::parse(text).ok_or_else(|| {
        wrong("Must be a CIDR address range that is contained by the RFC1918 ranges.")
    })?;
    if !range.is_private() || !(8..=29).contains(&range.bits()) {
        return Err(wrong("Must be an RFC1918 range between /8 and /29."));
    }
    Ok(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_request_ids_have_their_form() {
        for good in ["a", "web-eu-1", "a".repeat(63).as_str()] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "1a", "a-", "A", "a_b", "a".repeat(64).as_str(), "ä"] {
            assert!(!is_name(bad), "{bad}");
        }
        assert!(is_request_id("2f0c9f5e-0000-4000-8000-000000000001"));
        assert!(!is_request_id("00000000-0000-0000-0000-000000000000"));
        assert!(!is_request_id("2f0c9f5e"));
    }
}
