//! Fingerprints: eight bytes of base64 that change with what they stand for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::error::ApiError;
use super::refuse::stale;

/// The fingerprint of a content.
pub(super) fn of(content: &Value) -> String {
    let empty = match content {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    if empty {
        return "42WmSpB8rSM=".to_owned();
    }
    let digest = content.to_string().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    STANDARD.encode(digest.to_be_bytes())
}

/// A `metadata` member with these items.
pub(super) fn metadata(items: Value) -> Value {
    json!({"kind": "compute#metadata", "fingerprint": of(&items), "items": items})
}

/// A `tags` member with these items.
pub(super) fn tags(items: &[String]) -> Value {
    let items = json!(items);
    json!({"fingerprint": of(&items), "items": items})
}

/// Refuses a fingerprint that is missing or out of date.
pub(super) fn require(given: &Value, present: &Value, what: &str) -> Result<(), ApiError> {
    let plain = |value: &Value| value.as_str().map(|text| text.replace('-', "+").replace('_', "/"));
    match (plain(given), plain(present)) {
        (Some(given), Some(present)) if given == present => Ok(()),
        _ => Err(stale(what)),
    }
}
