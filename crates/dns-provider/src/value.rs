//! What a record's data means: when two values are the same, and when one is wrong.
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::name::Name;
use crate::record::RecordType;
use crate::text::{self, Token};

/// One field of a type's presentation format.
#[derive(Clone, Copy)]
enum Field {
    V4,
    V6,
    Name,
    Number(u32),
    /// The serial of a SOA, which providers raise by themselves.
    Serial,
    Text,
    Word,
    /// One or more character-strings, to the end.
    Texts,
    /// Hexadecimal digits, to the end; blanks do not count.
    Hex,
    /// Anything, to the end.
    Words,
}

use Field::{Hex, Name as Host, Number, Serial, Text, Texts, V4, V6, Word, Words};

const U8: Field = Number(u8::MAX as u32);
const U16: Field = Number(u16::MAX as u32);
const U32: Field = Number(u32::MAX);

/// How to render a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For<'a> {
    /// For comparing: the SOA serial does not count.
    Comparing,
    /// For storing what a program gave: names must be absolute.
    Storing,
    /// For storing what a human typed: a missing final dot is added, TXT may come unquoted.
    Typing,
    /// For reading what a provider stored: names without a final dot are below this zone.
    Within(&'a Name),
}

/// `value` in a form that is the same text whenever it is the same data. A value that breaks its
/// type's rules is compared as text, blanks aside.
pub(crate) fn canonical(rtype: &RecordType, value: &str) -> String {
    render(rtype, value, For::Comparing)
        .unwrap_or_else(|_| value.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
}

/// Says what is wrong with `value`.
pub(crate) fn check(rtype: &RecordType, value: &str) -> Result<(), String> {
    render(rtype, value, For::Storing).map(drop)
}

/// What a human typed as a value to store.
pub(crate) fn typed(rtype: &RecordType, input: &str) -> Result<String, String> {
    let texts = matches!(fields(rtype), Some([Texts]));
    if texts && !input.trim_start().starts_with('"') {
        return Ok(text::quote(input.as_bytes()));
    }
    render(rtype, input, For::Typing)
}

/// `value` as a provider stored it in `zone`, its host names absolute: `www` is below the zone, `@`
/// is the zone. Anything else stays exactly as it is.
pub(crate) fn within(rtype: &RecordType, value: &str, zone: &Name) -> String {
    if check(rtype, value).is_ok() {
        return value.to_owned();
    }
    render(rtype, value, For::Within(zone)).unwrap_or_else(|_| value.to_owned())
}

fn fields(rtype: &RecordType) -> Option<&'static [Field]> {
    Some(match rtype.as_str() {
        "A" => &[V4],
        "AAAA" => &[V6],
        "CNAME" | "NS" | "PTR" | "DNAME" => &[Host],
        "MX" => &[U16, Host],
        "SOA" => &[Host, Host, Serial, U32, U32, U32, U32],
        "SRV" => &[U16, U16, U16, Host],
        "TXT" | "SPF" => &[Texts],
        "CAA" => &[U8, Word, Text],
        "RP" => &[Host, Host],
        "HINFO" => &[Text, Text],
        "TLSA" | "SMIMEA" => &[U8, U8, U8, Hex],
        "DS" => &[U16, U8, U8, Hex],
        "SSHFP" => &[U8, U8, Hex],
        "NAPTR" => &[U16, U16, Text, Text, Text, Host],
        "SVCB" | "HTTPS" => &[U16, Host, Words],
        _ => return None,
    })
}

fn render(rtype: &RecordType, value: &str, purpose: For<'_>) -> Result<String, String> {
    let tokens = text::tokens(value).map_err(|error| error.to_string())?;
    if tokens.is_empty() {
        return Err("it is empty".to_owned());
    }
    let Some(fields) = fields(rtype) else { return Ok(as_written(&tokens)) };
    let mut rest = tokens.as_slice();
    let mut out: Vec<String> = Vec::with_capacity(fields.len());
    for field in fields {
        if let Texts | Hex | Words = field {
            out.push(tail(*field, rest)?);
            rest = &[];
            continue;
        }
        let (token, after) = rest
            .split_first()
            .ok_or_else(|| format!("it has fewer than {} fields", fields.len()))?;
        out.push(one(*field, token, purpose)?);
        rest = after;
    }
    if !rest.is_empty() {
        return Err(format!("it has more than {} fields", fields.len()));
    }
    Ok(out.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
}

fn one(field: Field, token: &Token, purpose: For<'_>) -> Result<String, String> {
    let raw = token.raw.as_str();
    match field {
        V4 => raw
            .parse::<Ipv4Addr>()
            .map(|address| address.to_string())
            .map_err(|_| format!("\"{raw}\" is not an IPv4 address")),
        V6 => raw
            .parse::<Ipv6Addr>()
            .map(|address| address.to_string())
            .map_err(|_| format!("\"{raw}\" is not an IPv6 address")),
        Host => host(raw, purpose),
        Serial if purpose == For::Comparing => Ok("*".to_owned()),
        Serial => number(raw, u32::MAX),
        Number(max) => number(raw, max),
        Text if token.bytes.len() > text::STRING_MAX => {
            Err("a character-string is longer than 255 bytes".to_owned())
        }
        Text => Ok(text::quote_string(&token.bytes)),
        Word | Texts | Hex | Words => Ok(raw.to_ascii_lowercase()),
    }
}

fn tail(field: Field, tokens: &[Token]) -> Result<String, String> {
    match field {
        Texts => {
            if tokens.iter().any(|token| token.bytes.len() > text::STRING_MAX) {
                return Err("a character-string is longer than 255 bytes".to_owned());
            }
            let strings = tokens.iter().map(|token| text::quote_string(&token.bytes));
            Ok(strings.collect::<Vec<_>>().join(" "))
        }
        Hex => {
            let digits: String = tokens.iter().map(|token| token.raw.as_str()).collect();
            if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err("its last field is not hexadecimal".to_owned());
            }
            Ok(digits.to_ascii_lowercase())
        }
        _ => Ok(as_written(tokens)),
    }
}

