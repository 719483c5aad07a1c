//! Reading JSON that a vendor may spell in more than one way.
//!
//! A member that is `null` says no more than one that is missing, and Google writes numbers of 64
//! bits as texts where other implementations of its API write numbers. What is read by these
//! functions takes both.
use std::fmt::Display;
use std::str::FromStr;

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Reads a document; members that are `null` are taken for missing.
pub fn from_slice<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    let mut value: Value = serde_json::from_slice(json)?;
    drop_nulls(&mut value);
    serde_json::from_value(value)
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// A text, or a number as its text; for `#[serde(deserialize_with)]`.
pub fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    match Value::deserialize(from)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(wrong(&other, "a text or a number")),
    }
}

/// A number, or a text that is one; for `#[serde(deserialize_with)]`.
pub fn number<'de, D, N>(from: D) -> Result<N, D::Error>
where
    D: Deserializer<'de>,
    N: DeserializeOwned + FromStr<Err: Display>,
{
    match Value::deserialize(from)? {
        Value::String(text) => text.trim().parse().map_err(D::Error::custom),
        other => N::deserialize(&other).map_err(D::Error::custom),
    }
}

/// A number or a text that is one, if there is any; for `#[serde(default, deserialize_with)]`.
pub fn optional_number<'de, D, N>(from: D) -> Result<Option<N>, D::Error>
where
    D: Deserializer<'de>,
    N: DeserializeOwned + FromStr<Err: Display>,
{
    match Value::deserialize(from)? {
        Value::Null => Ok(None),
        other => number(other).map(Some).map_err(D::Error::custom),
    }
}

fn wrong<E: Error>(value: &Value, wanted: &str) -> E {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    E::custom(format!("{kind} stands where {wanted} was expected"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Odd {
        #[serde(deserialize_with = "text")]
        id: String,
        #[serde(deserialize_with = "number")]
        ttl: u32,
        #[serde(default, deserialize_with = "optional_number")]
        page: Option<u64>,
        #[serde(default)]
        names: Vec<String>,
    }

    fn read(json: &str) -> Result<Odd, String> {
        from_slice(json.as_bytes()).map_err(|why| why.to_string())
    }

    #[test]
    fn numbers_and_texts_stand_for_each_other_and_null_for_nothing() {
        let odd = Odd { id: "7".to_owned(), ttl: 60, page: Some(2), names: Vec::new() };
        assert_eq!(read(r#"{"id": "7", "ttl": 60, "page": 2, "names": []}"#).as_ref(), Ok(&odd));
        assert_eq!(
            read(r#"{"id": 7, "ttl": "60", "page": "2", "names": null}"#).as_ref(),
            Ok(&odd)
        );
        let bare = Odd { page: None, ..odd };
        assert_eq!(read(r#"{"id": 7, "ttl": 60, "page": null}"#), Ok(bare));
    }

    #[test]
    fn what_is_neither_is_told() {
        for (json, part) in [
            (r#"{"id": [], "ttl": 60}"#, "a list stands where a text or a number was expected"),
            (r#"{"id": 7, "ttl": "soon"}"#, "invalid digit"),
            (r#"{"id": 7, "ttl": -1}"#, "-1"),
            (r#"{"id": 7, "ttl": 60, "page": {}}"#, "map"),
            (r#"{"id": null, "ttl": 60}"#, "missing field `id`"),
        ] {
            let why = read(json).unwrap_err();
            assert!(why.contains(part), "{json}: {why}");
        }
    }
}
