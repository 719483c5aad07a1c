//! A document is read as a type and written again without a difference.
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Holds what a type looks like as JSON: every member, under this name, in this shape.
pub fn pinned<T: Serialize + DeserializeOwned + Debug>(document: &Value) {
    let read: T = serde_json::from_value(document.clone())
        .unwrap_or_else(|wrong| panic!("{wrong}: {document:#}"));
    assert_eq!(&serde_json::to_value(&read).expect("JSON"), document, "{read:?}");
}

/// Holds that a type refuses what it does not know: a request never has a part that is ignored.
pub fn strict<T: DeserializeOwned + Debug>(document: &Value) {
    let mut more = document.clone();
    more["something_else"] = Value::Null;
    let read = serde_json::from_value::<T>(more);
    assert!(read.is_err(), "nothing is silently ignored: {read:?}");
}
