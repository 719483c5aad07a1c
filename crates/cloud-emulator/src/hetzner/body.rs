//! Request bodies: JSON objects whose fields are checked one by one.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::labels;
use super::problem::Problem;
use super::record::Record;

/// The smallest TTL the vendor takes; also the floor of every DNS failover there.
pub(super) const SMALLEST_TTL: u32 = 60;
pub(super) const LARGEST_TTL: u32 = 2_147_483_647;
const MOST_RECORDS: usize = 50;

/// A JSON object.
#[derive(Clone, Debug)]
pub(super) struct Body(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|_| json_error("the request body cannot be read"))?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) => Err(json_error("the request body is not a JSON object")),
            Err(error) => Err(json_error(&format!("invalid JSON in request body: {error}"))),
        }
    }
}

impl Body {
    /// Refuses fields the endpoint does not have.
    pub(super) fn only(&self, fields: &[&str]) -> Result<(), Problem> {
        match self.0.keys().find(|name| !fields.contains(&name.as_str())) {
            Some(name) => Err(Problem::field(name, "unknown field")),
            None => Ok(()),
        }
    }

    pub(super) fn has(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    pub(super) fn text(&self, field: &str) -> Result<Option<&str>, Problem> {
        match self.given(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Problem::field(field, "must be a string")),
        }
    }

    pub(super) fn required_text(&self, field: &str) -> Result<&str, Problem> {
        self.text(field)?.ok_or_else(|| Problem::field(field, "is required"))
    }

    pub(super) fn flag(&self, field: &str) -> Result<Option<bool>, Problem> {
        match self.given(field) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(Problem::field(field, "must be a boolean")),
        }
    }

    /// A TTL; `null` counts as not given.
    pub(super) fn ttl(&self) -> Result<Option<u32>, Problem> {
        let Some(value) = self.given("ttl") else { return Ok(None) };
        let Some(ttl) = value.as_i64() else {
            return Err(Problem::field("ttl", "must be an integer"));
        };
        if ttl < i64::from(SMALLEST_TTL) {
            return Err(Problem::field("ttl", format!("must be at least {SMALLEST_TTL}")));
        }
        u32::try_from(ttl)
            .ok()
            .filter(|ttl| *ttl <= LARGEST_TTL)
            .map(Some)
            .ok_or_else(|| Problem::field("ttl", format!("must be at most {LARGEST_TTL}")))
    }

    pub(super) fn labels(&self) -> Result<Option<BTreeMap<String, String>>, Problem> {
        let fields = match self.given("labels") {
            None => return Ok(None),
            Some(Value::Object(fields)) => fields,
            Some(_) => return Err(Problem::field("labels", "must be an object")),
        };
        let mut found = BTreeMap::new();
        for (key, value) in fields {
            let Value::String(value) = value else {
                return Err(Problem::field("labels", format!("value of {key:?} must be a string")));
            };
            labels::check(key, value).map_err(|wrong| Problem::field("labels", wrong))?;
            found.insert(key.clone(), value.clone());
        }
        Ok(Some(found))
    }

    pub(super) fn list(&self, field: &str) -> Result<Option<&Vec<Value>>, Problem> {
        match self.given(field) {
            None => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items)),
            Some(_) => Err(Problem::field(field, "must be an array")),
        }
    }

    /// An integer that is not negative.
    pub(super) fn number(&self, field: &str) -> Result<Option<u64>, Problem> {
        let wrong = || Problem::field(field, "must be an integer");
        self.given(field).map(|value| value.as_u64().ok_or_else(wrong)).transpose()
    }

    pub(super) fn numbers(&self, field: &str) -> Result<Vec<u64>, Problem> {
        let wrong = || Problem::field(field, "must be an array of integers");
        let items = self.list(field)?.map_or(&[][..], Vec::as_slice);
        items.iter().map(|item| item.as_u64().ok_or_else(wrong)).collect()
    }

    pub(super) fn texts(&self, field: &str) -> Result<Vec<String>, Problem> {
        let wrong = || Problem::field(field, "must be an array of strings");
        let items = self.list(field)?.map_or(&[][..], Vec::as_slice);
        items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
    }

    /// The id or name of something, as text.
    pub(super) fn reference(&self, field: &str) -> Result<Option<String>, Problem> {
        self.given(field).map(|value| reference(field, value)).transpose()
    }

    pub(super) fn references(&self, field: &str) -> Result<Vec<String>, Problem> {
        let items = self.list(field)?.map_or(&[][..], Vec::as_slice);
        items.iter().map(|item| reference(field, item)).collect()
    }

    pub(super) fn object(&self, field: &str) -> Result<Option<Body>, Problem> {
        match self.given(field) {
            None => Ok(None),
            Some(Value::Object(fields)) => Ok(Some(Self(fields.clone()))),
            Some(_) => Err(Problem::field(field, "must be an object")),
        }
    }

    /// Each element of a list of objects.
    pub(super) fn objects(&self, field: &str) -> Result<Vec<Body>, Problem> {
        let items = self.list(field)?.map_or(&[][..], Vec::as_slice);
        items
            .iter()
            .map(|item| match item {
                Value::Object(fields) => Ok(Self(fields.clone())),
                _ => Err(Problem::field(field, "must be an array of objects")),
            })
            .collect()
    }

    /// The records of an RRset: 1 to 50, with distinct values.
    pub(super) fn records(&self) -> Result<Vec<Record>, Problem> {
        if !self.has("records") {
            return Err(Problem::field("records", "is required"));
        }
        let mut records: Vec<Record> = Vec::new();
        for item in self.objects("records")? {
            item.only(&["value", "comment"])?;
            let value = item.required_text("value")?.to_owned();
            let comment = item.text("comment")?.map(str::to_owned);
            if records.iter().any(|record| record.value == value) {
                return Err(Problem::field("records", format!("value {value:?} is given twice")));
            }
            records.push(Record { value, comment });
        }
        match records.len() {
            0 => Err(Problem::field("records", "must not be empty")),
            1..=MOST_RECORDS => Ok(records),
            _ => Err(Problem::field("records", format!("must not be more than {MOST_RECORDS}"))),
        }
    }

    pub(super) fn set(&mut self, field: &str, value: Value) {
        self.0.insert(field.to_owned(), value);
    }

    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    pub(super) fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field)
    }

    fn given(&self, field: &str) -> Option<&Value> {
        self.0.get(field).filter(|value| !value.is_null())
    }
}

fn reference(field: &str, value: &Value) -> Result<String, Problem> {
    match value {
        Value::String(text) if !text.is_empty() => Ok(text.clone()),
        Value::Number(id) => Ok(id.to_string()),
        _ => Err(Problem::field(field, "must be an id or a name")),
    }
}

fn json_error(message: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "json_error", message)
}
