//! Labels and the language that selects by them.

use std::collections::BTreeMap;

/// Says what is wrong with a label.
pub(super) fn check(key: &str, value: &str) -> Result<(), String> {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    if prefix == Some("hetzner.cloud") {
        return Err("prefix hetzner.cloud/ is reserved".to_owned());
    }
    let prefix_fits =
        prefix.is_none_or(|prefix| prefix.len() <= 253 && prefix.split('.').all(is_dns_label));
    if !prefix_fits || name.is_empty() || !is_segment(name) {
        return Err(format!("{key:?} is not a valid label key"));
    }
    if !is_segment(value) {
        return Err(format!("{value:?} is not a valid label value"));
    }
    Ok(())
}

/// A parsed `label_selector`: all of its terms must hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Selector(Vec<Term>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    Present(String),
    Absent(String),
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
}

impl Selector {
    /// Reads a selector such as `app=failover,role in (primary,standby),!retired`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        split_terms(text).map(parse_term).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn selects(&self, labels: &BTreeMap<String, String>) -> bool {
        self.0.iter().all(|term| match term {
            Term::Present(key) => labels.contains_key(key),
            Term::Absent(key) => !labels.contains_key(key),
            Term::In(key, values) => labels.get(key).is_some_and(|value| values.contains(value)),
            // As in Kubernetes: what lacks the key is not in the set either.
            Term::NotIn(key, values) => labels.get(key).is_none_or(|value| !values.contains(value)),
        })
    }
}

fn parse_term(term: &str) -> Result<Term, String> {
    let term = term.trim();
    let key = |text: &str| match check(text.trim(), "") {
        Ok(()) => Ok(text.trim().to_owned()),
        Err(_) => Err(format!("{term:?} is not a valid label selector")),
    };
    if let Some(absent) = term.strip_prefix('!') {
        return key(absent).map(Term::Absent);
    }
    if let Some((name, value)) = term.split_once("!=") {
        return Ok(Term::NotIn(key(name)?, vec![value.trim().to_owned()]));
    }
    if let Some((name, value)) = term.split_once("==").or_else(|| term.split_once('=')) {
        return Ok(Term::In(key(name)?, vec![value.trim().to_owned()]));
    }
    let Some((head, list)) = term.split_once('(') else {
        return key(term).map(Term::Present);
    };
    let wrong = || format!("{term:?} is not a valid label selector");
    let values = list.strip_suffix(')').ok_or_else(wrong)?;
    let values = values.split(',').map(|value| value.trim().to_owned()).collect();
    match head.trim().rsplit_once(char::is_whitespace) {
        Some((name, "in")) => Ok(Term::In(key(name)?, values)),
        Some((name, "notin")) => Ok(Term::NotIn(key(name)?, values)),
        _ => Err(wrong()),
    }
}

/// Splits at the commas outside of parentheses.
fn split_terms(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0i32;
    text.split(move |character| {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        character == ',' && depth == 0
    })
}

fn is_segment(text: &str) -> bool {
    let at_ends = |character: Option<char>| character.is_none_or(|c| c.is_ascii_alphanumeric());
    text.len() <= 63
        && at_ends(text.chars().next())
        && at_ends(text.chars().next_back())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

fn is_dns_label(text: &str) -> bool {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    !text.is_empty()
        && text.len() <= 63
        && text.starts_with(alphanumeric)
        && text.ends_with(alphanumeric)
        && text.chars().all(|c| alphanumeric(c) || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(selector: &str, labels: &[(&str, &str)]) -> bool {
        let labels =
            labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Selector::parse(selector).unwrap().selects(&labels)
    }

    #[test]
    fn every_form_of_a_selector_is_understood() {
        let labels = [("app", "web"), ("role", "primary"), ("empty", "")];
        for selector in [
            "app=web",
            "app==web",
            "app!=db",
            "other!=db",
            "app",
            "!other",
            "role in (primary,standby)",
            "role notin (x, y)",
            "app=web,role in (primary,standby),!retired",
            "empty=",
            "",
        ] {
            assert!(selected(selector, &labels), "{selector} should select");
        }
        for selector in
            ["app=db", "app!=web", "other", "!app", "role in (x,y)", "role notin (primary)"]
        {
            assert!(!selected(selector, &labels), "{selector} should not select");
        }
    }

    #[test]
    fn a_selector_that_cannot_be_read_is_refused() {
        for selector in ["=x", "a in b", "a in (b", "!!a", "a b", ","] {
            assert!(Selector::parse(selector).is_err(), "{selector}");
        }
    }

    #[test]
    fn labels_keep_to_the_documented_alphabet() {
        for (key, value) in [("a", ""), ("example.com/my", "label"), ("A.b-c_d", "1.x")] {
            assert_eq!(check(key, value), Ok(()), "{key}={value}");
        }
        let long = "x".repeat(64);
        for (key, value) in [
            ("", "x"),
            ("-a", "x"),
            ("a", "-"),
            (long.as_str(), ""),
            ("hetzner.cloud/a", ""),
            ("A.b/c", ""),
        ] {
            assert!(check(key, value).is_err(), "{key}={value}");
        }
    }
}
