//! The `filter` of a list: comparisons of members, joined by AND, OR and brackets.

use std::iter::Peekable;
use std::vec::IntoIter;

use serde_json::Value;

/// A parsed filter.
#[derive(Debug, PartialEq)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Is { path: Vec<String>, sign: Sign, value: String },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sign {
    Equal,
    Differs,
    /// `:`, which is part of, or, with `*`, is there at all.
    Has,
    /// `eq`: a pattern for the whole value.
    Fits,
    FitsNot,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Sign(&'static str),
}

type Tokens = Peekable<IntoIter<Token>>;

impl Filter {
    /// Reads a filter; nothing if it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut tokens = tokens(text)?.into_iter().peekable();
        let filter = alternatives(&mut tokens)?;
        tokens.next().is_none().then_some(filter)
    }

    pub(super) fn matches(&self, item: &Value) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.matches(item)),
            Self::Any(parts) => parts.iter().any(|part| part.matches(item)),
            Self::Not(part) => !part.matches(item),
            Self::Is { path, sign, value } => compared(&found(item, path), *sign, value),
        }
    }
}

/// The texts at a path; lists are searched member by member.
fn found(item: &Value, path: &[String]) -> Vec<String> {
    match (item, path) {
        (Value::Array(items), _) => items.iter().flat_map(|item| found(item, path)).collect(),
        (Value::Null, _) => Vec::new(),
        (Value::String(text), []) => vec![text.clone()],
        (scalar, []) => vec![scalar.to_string()],
        (members, [first, rest @ ..]) => found(&members[first.as_str()], rest),
    }
}

fn compared(texts: &[String], sign: Sign, value: &str) -> bool {
    match sign {
        Sign::Equal => texts.iter().any(|text| wildcard(text, value)),
        Sign::Differs => !texts.iter().any(|text| wildcard(text, value)),
        Sign::Has if value == "*" => !texts.is_empty(),
        Sign::Has => texts.iter().any(|text| wildcard(text, &format!("*{value}*"))),
        Sign::Fits => texts.iter().any(|text| wildcard(text, &pattern(value))),
        Sign::FitsNot => !texts.iter().any(|text| wildcard(text, &pattern(value))),
    }
}

/// The wildcard for the regular expressions clients send: `.*`, `\b` and escaped characters.
fn pattern(expression: &str) -> String {
    expression.replace("\\b", "").replace(".*", "*").replace('\\', "")
}

/// Whether a text fits a pattern in which `*` is anything; links also fit with their last part.
fn wildcard(text: &str, pattern: &str) -> bool {
    let last = text.rsplit('/').next().unwrap_or(text);
    let whole = |text: &str| {
        let mut parts = pattern.split('*');
        let Some(rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
        let parts: Vec<&str> = parts.collect();
        let Some((end, inner)) = parts.split_last() else { return rest.is_empty() };
        let mut rest = rest;
        for part in inner {
            match rest.find(part) {
                Some(place) => rest = &rest[place + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(end)
    };
    whole(text) || text.starts_with("https://") && whole(last)
}

fn alternatives(tokens: &mut Tokens) -> Option<Filter> {
    let mut parts = vec![conjunction(tokens)?];
    while tokens.next_if_eq(&Token::Word("OR".to_owned())).is_some() {
        parts.push(conjunction(tokens)?);
    }
    Some(if parts.len() == 1 { parts.remove(0) } else { Filter::Any(parts) })
}

fn conjunction(tokens: &mut Tokens) -> Option<Filter> {
    let mut parts = vec![one(tokens)?];
    loop {
        match tokens.peek() {
            None | Some(Token::Sign(")")) => break,
            Some(Token::Word(word)) if word == "OR" => break,
            Some(Token::Word(word)) if word == "AND" => {
                tokens.next();
            }
            // Expressions side by side must all hold.
            Some(_) => {}
        }
        parts.push(one(tokens)?);
    }
    Some(if parts.len() == 1 { parts.remove(0) } else { Filter::All(parts) })
}

fn one(tokens: &mut Tokens) -> Option<Filter> {
    match tokens.next()? {
        Token::Sign("(") => {
            let inside = alternatives(tokens)?;
            tokens.next_if_eq(&Token::Sign(")"))?;
            Some(inside)
        }
        Token::Word(word) if word == "NOT" => Some(Filter::Not(Box::new(one(tokens)?))),
        Token::Word(path) => {
            let sign = match tokens.next()? {
                Token::Sign("=") => Sign::Equal,
                Token::Sign("!=") => Sign::Differs,
                Token::Sign(":") => Sign::Has,
                Token::Word(word) if word == "eq" => Sign::Fits,
                Token::Word(word) if word == "ne" => Sign::FitsNot,
                _ => return None,
            };
            let value = match tokens.next()? {
                Token::Word(text) | Token::Quoted(text) => text,
                Token::Sign(_) => return None,
            };
            let path = path.split('.').map(str::to_owned).collect();
            Some(Filter::Is { path, sign, value })
        }
        _ => None,
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => {}
            '(' => found.push(Token::Sign("(")),
            ')' => found.push(Token::Sign(")")),
            ':' => found.push(Token::Sign(":")),
            '=' => found.push(Token::Sign("=")),
            '!' => {
                chars.next_if_eq(&'=')?;
                found.push(Token::Sign("!="));
            }
            '"' | '\'' => {
                let mut inside = String::new();
                loop {
                    match chars.next()? {
                        end if end == c => break,
                        '\\' => match chars.next()? {
                            quote @ ('"' | '\'' | '\\') => inside.push(quote),
                            other => inside.extend(['\\', other]),
                        },
                        other => inside.push(other),
                    }
                }
                found.push(Token::Quoted(inside));
            }
            c => {
                let mut word = String::from(c);
                let inner = |c: &char| !c.is_whitespace() && !"=!:()\"'".contains(*c);
                while let Some(c) = chars.next_if(inner) {
                    word.push(c);
                }
                found.push(Token::Word(word));
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_documented_form_of_a_filter_selects() {
        let item = json!({
            "name": "web-1", "status": "RUNNING", "labels": {"owner": "me", "empty": ""},
            "scheduling": {"automaticRestart": true}, "tags": {"items": ["web", "edge"]},
            "zone": "https://www.googleapis.com/compute/v1/projects/p/zones/europe-west3-a",
        });
        for yes in [
            "name = web-1",
            "name=\"web-1\"",
            "name eq web-.*",
            "name ne db-.*",
            r#"zone eq ".*\beurope\-west3\-a\b.*""#,
            "name != db-1",
            "labels.owner = me",
            "labels.owner:*",
            "labels.empty:*",
            "labels.owner:m",
            "NOT labels.other:*",
            "(status = RUNNING) (labels.owner = me)",
            "status = RUNNING AND labels.owner = me",
            "name = x OR (name = web-1 AND status != STOPPING)",
            "scheduling.automaticRestart = true",
            "tags.items = edge",
            "zone = europe-west3-a",
            "name = web*",
        ] {
            let filter = Filter::parse(yes).unwrap_or_else(|| panic!("{yes} is a filter"));
            assert!(filter.matches(&item), "{yes}: {filter:?}");
        }
        for no in ["name = web", "labels.owner != me", "labels.other:*", "name = a OR name = b"] {
            assert!(!Filter::parse(no).expect("a filter").matches(&item), "{no}");
        }
        for wrong in
            ["", "name", "name =", "= x", "(name = x", "name = x)", "name ! x", "name = 'x"]
        {
            assert_eq!(Filter::parse(wrong), None, "{wrong}");
        }
    }
}
