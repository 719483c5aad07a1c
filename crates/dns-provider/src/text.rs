//! Character-strings of the zone-file format: quoting, escapes, the 255-byte limit.
//!
//! A TXT value is one or more character-strings of at most 255 bytes (RFC 1035 section 3.3.14).
//! In a zone file, and in both vendors' APIs, each stands in double quotes; inside, `"` and `\` are
//! escaped by a backslash and any byte can be written as `\DDD` in decimal (RFC 1035 section 5.1).

/// The longest character-string, in bytes.
pub const STRING_MAX: usize = 255;

/// Why a text is not a sequence of character-strings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}: {text}")]
pub struct TextError {
    /// The text as given.
    pub text: String,
    /// The rule it breaks.
    pub why: &'static str,
}

/// `text` as a TXT value: cut into character-strings of at most 255 bytes, each quoted.
///
/// ```
/// assert_eq!(dns_provider::text::quote(b"say \"hi\""), r#""say \"hi\"""#);
/// assert_eq!(dns_provider::text::quote(b""), r#""""#);
/// ```
pub fn quote(text: &[u8]) -> String {
    if text.is_empty() {
        return quote_string(text);
    }
    text.chunks(STRING_MAX).map(quote_string).collect::<Vec<_>>().join(" ")
}

/// The bytes of a TXT value, its character-strings joined; the inverse of [`quote`].
pub fn unquote(value: &str) -> Result<Vec<u8>, TextError> {
    Ok(strings(value)?.concat())
}

/// The character-strings of a TXT value, decoded. A string without quotes ends at a blank.
pub fn strings(value: &str) -> Result<Vec<Vec<u8>>, TextError> {
    let found = tokens(value)?;
    let err = |why| TextError { text: value.to_owned(), why };
    if found.is_empty() {
        return Err(err("there is no character-string"));
    }
    if found.iter().any(|token| token.bytes.len() > STRING_MAX) {
        return Err(err("a character-string is longer than 255 bytes"));
    }
    Ok(found.into_iter().map(|token| token.bytes).collect())
}

/// One character-string in quotes, of whatever length.
pub(crate) fn quote_string(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push('"');
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(byte));
            }
            b' '..=b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\{byte:03}")),
        }
    }
    out.push('"');
    out
}

/// One blank-separated item of a record's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// As written, without its quotes; escapes still in place.
    pub(crate) raw: String,
    /// Decoded.
    pub(crate) bytes: Vec<u8>,
    /// Whether it stood in quotes.
    pub(crate) quoted: bool,
}

/// The items of a record's data; a `;` outside quotes starts a comment and ends the list.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, TextError> {
    let err = |why| TextError { text: text.to_owned(), why };
    let mut rest = text.as_bytes();
    let mut found = Vec::new();
    loop {
        rest = rest.trim_ascii_start();
        let Some((&first, after)) = rest.split_first() else { return Ok(found) };
        if first == b';' {
            return Ok(found);
        }
        let quoted = first == b'"';
        let body = if quoted { after } else { rest };
        let (len, bytes) = scan(body, quoted).map_err(err)?;
        let raw = String::from_utf8_lossy(&body[..len]).into_owned();
        found.push(Token { raw, bytes, quoted });
        rest = &body[len..];
        if quoted {
            rest = rest.get(1..).unwrap_or_default();
            if rest.first().is_some_and(|next| !next.is_ascii_whitespace() && *next != b';') {
                return Err(err("a closing quote is not followed by a blank"));
            }
        }
    }
}

/// How long the token at the start of `body` is, and what it decodes to.
fn scan(body: &[u8], quoted: bool) -> Result<(usize, Vec<u8>), &'static str> {
    let mut bytes = Vec::new();
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        match byte {
            b'"' if quoted => return Ok((at, bytes)),
            b'"' => return Err("a quote stands inside an unquoted string"),
            b';' if !quoted => break,
            _ if !quoted && byte.is_ascii_whitespace() => break,
            b'\\' => {
                let (len, decoded) = escape(&body[at + 1..])?;
                bytes.push(decoded);
                at += 1 + len;
            }
            _ => {
                bytes.push(byte);
                at += 1;
            }
        }
    }
    if quoted { Err("a quoted string does not end") } else { Ok((at, bytes)) }
}

/// How long the escape after a backslash is, and the byte it stands for.
fn escape(after: &[u8]) -> Result<(usize, u8), &'static str> {
    match after {
        [a, b, c, ..] if [a, b, c].iter().all(|digit| digit.is_ascii_digit()) => {
            let value =
                [a, b, c].iter().fold(0_u16, |sum, digit| sum * 10 + u16::from(**digit - b'0'));
            let byte = u8::try_from(value).map_err(|_| "an escape \\DDD is above 255")?;
            Ok((3, byte))
        }
        [digit, ..] if digit.is_ascii_digit() => Err("an escape \\DDD needs three digits"),
        [byte, ..] => Ok((1, *byte)),
        [] => Err("a backslash stands at the end"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backslash_and_a_quote_survive_both_ways() {
        let text = br#"a\b"c d;e"#;
        assert_eq!(quote(text), r#""a\\b\"c d;e""#);
        assert_eq!(unquote(&quote(text)).unwrap(), text);
    }

    #[test]
    fn a_long_text_is_cut_every_255_bytes_and_joined_again() {
        let text = vec![b'x'; 600];
        let value = quote(&text);
        let lengths: Vec<usize> = strings(&value).unwrap().iter().map(Vec::len).collect();
        assert_eq!(lengths, [255, 255, 90]);
        assert_eq!(unquote(&value).unwrap(), text);
    }

    #[test]
    fn bytes_outside_ascii_are_written_in_decimal() {
        assert_eq!(quote("ö\n".as_bytes()), r#""\195\182\010""#);
        assert_eq!(unquote(r#""\195\182\010""#).unwrap(), "ö\n".as_bytes());
    }

    #[test]
    fn strings_without_quotes_are_accepted() {
        assert_eq!(strings("a b").unwrap(), [b"a".to_vec(), b"b".to_vec()]);
    }

    #[test]
    fn broken_texts_are_refused_with_the_rule_they_break() {
        for (text, why) in [
            (r#""open"#, "does not end"),
            (r#""a"b"#, "not followed by a blank"),
            (r#"a"b"#, "inside an unquoted"),
            (r#""\25""#, "three digits"),
            (r#""\256""#, "above 255"),
            ("\\", "at the end"),
            ("", "no character-string"),
            (" ; only a comment", "no character-string"),
        ] {
            let error = strings(text).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
        let long = format!("\"{}\"", "x".repeat(256));
        assert!(strings(&long).unwrap_err().why.contains("longer than 255"));
    }
}
