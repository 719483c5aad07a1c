//! One call as the API sees it: verb, decoded path, query, body, and who is asking.

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::error::{ApiError, Problem};
use super::fields::Mask;
use super::tokens::Service;

/// A call whose credentials have been checked already.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path below `…/v1/projects/{project}`, one decoded segment each.
    pub(crate) path: Vec<String>,
    pub(crate) query: Query,
    pub(crate) body: Bytes,
    /// E-mail address of the caller, shown in operations.
    pub(crate) user: String,
}

impl Request {
    /// The body as a JSON object.
    pub(crate) fn object(&self) -> Result<Value, ApiError> {
        if self.body.is_empty() {
            return Ok(Value::Object(serde_json::Map::new()));
        }
        match serde_json::from_slice::<Value>(&self.body) {
            Ok(value) if value.is_object() => Ok(value),
            Ok(_) => Err(ApiError::payload("Root element must be a message.")),
            Err(error) => Err(ApiError::payload(format!("Parse error: {error}"))),
        }
    }

    /// `clientOperationId`, which must look like one.
    pub(crate) fn operation_id(&self) -> Result<Option<String>, ApiError> {
        let Some(id) = self.query.get("clientOperationId") else { return Ok(None) };
        let fits = |c: char| c == '-' || c.is_ascii_lowercase() || c.is_ascii_digit();
        if (1..=63).contains(&id.len()) && id.chars().all(fits) {
            Ok(Some(id.to_owned()))
        } else {
            Err(Problem::invalid("parameters.clientOperationId", id).into())
        }
    }
}

/// The query string in order; unknown parameters are kept and ignored.
#[derive(Debug, Default, Clone)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(raw: &str) -> Self {
        let decode = |text: &str| {
            let text = text.replace('+', " ");
            percent_decode_str(&text).decode_utf8_lossy().into_owned()
        };
        let pairs = raw.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Self(pairs.collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Like [`Query::get`], but an empty value counts as absent.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// All names and values, in order.
    pub(crate) fn into_pairs(self) -> impl Iterator<Item = (String, String)> {
        self.0.into_iter()
    }

    /// How the answer shall be written; refuses what the service cannot write.
    pub(crate) fn rendering(&self, service: Service) -> Result<Rendering, ApiError> {
        if let Some(alt) = self.given("alt")
            && !alt.eq_ignore_ascii_case("json")
        {
            let text = format!("Invalid value '{alt}'. Values must match the following: 'json'");
            return Err(Problem::parameter("alt", text).into());
        }
        let mask = match self.given("fields") {
            Some(text) if service == Service::Dns => Some(Mask::parse(text)?),
            Some(text) => Some(Mask::parse_any(text)?),
            None => None,
        };
        Ok(Rendering { mask, pretty: self.pretty() })
    }

    /// `prettyPrint`, which is on unless switched off.
    pub(crate) fn pretty(&self) -> bool {
        !matches!(self.get("prettyPrint"), Some("false" | "False" | "0"))
    }
}

/// What `fields` and `prettyPrint` ask for.
#[derive(Debug, Default)]
pub(crate) struct Rendering {
    pub(crate) mask: Option<Mask>,
    pub(crate) pretty: bool,
}

/// Splits a raw path into decoded segments, so that `%2A` and `%2F` stay inside their segment.
pub(crate) fn segments(raw: &str) -> Vec<String> {
    let raw = raw.trim_matches('/');
    raw.split('/').map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned()).collect()
}
