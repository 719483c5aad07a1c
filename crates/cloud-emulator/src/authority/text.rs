//! Tokens of zone-file text.

/// A word of a record's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// As written, without the quotes, escapes not resolved.
    pub raw: String,
    pub quoted: bool,
}

impl Token {
    /// The bytes meant, escapes resolved.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, String> {
        unescape(&self.raw)
    }
}

/// Splits a record's data at white space, outside quotes.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (token, after) = match rest.strip_prefix('"') {
            Some(inside) => {
                let end = unescaped(inside, |c| c == '"')
                    .ok_or_else(|| "a quoted string does not end".to_owned())?;
                let after = &inside[end + 1..];
                if !after.is_empty() && !after.starts_with(char::is_whitespace) {
                    return Err("there is no space after a quoted string".to_owned());
                }
                (Token { raw: inside[..end].to_owned(), quoted: true }, after)
            }
            None => {
                let end = unescaped(rest, |c| c.is_whitespace() || c == '"').unwrap_or(rest.len());
                // `key="value"` of service parameters is one word.
                let end = match rest[end..].strip_prefix('"') {
                    Some(inside) => {
                        let close = unescaped(inside, |c| c == '"')
                            .ok_or_else(|| "a quoted string does not end".to_owned())?;
                        end + close + 2
                    }
                    None => end,
                };
                (Token { raw: rest[..end].to_owned(), quoted: false }, &rest[end..])
            }
        };
        found.push(token);
        rest = after.trim_start();
    }
    Ok(found)
}

/// Resolves `\X` and `\DDD` (RFC 1035 §5.1).
pub(crate) fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let first = bytes.next().ok_or_else(|| "a backslash ends the text".to_owned())?;
        if !first.is_ascii_digit() {
            out.push(first);
            continue;
        }
        let digits = [Some(first), bytes.next(), bytes.next()];
        let mut value = 0u16;
        for digit in digits {
            let digit = digit
                .filter(u8::is_ascii_digit)
                .ok_or_else(|| "a backslash is followed by fewer than three digits".to_owned())?;
            value = value * 10 + u16::from(digit - b'0');
        }
        out.push(u8::try_from(value).map_err(|_| format!("\\{value} is more than a byte holds"))?);
    }
    Ok(out)
}

fn unescaped(text: &str, end: impl Fn(char) -> bool) -> Option<usize> {
    let mut escaped = false;
    for (place, character) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if end(character) {
            return Some(place);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_strings_and_words_are_told_apart() {
        let words = tokens(r#"0 issue "ca.example; x=\"1\"" alpn="h2,h3""#).unwrap();
        let shown: Vec<_> = words.iter().map(|word| (word.raw.as_str(), word.quoted)).collect();
        let quoted = (r#"ca.example; x=\"1\""#, true);
        assert_eq!(shown, [("0", false), ("issue", false), quoted, (r#"alpn="h2,h3""#, false)]);
        assert_eq!(words[2].bytes().unwrap(), br#"ca.example; x="1""#);
        assert!(tokens(r#""open"#).is_err());
        assert!(tokens(r#""a"b"#).is_err());
    }

    #[test]
    fn escapes_are_resolved_or_refused() {
        assert_eq!(unescape(r"a\034\\b").unwrap(), b"a\"\\b");
        assert!(unescape(r"\12").is_err());
        assert!(unescape(r"\999").is_err());
        assert!(unescape("\\").is_err());
    }
}
