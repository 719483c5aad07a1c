//! Reads what the server sends, by hand.
//!
//! The types are shared with the server, which writes them with serde. Derived reading would be as
//! good, but it is 35 kB of every browser's download; this is two. Each type is taken apart and put
//! together field by field, so that a new field does not compile until it is read here, and a test
//! reads back what serde has written.
use serde_json::Value;

/// What can be read from JSON; `None` if it is something else.
pub trait FromJson: Sized {
    /// Reads it.
    fn from_json(json: &Value) -> Option<Self>;
}

/// Reads a text.
pub fn parse<T: FromJson>(text: &str) -> Option<T> {
    T::from_json(&serde_json::from_str(text).ok()?)
}

/// Reads a field; one that is missing is `null`.
pub fn at<T: FromJson>(json: &Value, name: &str) -> Option<T> {
    T::from_json(json.get(name).unwrap_or(&Value::Null))
}

/// Reads the word that tells a variant.
pub fn word<T: Copy>(json: &Value, words: &[(&str, T)]) -> Option<T> {
    let word = json.as_str()?;
    words.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
}

/// Writes out how a struct is read.
macro_rules! fields {
    ($($kind:ident { $($field:ident),* $(,)? })*) => {
        $(impl FromJson for $kind {
            fn from_json(json: &Value) -> Option<Self> {
                Some(Self { $($field: at(json, stringify!($field))?),* })
            }
        })*
    };
}

/// Writes out how an enum without fields is read.
macro_rules! words {
    ($($kind:ident { $($word:literal => $variant:ident),* $(,)? })*) => {
        $(impl FromJson for $kind {
            fn from_json(json: &Value) -> Option<Self> {
                word(json, &[$(($word, Self::$variant)),*])
            }
        })*
    };
}

pub(crate) use {fields, words};

impl FromJson for String {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_str().map(str::to_owned)
    }
}

impl FromJson for bool {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_bool()
    }
}

impl FromJson for u64 {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_u64()
    }
}

impl FromJson for usize {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_u64()?.try_into().ok()
    }
}

impl FromJson for u32 {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_u64()?.try_into().ok()
    }
}

impl FromJson for u16 {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_u64()?.try_into().ok()
    }
}

impl FromJson for u8 {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_u64()?.try_into().ok()
    }
}

impl FromJson for f64 {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_f64()
    }
}

impl FromJson for f32 {
    fn from_json(json: &Value) -> Option<Self> {
        Some(json.as_f64()? as f32)
    }
}

impl FromJson for serde_json::Map<String, Value> {
    fn from_json(json: &Value) -> Option<Self> {
        // What is left out is empty.
        if json.is_null() { Some(Self::new()) } else { json.as_object().cloned() }
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(json: &Value) -> Option<Self> {
        if json.is_null() { Some(None) } else { T::from_json(json).map(Some) }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(json: &Value) -> Option<Self> {
        let mut read = Vec::new();
        // A list that an older server does not know is empty.
        if json.is_null() {
            return Some(read);
        }
        for item in json.as_array()? {
            read.push(T::from_json(item)?);
        }
        Some(read)
    }
}

impl<A: FromJson, B: FromJson> FromJson for (A, B) {
    fn from_json(json: &Value) -> Option<Self> {
        match json.as_array()?.as_slice() {
            [a, b] => Some((A::from_json(a)?, B::from_json(b)?)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_not_read() {
        assert_eq!(parse::<u8>("255"), Some(255));
        assert_eq!(parse::<u8>("256"), None);
        assert_eq!(parse::<u64>("-1"), None);
        assert_eq!(parse::<bool>("\"true\""), None);
        assert_eq!(parse::<Vec<u8>>("[1, 2, null]"), None);
        assert_eq!(parse::<Vec<Option<u8>>>("[1, null]"), Some(vec![Some(1), None]));
        assert_eq!(parse::<Vec<u8>>("null"), Some(vec![]));
        assert_eq!(parse::<(u8, String)>("[1, \"a\", 2]"), None);
        assert_eq!(parse::<String>("not json"), None);
    }
}
