//! Where each setting was typed, so that people can be told.
use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::problem::{At, Source, join};

/// The keys of a file with their lines and what was typed there.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    /// The file.
    pub file: String,
    typed: BTreeMap<String, Typed>,
}

/// What was typed for one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The line, counted from 1.
    pub line: usize,
    /// The value, on one line.
    pub text: String,
}

impl Origins {
    /// What was typed in `source`; nothing if it is not TOML.
    pub(super) fn of(source: &Source) -> Self {
        let mut typed = BTreeMap::new();
        if let Ok(document) = DeTable::parse(&source.text) {
            table(document.get_ref(), "", source, &mut typed);
        }
        Self { file: source.file.clone(), typed }
    }

    /// What was typed for a key such as `services[0].ttl`.
    pub fn typed(&self, key: &str) -> Option<&Typed> {
        self.typed.get(key)
    }

    /// The line of a key, or of the first key below it.
    pub fn line(&self, key: &str) -> Option<usize> {
        let whole = self.typed.get(key).map(|typed| typed.line);
        let below = self
            .typed
            .range(key.to_owned()..)
            .map_while(|(known, typed)| known.starts_with(key).then_some((known, typed.line)));
        let below = below
            .filter(|(known, _)| known[key.len()..].starts_with(['.', '[']))
            .map(|(_, line)| line);
        whole.or_else(|| below.min())
    }

    /// All keys that begin with `prefix`.
    pub fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a Typed)> {
        let all = self.typed.iter().filter(move |(key, _)| key.starts_with(prefix));
        all.map(|(key, typed)| (key.as_str(), typed))
    }
}

fn table(table: &DeTable<'_>, path: &str, source: &Source, typed: &mut BTreeMap<String, Typed>) {
    for (key, value) in table {
        let path = join(path, key.get_ref());
        one(value.get_ref(), value.span(), path, source, typed);
    }
}

fn one(
    value: &DeValue<'_>,
    span: std::ops::Range<usize>,
    path: String,
    source: &Source,
    typed: &mut BTreeMap<String, Typed>,
) {
    if let Some(below) = value.as_table() {
        table(below, &path, source, typed);
        return;
    }
    let items = value.as_array().filter(|items| items.iter().any(|item| item.get_ref().is_table()));
    if let Some(items) = items {
        for (place, item) in items.iter().enumerate() {
            let path = format!("{path}[{place}]");
            one(item.get_ref(), item.span(), path, source, typed);
        }
        return;
    }
    let text = source.text.get(span.clone()).unwrap_or_default();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let at = At { key: path.clone(), span };
    let line = source.place(&at).line;
    typed.insert(path, Typed { line, text });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_typed_value_is_found_with_its_line_however_it_was_typed() {
        let text = "vantage = \"here\"\n\n[[services]]\nttl = 60\npolicy = { rise = 2 }\n\
                    [[services.sites]]\naddresses = [\n  \"192.0.2.1\",\n  \"192.0.2.2\",\n]\n";
        let origins = Origins::of(&Source { file: "a.toml".to_owned(), text: text.to_owned() });
        let found = |key: &str| origins.typed(key).map(|typed| (typed.line, typed.text.as_str()));
        assert_eq!(found("vantage"), Some((1, "\"here\"")));
        assert_eq!(found("services[0].ttl"), Some((4, "60")));
        assert_eq!(found("services[0].policy.rise"), Some((5, "2")));
        let addresses = "[ \"192.0.2.1\", \"192.0.2.2\", ]";
        assert_eq!(found("services[0].sites[0].addresses"), Some((7, addresses)));
        assert_eq!(found("services[1].ttl"), None);
        assert_eq!(origins.line("services[0].policy"), Some(5));
        assert_eq!(origins.line("services[0].pol"), None);
        assert_eq!(origins.below("services[0].sites[0]").count(), 1);
    }
}
