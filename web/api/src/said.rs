//! What another language needs to say the same as a sentence of the server.
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

/// Which sentence it is, and what stands in it. The sentence itself is beside it, in English.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Said {
    /// A stable word: `check.standby`. Whoever does not know it stays with the English sentence.
    pub code: String,
    /// What stands in the sentence, by name: each a text, or a list of texts.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, Value>))]
    pub with: Map<String, Value>,
}

impl Said {
    /// A sentence in which nothing stands that varies.
    pub fn of(code: &str) -> Self {
        Self { code: code.to_owned(), with: Map::new() }
    }

    /// The same with a text in it.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.with.insert(name.to_owned(), Value::String(value.to_string()));
        self
    }

    /// The same with a list in it.
    #[must_use]
    pub fn with_all(mut self, name: &str, values: impl IntoIterator<Item = impl ToString>) -> Self {
        let values = values.into_iter().map(|value| Value::String(value.to_string()));
        self.with.insert(name.to_owned(), Value::Array(values.collect()));
        self
    }
}
