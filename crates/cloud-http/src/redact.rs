//! Keeps secrets out of every text that may reach a log, the journal or the panel.
use secrecy::{ExposeSecret, SecretString};

/// A part of a secret at least this long is taken for the secret: Hetzner's 429 message quotes
/// the first 32 characters of the token.
const TELLTALE: usize = 12;

const MASK: &str = "[redacted]";

/// `text` without `secret` and without any beginning of it of 12 characters or more.
///
/// A secret shorter than that is removed only where it stands whole; an empty one not at all.
pub fn scrub(text: &str, secret: &SecretString) -> String {
    let secret = secret.expose_secret();
    let head_len = secret.char_indices().nth(TELLTALE).map_or(secret.len(), |(at, _)| at);
    let head = &secret[..head_len];
    if head.is_empty() {
        return text.to_owned();
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(head) {
        clean.push_str(&rest[..at]);
        clean.push_str(MASK);
        rest = &rest[at..];
        let same = rest.chars().zip(secret.chars()).take_while(|(a, b)| a == b);
        let echoed: usize = same.map(|(c, _)| c.len_utf8()).sum();
        rest = &rest[echoed..];
    }
    clean.push_str(rest);
    clean
}

/// The beginning of a response body on one line, for a message: control characters and runs of
/// white space become one space, the rest is cut after `chars_max` characters.
pub fn excerpt(body: &[u8], chars_max: usize) -> String {
    // A character is at most four bytes, so a huge body costs no more than a small one.
    let head = &body[..body.len().min(chars_max.saturating_mul(4))];
    let text = String::from_utf8_lossy(head);
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let mut cut: String = line.chars().take(chars_max).collect();
    if cut.len() < line.len() || head.len() < body.len() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "abcdefghijklmnopqrstuvwxyz0123456789";

    fn check(text: &str, expected: &str) {
        assert_eq!(scrub(text, &SecretString::from(TOKEN)), expected);
    }

    #[test]
    fn the_secret_and_its_long_beginnings_go_wherever_they_stand() {
        check(&format!("for token '{TOKEN}'."), "for token '[redacted]'.");
        check("for token 'abcdefghijklmnop...' reached", "for token '[redacted]...' reached");
        check("abcdefghijkl abcdefghijklm", "[redacted] [redacted]");
        check("abcdefghijklabcdefghijkl", "[redacted][redacted]");
    }

    #[test]
    fn short_beginnings_and_other_text_stay() {
        check("abcdefghijk is 11 long", "abcdefghijk is 11 long");
        check("grüße", "grüße");
    }

    #[test]
    fn a_short_secret_is_removed_whole_and_an_empty_one_does_no_harm() {
        assert_eq!(scrub("key=hunter2!", &SecretString::from("hunter2")), "key=[redacted]!");
        assert_eq!(scrub("text", &SecretString::from("")), "text");
    }

    #[test]
    fn an_excerpt_is_one_short_line() {
        assert_eq!(excerpt(b"<html>\r\n  <b>502</b>\n\0</html>", 80), "<html> <b>502</b> </html>");
        assert_eq!(excerpt("äöü".as_bytes(), 2), "äö…");
        assert_eq!(excerpt(&[b'x'; 100_000], 3), "xxx…");
        assert_eq!(excerpt(b"", 3), "");
    }
}
