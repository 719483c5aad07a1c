//! Character strings of TXT-like records: quoting, escapes, the limit of 255 octets each.

/// The value as Cloud DNS keeps it: already quoted text verbatim, bare words each in quotes.
pub(crate) fn quoted(value: &str) -> Option<String> {
    let mut parts = Vec::new();
    let mut rest = value.trim();
    let mut bare = false;
    while !rest.is_empty() {
        let (part, after) = if let Some(inner) = rest.strip_prefix('"') {
            let end = closing(inner)?;
            (&inner[..end], &inner[end + 1..])
        } else {
            bare = true;
            let end = rest.find([' ', '\t']).unwrap_or(rest.len());
            rest.split_at(end)
        };
        if length(part)? > 255 || (!after.is_empty() && !after.starts_with([' ', '\t', '"'])) {
            return None;
        }
        parts.push(part);
        rest = after.trim_start();
    }
    if parts.is_empty() {
        return None;
    }
    if !bare {
        return Some(value.to_owned());
    }
    if parts.iter().any(|part| part.contains('"') && !part.contains("\\\"")) {
        return None;
    }
    let each = parts.iter().map(|part| format!("\"{part}\""));
    Some(each.collect::<Vec<_>>().join(" "))
}

/// Index of the quote that ends the string.
fn closing(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(index, c)| {
        let end = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        end.then_some(index)
    })
}

/// Octets after undoing `\"` and `\065`; `None` for a broken escape.
fn length(part: &str) -> Option<usize> {
    let mut octets = 0;
    let mut chars = part.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            octets += c.len_utf8();
            continue;
        }
        let next = chars.next()?;
        if next.is_ascii_digit() {
            let number: String = [next, chars.next()?, chars.next()?].iter().collect();
            number.parse::<u8>().ok()?;
        }
        octets += 1;
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn quoted_text_is_kept_and_bare_words_are_quoted_one_by_one() {
        assert_eq!(quoted(r#""a b""#).as_deref(), Some(r#""a b""#));
        assert_eq!(quoted(r#""a" "b\"c""#).as_deref(), Some(r#""a" "b\"c""#));
        assert_eq!(quoted("v=spf1 -all").as_deref(), Some(r#""v=spf1" "-all""#));
        assert_eq!(quoted("plain").as_deref(), Some(r#""plain""#));
    }

    #[test]
    fn open_quotes_and_strings_over_255_octets_are_refused() {
        assert_eq!(quoted(r#""open"#), None);
        assert_eq!(quoted(""), None);
        assert_eq!(quoted(&"x".repeat(256)), None);
        assert_eq!(quoted(r#""\999""#), None);
        assert!(quoted(&format!("\"{}\"", "x".repeat(255))).is_some());
    }
}