fn host(raw: &str, purpose: For<'_>) -> Result<String, String> {
    if raw == "." {
        return Ok(raw.to_owned());
    }
    if purpose == For::Typing && (!raw.is_ascii() || !raw.ends_with('.')) {
        return Name::parse(raw).map(|name| name.dotted()).map_err(|error| error.to_string());
    }
    if let (For::Within(zone), false) = (purpose, raw.ends_with('.')) {
        let below =
            if raw == "@" { String::new() } else { format!("{}.", raw.to_ascii_lowercase()) };
        return Ok(format!("{below}{}", zone.dotted()));
    }
    if !raw.ends_with('.') {
        return Err(format!("the name \"{raw}\" is not absolute: it lacks the final dot"));
    }
    if raw.len() > 254 || raw.starts_with('.') || raw.contains("..") || !raw.is_ascii() {
        return Err(format!("\"{raw}\" is not a domain name"));
    }
    Ok(raw.to_ascii_lowercase())
}

fn number(raw: &str, max: u32) -> Result<String, String> {
    match raw.parse::<u32>() {
        Ok(value) if value <= max => Ok(value.to_string()),
        _ => Err(format!("\"{raw}\" is not a number from 0 to {max}")),
    }
}

fn as_written(tokens: &[Token]) -> String {
    let part = |token: &Token| {
        if token.quoted { text::quote_string(&token.bytes) } else { token.raw.clone() }
    };
    tokens.iter().map(part).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(rtype: &str, one: &str, other: &str) -> bool {
        let rtype = RecordType::from(rtype.to_owned());
        canonical(&rtype, one) == canonical(&rtype, other)
    }

    #[test]
    fn the_same_data_in_another_spelling_is_the_same() {
        for (rtype, one, other) in [
            ("AAAA", "2001:DB8:0:0::1", "2001:db8::1"),
            ("CNAME", "WWW.Example.COM.", "www.example.com."),
            ("MX", "010  Mail.example.com.", "10 mail.example.com."),
            ("TXT", r#""a\098c""#, r#""abc""#),
            ("TXT", "abc", r#""abc""#),
            ("CAA", r#"0 ISSUE "ca.example""#, r"0 issue ca.example"),
            ("TLSA", "3 1 1 AB cd", "3 1 1 abcd"),
            ("SOA", "a. b. 1 2 3 4 5", "A. b. 2026112301 2 3 4 5"),
            ("TYPE65280", r"\# 2   abcd", r"\# 2 abcd"),
        ] {
            assert!(same(rtype, one, other), "{rtype} {one} | {other}");
        }
    }

    #[test]
    fn other_data_stays_different() {
        for (rtype, one, other) in [
            ("A", "192.0.2.1", "192.0.2.2"),
            ("TXT", r#""ab" "c""#, r#""abc""#),
            ("TXT", r#""ABC""#, r#""abc""#),
            ("CNAME", "www.example.com.", "www.example.com"),
            ("SOA", "a. b. 1 2 3 4 5", "a. b. 1 2 3 4 6"),
        ] {
            assert!(!same(rtype, one, other), "{rtype} {one} | {other}");
        }
    }

    #[test]
    fn wrong_values_are_named() {
        for (rtype, value, why) in [
            ("A", "2001:db8::1", "not an IPv4 address"),
            ("A", "192.0.2.1 192.0.2.2", "more than 1 field"),
            ("AAAA", "192.0.2.1", "not an IPv6 address"),
            ("CNAME", "www.example.com", "final dot"),
            ("CNAME", "a..b.", "not a domain name"),
            ("MX", "mail.example.com.", "not a number"),
            ("MX", "10", "fewer than 2"),
            ("SRV", "1 2 65536 a.", "from 0 to 65535"),
            ("TLSA", "3 1 1 xyz", "not hexadecimal"),
            ("TXT", r#""open"#, "does not end"),
            ("TXT", "", "empty"),
        ] {
            let error = check(&RecordType::from(rtype.to_owned()), value).unwrap_err();
            assert!(error.contains(why), "{rtype} {value}: {error}");
        }
    }

    #[test]
    fn what_a_human_types_is_completed() {
        let typed = |rtype: &str, input| super::typed(&RecordType::from(rtype.to_owned()), input);
        assert_eq!(typed("CNAME", "www.example.com").unwrap(), "www.example.com.");
        assert_eq!(typed("MX", "10 mäil.example.com").unwrap(), "10 xn--mil-qla.example.com.");
        assert_eq!(typed("TXT", "v=spf1 -all").unwrap(), r#""v=spf1 -all""#);
        assert_eq!(typed("TXT", r#""one" "two""#).unwrap(), r#""one" "two""#);
        assert_eq!(typed("SOA", "a b 7 2 3 4 5").unwrap(), "a. b. 7 2 3 4 5");
    }
}
