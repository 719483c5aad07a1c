//! The `filter` of `rrsets.list`: the part of AIP-160 that Cloud DNS documents.

use super::error::{ApiError, Problem};
use super::rrset::RrSet;

/// A conjunction of restrictions on name and type.
#[derive(Debug)]
pub(crate) struct Filter(Vec<Restriction>);

#[derive(Debug)]
enum Restriction {
    Name(String),
    Suffix(String),
    Type(String),
}

impl Filter {
    pub(crate) fn parse(text: &str) -> Result<Self, ApiError> {
        let invalid = || ApiError::from(Problem::invalid("parameters.filter", text));
        let tokens = tokens(text).ok_or_else(invalid)?;
        let all: Option<Vec<_>> = tokens
            .split(|token| matches!(token, Token::Word(word) if word == "AND"))
            .map(restriction)
            .collect();
        let all = all.ok_or_else(invalid)?;
        if all.iter().all(|one| matches!(one, Restriction::Type(_))) {
            // Cloud DNS wants a domain in every filter; a type alone is not one.
            return Err(invalid());
        }
        Ok(Self(all))
    }

    pub(crate) fn matches(&self, set: &RrSet) -> bool {
        self.0.iter().all(|one| match one {
            Restriction::Name(name) => set.name == *name,
            Restriction::Suffix(suffix) => {
                let rest = set.name.strip_suffix(suffix.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            Restriction::Type(rtype) => set.rtype == *rtype,
        })
    }
}

#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Sign(char),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => {}
            '=' | '(' | ')' | ':' => found.push(Token::Sign(c)),
            '"' | '\'' => {
                let mut inside = String::new();
                loop {
                    match chars.next()? {
                        end if end == c => break,
                        '\\' => inside.push(chars.next()?),
                        other => inside.push(other),
                    }
                }
                found.push(Token::Quoted(inside));
            }
            c => {
                let mut word = String::from(c);
                let inner = |c: &char| !c.is_whitespace() && !"=():\"'".contains(*c);
                while let Some(c) = chars.next_if(inner) {
                    word.push(c);
                }
                found.push(Token::Word(word.trim_matches('`').to_owned()));
            }
        }
    }
    Some(found)
}

fn restriction(tokens: &[Token]) -> Option<Restriction> {
    // One pair of brackets around a restriction changes nothing.
    if let [Token::Sign('('), inner @ .., Token::Sign(')')] = tokens
        && matches!(inner.first(), Some(Token::Word(_)))
    {
        return restriction(inner);
    }
    let [Token::Word(field), Token::Sign(sign), rest @ ..] = tokens else { return None };
    match (field.as_str(), sign, rest) {
        ("name", '=', [value]) => Some(Restriction::Name(domain(literal(value)?))),
        ("name", '=' | ':', [Token::Word(function), Token::Sign('('), value, Token::Sign(')')])
            if function == "has_suffix" =>
        {
            Some(Restriction::Suffix(domain(literal(value)?)))
        }
        ("type", '=', [value]) => Some(Restriction::Type(literal(value)?.to_ascii_uppercase())),
        _ => None,
    }
}

fn literal(token: &Token) -> Option<&str> {
    match token {
        Token::Word(text) | Token::Quoted(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

fn domain(text: &str) -> String {
    let mut name = text.trim_start_matches('.').to_ascii_lowercase();
    if !name.ends_with('.') {
        name.push('.');
    }
    name
}
