//! A small JSON Schema checker, as strict as a suspicious client: what the description does not
//! name must not be there.
use serde_json::Value;

/// Says how `value` differs from the schema called `name` of an OpenAPI document.
pub fn check(document: &Value, name: &str, value: &Value) -> Result<(), String> {
    let schema = &document["components"]["schemas"][name];
    assert!(schema.is_object(), "the document has no schema {name}");
    against(document, schema, value, name)
}

fn against(document: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let target = &document["components"]["schemas"][name];
        return against(document, target, value, at);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = choices.iter().filter(|choice| against(document, choice, value, at).is_ok());
        return match fits.count() {
            1 => Ok(()),
            count => Err(format!("{at}: fits {count} of {} shapes: {value}", choices.len())),
        };
    }
    // What is described as anything.
    if schema.get("type").is_none() {
        return Ok(());
    }
    typed(schema, value, at)?;
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        return Err(format!("{at}: {value} is none of {allowed:?}"));
    }
    match value {
        Value::Object(fields) => {
            for name in schema["required"].as_array().into_iter().flatten() {
                let name = name.as_str().unwrap_or_default();
                if !fields.contains_key(name) {
                    return Err(format!("{at}: lacks {name}"));
                }
            }
            for (name, field) in fields {
                let others = schema.get("additionalProperties").filter(|one| one.is_object());
                let Some(schema) = schema["properties"].get(name).or(others) else {
                    return Err(format!("{at}: {name} is not described"));
                };
                against(document, schema, field, &format!("{at}.{name}"))?;
            }
            Ok(())
        }
        Value::Array(items) => {
            let prefix = schema["prefixItems"].as_array();
            for (place, item) in items.iter().enumerate() {
                let schema = match prefix {
                    Some(prefix) => prefix.get(place).ok_or(format!("{at}: too long"))?,
                    None => &schema["items"],
                };
                against(document, schema, item, &format!("{at}[{place}]"))?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn typed(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let have = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let fits = |wanted: &Value| wanted == have || (wanted == "number" && have == "integer");
    let ok = match &schema["type"] {
        Value::Array(types) => types.iter().any(fits),
        one => fits(one),
    };
    if ok { Ok(()) } else { Err(format!("{at}: is {have}, described as {}", schema["type"])) }
}

#[test]
fn the_checker_sees_what_is_missing_wrong_and_too_much() {
    let document = serde_json::json!({ "components": { "schemas": { "Pair": {
        "type": "object",
        "required": ["a"],
        "properties": { "a": { "type": "integer" }, "b": { "type": ["string", "null"] } },
    } } } });
    let ok = |value: Value| check(&document, "Pair", &value).is_ok();
    assert!(ok(serde_json::json!({ "a": 1, "b": null })));
    assert!(!ok(serde_json::json!({ "b": "x" })));
    assert!(!ok(serde_json::json!({ "a": "1" })));
    assert!(!ok(serde_json::json!({ "a": 1, "c": 2 })));
}
