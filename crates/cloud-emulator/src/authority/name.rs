//! Domain names as lists of labels.

use std::fmt;

use super::text::unescape;

/// An absolute domain name, letter case as it was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Name {
    labels: Vec<Vec<u8>>,
}

impl Name {
    pub(crate) fn root() -> Self {
        Self { labels: Vec::new() }
    }

    pub(super) fn from_labels(labels: Vec<Vec<u8>>) -> Self {
        Self { labels }
    }

    /// Reads a name in presentation format (RFC 1035 §5.1): `@` is the origin, a name without
    /// trailing dot is relative to it. The error says what is wrong with the name.
    pub(crate) fn parse(text: &str, origin: &Self) -> Result<Self, String> {
        if text == "@" {
            return Ok(origin.clone());
        }
        if text == "." {
            return Ok(Self::root());
        }
        let mut labels = Vec::new();
        let (body, absolute) = split_trailing_dot(text);
        for label in split_labels(body) {
            let label = unescape(label)?;
            if label.is_empty() {
                return Err(format!("{text:?} has an empty label"));
            }
            if label.len() > 63 {
                return Err(format!("a label of {text:?} is longer than 63 bytes"));
            }
            labels.push(label);
        }
        if !absolute {
            labels.extend(origin.labels.iter().cloned());
        }
        let name = Self { labels };
        if name.wire_len() > 255 {
            return Err(format!("{text:?} is longer than 255 bytes"));
        }
        Ok(name)
    }

    pub(crate) fn labels(&self) -> &[Vec<u8>] {
        &self.labels
    }

    pub(super) fn is_wildcard(&self) -> bool {
        self.labels.first().is_some_and(|label| label == b"*")
    }

    pub(crate) fn lower(&self) -> Self {
        Self { labels: self.labels.iter().map(|label| label.to_ascii_lowercase()).collect() }
    }

    /// The name itself, its parent and so on, down to the root.
    pub(super) fn suffixes(&self) -> impl Iterator<Item = Self> + '_ {
        (0..=self.labels.len()).map(|skip| Self { labels: self.labels[skip..].to_vec() })
    }

    pub(super) fn is_under(&self, zone: &Self) -> bool {
        self.labels.ends_with(&zone.labels)
    }

    pub(super) fn wildcard_of(&self) -> Self {
        let mut labels = vec![b"*".to_vec()];
        labels.extend(self.labels.iter().cloned());
        Self { labels }
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        for label in &self.labels {
            write_label(label, out);
        }
        out.push(0);
    }

    fn wire_len(&self) -> usize {
        self.labels.iter().map(|label| label.len() + 1).sum::<usize>() + 1
    }
}

/// Without trailing dot; the root is empty. The inverse of [`Name::parse`] at the root.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, label) in self.labels.iter().enumerate() {
            if place > 0 {
                f.write_str(".")?;
            }
            for &byte in label {
                match byte {
                    b'.' | b'\\' => write!(f, "\\{}", char::from(byte))?,
                    0x21..=0x7e => write!(f, "{}", char::from(byte))?,
                    _ => write!(f, "\\{byte:03}")?,
                }
            }
        }
        Ok(())
    }
}

pub(super) fn write_label(label: &[u8], out: &mut Vec<u8>) {
    // Both ways of making a name refuse labels over 63 bytes.
    out.push(label.len() as u8);
    out.extend_from_slice(label);
}

fn split_trailing_dot(text: &str) -> (&str, bool) {
    match text.strip_suffix('.') {
        // `\.` at the end is a dot inside the last label, `\\.` is not.
        Some(body) if body.bytes().rev().take_while(|&byte| byte == b'\\').count() % 2 == 0 => {
            (body, true)
        }
        _ => (text, false),
    }
}

fn split_labels(text: &str) -> impl Iterator<Item = &str> {
    let mut escaped = false;
    text.split(move |character| {
        let dot = character == '.' && !escaped;
        escaped = character == '\\' && !escaped;
        dot
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_relative_without_a_trailing_dot() {
        let zone = Name::parse("example.org.", &Name::root()).unwrap();
        let shown = |text: &str| Name::parse(text, &zone).map(|name| name.to_string());
        assert_eq!(shown("www"), Ok("www.example.org".to_owned()));
        assert_eq!(shown("www."), Ok("www".to_owned()));
        assert_eq!(shown("@"), Ok("example.org".to_owned()));
        assert_eq!(shown("."), Ok(String::new()));
        assert_eq!(shown(r"a\.b"), Ok(r"a\.b.example.org".to_owned()));
        assert_eq!(shown(r"\119ww."), Ok("www".to_owned()));
        assert!(shown("a..b").is_err());
        assert!(shown(&"x".repeat(64)).is_err());
        assert!(shown(&["x"; 130].join(".")).is_err());
    }
}
