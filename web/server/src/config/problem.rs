//! What is wrong with a configuration: file, line, key, and what would be right.
use std::fmt;
use std::ops::Range;

/// The text of a configuration file, with the name it is called by in messages.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file as the user named it.
    pub file: String,
    /// What it says.
    pub text: String,
}

/// A place in a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// The path of the key: `services[0].policy.quorum`; empty for the whole file.
    pub key: String,
    /// Where it stands, in bytes.
    pub span: Range<usize>,
}

impl At {
    /// The place of a key that is, or should be, in this section.
    #[must_use]
    pub fn join(&self, key: &str) -> Self {
        Self { key: join(&self.key, key), span: self.span.clone() }
    }
}

/// The path of `key` below `prefix`.
pub fn join(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") }
}

/// A place as messages show it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file as the user named it.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// The path of the key; empty for the whole file.
    pub key: String,
}

impl Place {
    /// Something that is wrong, or doubtful, here.
    pub fn problem(&self, message: impl Into<String>) -> Problem {
        Problem { place: self.clone(), message: message.into() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, key } = self;
        write!(f, "{file}:{line}:{column}")?;
        if key.is_empty() { Ok(()) } else { write!(f, ": {key}") }
    }
}

/// One thing that is wrong, or doubtful, at one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl Source {
    /// A place of this file.
    pub fn place(&self, at: &At) -> Place {
        let (line, column) = self.position(at.span.start);
        Place { file: self.file.clone(), line, column, key: at.key.clone() }
    }

    /// Line and column of a byte offset, both counted from 1.
    fn position(&self, offset: usize) -> (usize, usize) {
        let mut end = offset.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &self.text[..end];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let source = Source { file: "a.toml".to_owned(), text: "x = 1\nö = 2\n".to_owned() };
        let two = source.text.find('2').expect("there is a 2");
        let at = At { key: "ö".to_owned(), span: two..two + 1 };
        assert_eq!(source.place(&at).problem("no").to_string(), "a.toml:2:5: ö: no");
    }

    #[test]
    fn an_offset_behind_the_end_is_the_end() {
        let source = Source { file: "a.toml".to_owned(), text: String::new() };
        assert_eq!(source.position(99), (1, 1));
    }
}
