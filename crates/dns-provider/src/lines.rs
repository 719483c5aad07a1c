//! RRsets as zone-file lines, and what a human types on a command line.
use std::fmt;

use crate::name::Name;
use crate::record::{Key, RecordType, RrSet};
use crate::text;
use crate::value;

/// What is wrong with a typed or stored RRset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct RrSetError {
    /// The line it stands in, counted from 1, if it came from several lines.
    pub line: Option<usize>,
    /// Which RRset, as far as it is known.
    pub subject: String,
    /// The rule it breaks.
    pub why: String,
}

impl fmt::Display for RrSetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "{}: {}", self.subject, self.why)
    }
}

impl RrSet {
    /// An RRset from what a human typed: names may lack the final dot, TXT may come without
    /// quotes, addresses may be in any notation.
    ///
    /// ```
    /// # use dns_provider::RrSet;
    /// let spf = RrSet::parse("Example.com", "txt", 300, &["v=spf1 -all"])?;
    /// assert_eq!(spf.lines(), [r#"example.com. 300 IN TXT "v=spf1 -all""#]);
    /// # Ok::<(), dns_provider::RrSetError>(())
    /// ```
    pub fn parse(
        name: &str,
        rtype: &str,
        ttl: u32,
        values: &[impl AsRef<str>],
    ) -> Result<Self, RrSetError> {
        let err = |why| RrSetError { line: None, subject: format!("{name} {rtype}"), why };
        let name = Name::parse(name).map_err(|error| err(error.to_string()))?;
        let rtype = RecordType::from(rtype.to_owned());
        let mut stored = Vec::with_capacity(values.len());
        for value in values {
            stored.push(value::typed(&rtype, value.as_ref()).map_err(err)?);
        }
        let rrset = Self::new(Key::new(name, rtype), ttl, stored);
        rrset.check()?;
        Ok(rrset)
    }

    /// RRsets from zone-file lines `name [ttl] [IN] type data`, one record each; `ttl` stands in
    /// where a line has none. Names are absolute with or without their final dot. Empty lines and
    /// comments are skipped; there are no directives and no continued lines.
    pub fn from_lines(lines: &str, ttl: u32) -> Result<Vec<Self>, RrSetError> {
        let mut found: Vec<Self> = Vec::new();
        for (index, line) in lines.lines().enumerate() {
            let at = |error: RrSetError| RrSetError { line: Some(index + 1), ..error };
            let Some(record) = record(line, ttl).map_err(at)? else { continue };
            let Some(known) = found.iter_mut().find(|rrset| rrset.key == record.key) else {
                found.push(record);
                continue;
            };
            if known.ttl != record.ttl {
                let why = format!("TTL {} differs from {} above", record.ttl, known.ttl);
                return Err(at(RrSetError { line: None, subject: record.key.to_string(), why }));
            }
            known.values.extend(record.values);
            known.check().map_err(at)?;
        }
        Ok(found)
    }

    /// One zone-file line per record. An opaque RRset yields one comment line.
    pub fn lines(&self) -> Vec<String> {
        let Key { name, rtype } = &self.key;
        let head = format!("{}. {} IN {rtype}", name.as_str(), self.ttl);
        if let Some(opaque) = &self.opaque {
            return vec![format!("; {head} is not plain: {opaque}")];
        }
        self.values.iter().map(|value| format!("{head} {value}")).collect()
    }
}

fn record(line: &str, ttl: u32) -> Result<Option<RrSet>, RrSetError> {
    let err = |why: &str| RrSetError {
        line: None,
        subject: format!("\"{}\"", line.trim()),
        why: why.to_owned(),
    };
    let (name, rest) = word(line);
    if name.is_empty() || name.starts_with(';') {
        return Ok(None);
    }
    let (mut next, mut rest) = word(rest);
    let mut stated = ttl;
    if next.starts_with(|first: char| first.is_ascii_digit()) {
        stated = next.parse().map_err(|_| err("its TTL is not a number of seconds"))?;
        (next, rest) = word(rest);
    }
    if next.eq_ignore_ascii_case("IN") {
        (next, rest) = word(rest);
    }
    if next.is_empty() || next.starts_with('"') {
        return Err(err("it has no record type"));
    }
    // A comment after the data must not become part of an unquoted TXT.
    let tokens = text::tokens(rest).map_err(|error| err(error.why))?;
    if tokens.is_empty() {
        return Err(err("it has no record data"));
    }
    let quote = |token: &text::Token| {
        if token.quoted { text::quote_string(&token.bytes) } else { token.raw.clone() }
    };
    let data = tokens.iter().map(quote).collect::<Vec<_>>().join(" ");
    RrSet::parse(name, next, stated, &[data]).map(Some)
}

fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: &str = r#"
        app.example.com. 60 IN A 192.0.2.1   ; the first site
        app.example.com  60 a 192.0.2.2
        ; a comment
        example.com. IN MX 10 mail.example.com
        example.com. TXT "v=spf1 -all; \"x\"" "two"
    "#;

    #[test]
    fn lines_are_grouped_and_come_out_again() {
        let rrsets = RrSet::from_lines(ZONE, 300).unwrap();
        let lines: Vec<String> = rrsets.iter().flat_map(RrSet::lines).collect();
        assert_eq!(
            lines,
            [
                "app.example.com. 60 IN A 192.0.2.1",
                "app.example.com. 60 IN A 192.0.2.2",
                "example.com. 300 IN MX 10 mail.example.com.",
                r#"example.com. 300 IN TXT "v=spf1 -all; \"x\"" "two""#,
            ]
        );
        assert_eq!(RrSet::from_lines(&lines.join("\n"), 1).unwrap(), rrsets);
    }

    #[test]
    fn a_wrong_line_is_named_with_its_number() {
        for (text, message) in [
            ("\napp.example.com. 60 A 1.2.3", "line 2: app.example.com. A: \"1.2.3\" is not"),
            ("app.example.com. 60 A 192.0.2.1\napp.example.com. 61 A 192.0.2.2", "line 2: app"),
            ("app.example.com. 60 A", "has no record data"),
            ("app.example.com. 60 IN", "has no record type"),
            ("app.example.com. 6x A 192.0.2.1", "TTL is not a number"),
            ("a..b 60 A 192.0.2.1", "empty label"),
        ] {
            let error = RrSet::from_lines(text, 60).unwrap_err().to_string();
            assert!(error.contains(message), "{text}: {error}");
        }
    }

    #[test]
    fn an_opaque_rrset_is_shown_as_a_comment() {
        let mut rrset = RrSet::parse("app.example.com", "A", 60, &["192.0.2.1"]).unwrap();
        rrset.opaque = Some("{\"wrr\":[]}".to_owned());
        assert_eq!(rrset.lines(), ["; app.example.com. 60 IN A is not plain: {\"wrr\":[]}"]);
    }
}
