//! The difference between two JSON documents, as small as it can simply be.
//!
//! A difference is a list of one, the new value, or an object: differences of an object's members
//! by name, or of a list's items by place. Nothing else is needed, since an object whose members are
//! others, and a list of another length, are sent as new values; and `null` is a value like any
//! other, which it is not in RFC 7396.
use serde_json::{Map, Value};

/// What makes `before` into `after`; `None` if they are the same.
pub fn difference(before: &Value, after: &Value) -> Option<Value> {
    let parts: Map<String, Value> = match (before, after) {
        _ if before == after => return None,
        (Value::Object(before), Value::Object(after)) if before.keys().eq(after.keys()) => {
            let pairs = before.iter().zip(after.values());
            pairs.filter_map(|((k, b), a)| Some((k.clone(), difference(b, a)?))).collect()
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            let pairs = before.iter().zip(after).enumerate();
            pairs.filter_map(|(k, (b, a))| Some((k.to_string(), difference(b, a)?))).collect()
        }
        _ => return Some(Value::Array(vec![after.clone()])),
    };
    Some(Value::Object(parts))
}

/// Makes `document` into what it was when `difference` was made; `None` if that does not fit it.
pub fn apply(document: &mut Value, difference: Value) -> Option<()> {
    let parts = match difference {
        Value::Object(parts) => parts,
        Value::Array(mut new) if new.len() == 1 => {
            *document = new.pop()?;
            return Some(());
        }
        _ => return None,
    };
    for (name, part) in parts {
        let inner = match document {
            Value::Object(members) => members.get_mut(&name)?,
            Value::Array(items) => items.get_mut(name.parse::<usize>().ok()?)?,
            _ => return None,
        };
        apply(inner, part)?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn there(before: Value, after: &Value) -> Option<Value> {
        let difference = difference(&before, after);
        let mut document = before;
        if let Some(difference) = difference.clone() {
            apply(&mut document, difference).expect("it fits");
        }
        assert_eq!(document, *after);
        difference
    }

    #[test]
    fn only_what_differs_is_in_it() {
        let before = json!({ "a": { "b": [1, 2, { "c": null }] }, "d": "same" });
        let after = json!({ "a": { "b": [1, 3, { "c": 4 }] }, "d": "same" });
        let said = there(before.clone(), &after);
        assert_eq!(said, Some(json!({ "a": { "b": { "1": [3], "2": { "c": [4] } } } })));
        assert_eq!(there(before.clone(), &before), None);
    }

    #[test]
    fn another_shape_is_a_new_value() {
        let (sites, silent) = (json!({ "sites": 1 }), json!({ "silent": { "text": "timed out" } }));
        assert_eq!(there(sites, &silent), Some(json!([{ "silent": { "text": "timed out" } }])));
        assert_eq!(there(json!([1, 2]), &json!([1])), Some(json!([[1]])));
        assert_eq!(
            there(json!({ "a": [[1]] }), &json!({ "a": null })),
            Some(json!({ "a": [null] }))
        );
        assert_eq!(there(json!([]), &json!({ "0": 1 })), Some(json!([{ "0": 1 }])));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for difference in [json!({ "b": [1] }), json!({ "a": { "0": [1] } }), json!([]), json!(3)] {
            assert_eq!(apply(&mut json!({ "a": 1 }), difference.clone()), None, "{difference}");
        }
        assert_eq!(apply(&mut json!([1]), json!({ "1": [2] })), None);
        assert_eq!(apply(&mut json!([1]), json!({ "first": [2] })), None);
    }
}
