//! Texts and templates: where they are kept, and how a template is filled in.
//!
//! The texts themselves are no part of the module: a browser loads those of its language beside it.
use std::fmt::{Display, Write};
use std::ops::Deref;
use std::sync::OnceLock;

/// The places of the words, numbered by the build script from the English files.
#[allow(non_upper_case_globals, reason = "the names of texts and of functions")]
pub mod key {
    include!(concat!(env!("OUT_DIR"), "/keys.rs"));
}

static TEXTS: OnceLock<Vec<&'static str>> = OnceLock::new();

/// Takes over the texts of the language that was chosen, one a line.
pub fn learn(texts: &'static str) {
    // A second language would be a second page; the first one stays.
    let _ = TEXTS.set(texts.split('\n').collect());
}

/// A text without anything to fill in. It is one wherever a `&str` is wanted.
#[derive(Debug, PartialEq, Eq)]
pub struct Word(pub u16);

impl Word {
    /// The text in the language that was chosen.
    pub fn text(&self) -> &'static str {
        text(self.0)
    }
}

impl Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        self.text()
    }
}

impl Display for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

impl From<Word> for std::borrow::Cow<'static, str> {
    fn from(word: Word) -> Self {
        word.text().into()
    }
}

impl From<Word> for String {
    fn from(word: Word) -> Self {
        word.text().to_owned()
    }
}

/// The template at `place`, filled in.
pub fn say(place: u16, values: &[(&str, &dyn Display)]) -> String {
    let mut said = String::new();
    fill(text(place), values, &mut said);
    said
}

/// The text of a code of the server, from behind the numbered ones.
pub fn line(code: &str) -> Option<&'static str> {
    texts().iter().find_map(|line| line.strip_prefix(code)?.strip_prefix(" = "))
}

fn text(place: u16) -> &'static str {
    texts().get(usize::from(place)).copied().unwrap_or_default()
}

#[cfg(target_arch = "wasm32")]
fn texts() -> &'static [&'static str] {
    TEXTS.get().map(Vec::as_slice).unwrap_or_default()
}

/// Outside a browser nobody chooses, so the language is English.
#[cfg(not(target_arch = "wasm32"))]
fn texts() -> &'static [&'static str] {
    TEXTS.get_or_init(|| include_str!(concat!(env!("OUT_DIR"), "/en.txt")).split('\n').collect())
}

/// Fills in a template: `{name}` is a value, `{name|one|several}` is one of two forms, chosen by a
/// number; forms are templates themselves.
pub fn fill(template: &str, values: &[(&str, &dyn Display)], said: &mut String) {
    let mut rest = template;
    while let Some((before, hole, after)) = hole(rest) {
        said.push_str(before);
        let (name, forms) = hole.split_once('|').unwrap_or((hole, ""));
        let value = values.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        match (value, forms.split_once('|')) {
            (Some(value), Some((one, several))) => {
                fill(if value.to_string() == "1" { one } else { several }, values, said);
            }
            (Some(value), None) => {
                // Writing to a text cannot fail.
                let _ = write!(said, "{value}");
            }
            // A hole that nobody fills would be a mistake of ours, which a test looks for.
            (None, _) => said.push_str(hole),
        }
        rest = after;
    }
    said.push_str(rest);
}

/// What stands before, in and after the first pair of braces.
fn hole(template: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = template.split_once('{')?;
    let mut depth = 1;
    for (at, letter) in rest.bytes().enumerate() {
        match letter {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((before, &rest[..at], &rest[at + 1..]));
        }
    }
    None
}

/// Declares words, each by one line: `NAME;` is a text, `name(value: type, …);` a template.
macro_rules! words {
    (@one $name:ident) => {
        pub const $name: $crate::words::text::Word =
            $crate::words::text::Word($crate::words::text::key::$name);
    };
    (@one $name:ident $($value:ident: $kind:ty),*) => {
        pub fn $name($($value: $kind),*) -> String {
            let values: &[(&str, &dyn std::fmt::Display)] = &[$((stringify!($value), &$value)),*];
            $crate::words::text::say($crate::words::text::key::$name, values)
        }
    };
    ($($name:ident $(($($value:ident: $kind:ty),* $(,)?))?;)*) => {
        $(words!(@one $name $($($value: $kind),*)?);)*

        /// What stands in this file, for the test that holds it against the languages.
        #[cfg(test)]
        pub(super) const LIST: &[(&str, &[&str])] =
            &[$((stringify!($name), &[$($(stringify!($value)),*)?])),*];
    };
}

pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str, values: &[(&str, &dyn Display)]) -> String {
        let mut said = String::new();
        fill(template, values, &mut said);
        said
    }

    #[test]
    fn values_are_filled_in_by_name() {
        assert_eq!(filled("{to}, then {from}.", &[("from", &"a"), ("to", &"b")]), "b, then a.");
        assert_eq!(filled("no hole, no harm", &[]), "no hole, no harm");
    }

    #[test]
    fn a_number_chooses_the_form() {
        let sites = |n: usize| filled("{n} {n|site|sites}", &[("n", &n)]);
        assert_eq!([sites(0), sites(1), sites(2)], ["0 sites", "1 site", "2 sites"]);
        let nested = |n: u8| filled("{n|The one.|All **{n}**.}", &[("n", &n)]);
        assert_eq!([nested(1), nested(3)], ["The one.", "All **3**."]);
    }

    #[test]
    fn what_is_filled_in_is_not_a_template_itself() {
        assert_eq!(filled("{a}", &[("a", &"{b}"), ("b", &"no")]), "{b}");
        assert_eq!(filled("{a", &[("a", &"x")]), "{a");
    }
}
