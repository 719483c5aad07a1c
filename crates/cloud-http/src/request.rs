//! One request to a vendor's API, with what is known about repeating it.
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986 section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `text` percent-encoded as one path segment or one query value.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// One request to a vendor's API.
#[derive(Clone, Debug)]
pub struct Request {
    pub(crate) operation: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Option<serde_json::Value>,
    pub(crate) writes: bool,
    pub(crate) urgent: bool,
    pub(crate) repeatable: bool,
    pub(crate) once: bool,
}

impl Request {
    /// A GET, which may be repeated at will. `operation` is for operators: "read RRset
    /// app.example.com A"; `path` lies below the client's base URL and is already encoded (see
    /// [`encode`]).
    pub fn read(operation: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            operation: operation.into(),
            method: Method::GET,
            path: path.into(),
            body: None,
            writes: false,
            urgent: false,
            repeatable: true,
            once: false,
        }
    }

    /// A request that changes nothing although its method is not GET, such as a wait.
    pub fn read_by(operation: impl Into<String>, method: Method, path: impl Into<String>) -> Self {
        Self { method, ..Self::read(operation, path) }
    }

    /// A request that changes something. It obeys [`Call::write_before`](crate::Call) and is
    /// repeated only when the earlier attempt has certainly changed nothing.
    pub fn write(operation: impl Into<String>, method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            writes: true,
            urgent: true,
            repeatable: false,
            ..Self::read(operation, path)
        }
    }

    /// The same request with a JSON body.
    #[must_use]
    pub fn json(self, body: serde_json::Value) -> Self {
        Self { body: Some(body), ..self }
    }

    /// The same request with one more query parameter, encoded here.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let glue = if self.path.contains('?') { '&' } else { '?' };
        self.path = format!("{}{glue}{name}={}", self.path, encode(value));
        self
    }

    /// The same read, declared part of a write (the look before it, the wait after it): it may use
    /// what the [`Pacer`](crate::Pacer) keeps for writes.
    #[must_use]
    pub fn urgent(self) -> Self {
        Self { urgent: true, ..self }
    }

    /// The same write, declared idempotent: it may be repeated even when an earlier attempt may
    /// have taken effect.
    #[must_use]
    pub fn repeatable(self) -> Self {
        Self { repeatable: true, ..self }
    }

    /// The same request without any retry of its own, for a caller that must look again first.
    #[must_use]
    pub fn once(self) -> Self {
        Self { once: true, ..self }
    }

    /// What this request does, for operators.
    pub fn operation(&self) -> &str {
        &self.operation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded_and_parameters_joined() {
        assert_eq!(encode("*.app.example.com."), "%2A.app.example.com.");
        assert_eq!(encode("a/b?c=d&e f"), "a%2Fb%3Fc%3Dd%26e%20f");
        let request = Request::read("list", "/zones").query("name", "ä").query("page", "2");
        assert_eq!(request.path, "/zones?name=%C3%A4&page=2");
    }
}
