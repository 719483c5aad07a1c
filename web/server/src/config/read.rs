//! Reads a TOML document into sections, reporting every problem instead of the first.
use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::nearest::nearest;
use super::problem::{At, Place, Problem, Source, join};

/// A file with more problems than these is some other file; nobody reads on.
const PROBLEMS_MAX: usize = 200;

/// A value and where it was typed.
#[derive(Clone, Debug)]
pub struct Field<T> {
    /// What was typed.
    pub value: T,
    /// Where.
    pub at: At,
}

/// Something that can be read from a TOML value.
pub trait Parse: Sized {
    /// The value, or `None` after a problem was reported.
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self>;

    /// All keys below `path`, each as `providers[].id`; a plain value is its own key.
    fn keys(path: &str, keys: &mut Vec<String>) {
        keys.push(path.to_owned());
    }
}

/// Collects what is wrong while a file is read and validated.
#[derive(Debug)]
pub struct Reader<'s> {
    source: &'s Source,
    /// What makes the file unusable.
    pub errors: Vec<Problem>,
    /// What is doubtful.
    pub warnings: Vec<Problem>,
}

impl<'s> Reader<'s> {
    /// A reader that reports places of `source`.
    pub fn new(source: &'s Source) -> Self {
        Self { source, errors: Vec::new(), warnings: Vec::new() }
    }

    /// Reads the whole document. A file that is not TOML is not read any further: what it lacks
    /// may only be lost.
    pub fn document<T: Parse>(&mut self) -> Option<T> {
        let (document, errors) = DeTable::parse_recoverable(&self.source.text);
        for error in &errors {
            let at = At { key: String::new(), span: error.span().unwrap_or(0..0) };
            let message = error.message().replace('\n', "; ");
            let remedy = match (message.as_str(), self.source.text.get(at.span.clone())) {
                ("duplicate key", Some(key)) => format!(" `{}`; remove one", key.trim()),
                _ => String::new(),
            };
            self.error(&at, format!("not valid TOML: {message}{remedy}"));
        }
        if !errors.is_empty() {
            return None;
        }
        let root = At { key: String::new(), span: 0..0 };
        T::parse(&DeValue::Table(document.into_inner()), &root, self)
    }

    /// A place as messages show it.
    pub fn place(&self, at: &At) -> Place {
        self.source.place(at)
    }

    /// Reports something that makes the file unusable.
    pub fn error(&mut self, at: &At, message: impl Into<String>) {
        if self.errors.len() < PROBLEMS_MAX {
            self.errors.push(self.source.place(at).problem(message));
        }
    }

    /// Reports something doubtful.
    pub fn warning(&mut self, at: &At, message: impl Into<String>) {
        self.warnings.push(self.source.place(at).problem(message));
    }

    /// The value of a key that must be there.
    pub fn need<'f, T>(
        &mut self,
        section: &At,
        key: &str,
        field: Option<&'f Field<T>>,
        why: &str,
    ) -> Option<&'f Field<T>> {
        let at = section.join(key);
        if field.is_none() && !self.is_broken(&at) {
            self.error(&at, format!("this key is missing; {why}"));
        }
        field
    }

    /// Whether something at or below this key has been reported already, so that what follows from
    /// it need not be.
    pub fn is_broken(&self, at: &At) -> bool {
        self.errors.iter().any(|problem| {
            let below = problem.place.key.strip_prefix(&at.key);
            below.is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
        })
    }

    /// Reports that a value has the wrong type.
    pub fn wrong_type<T>(&mut self, value: &DeValue<'_>, at: &At, wanted: &str) -> Option<T> {
        let article = if value.type_str() == "integer" || value.is_array() { "an" } else { "a" };
        self.error(at, format!("this is {article} {}; write {wanted}", value.type_str()));
        None
    }

    /// One of a few words; `others` says what else could stand here.
    pub fn one_of<T: Copy>(
        &mut self,
        value: &DeValue<'_>,
        at: &At,
        words: &[(&'static str, T)],
        others: &str,
    ) -> Option<T> {
        let choice = words.iter().map(|(word, _)| format!("\"{word}\"")).collect::<Vec<_>>();
        let choice = format!("{}{others}", choice.join(", "));
        let Some(typed) = value.as_str() else {
            return self.wrong_type(value, at, &format!("one of {choice}"));
        };
        let found = words.iter().find(|(word, _)| *word == typed).map(|(_, value)| *value);
        if found.is_none() {
            let hint = nearest(typed, words.iter().map(|(word, _)| *word));
            let hint = hint.map_or(String::new(), |word| format!("; did you mean \"{word}\"?"));
            self.error(at, format!("\"{typed}\" is none of {choice}{hint}"));
        }
        found
    }
}

/// A table being taken apart: what is left at the end is unknown.
#[derive(Debug)]
pub struct Table<'t, 'i> {
    entries: BTreeMap<&'t str, (&'t Spanned<std::borrow::Cow<'i, str>>, &'t Spanned<DeValue<'i>>)>,
    at: At,
}

impl<'t, 'i> Table<'t, 'i> {
    /// The table that `value` is, or a problem.
    pub fn open(value: &'t DeValue<'i>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let Some(table) = value.as_table() else {
            return reader.wrong_type(
                value,
                at,
                "a table, such as [section] or { key = \"value\" }",
            );
        };
        let entries = table.iter().map(|(key, value)| (key.get_ref().as_ref(), (key, value)));
        Some(Self { entries: entries.collect(), at: at.clone() })
    }

    /// Takes one key out and reads it.
    pub fn take<T: Parse>(&mut self, key: &str, reader: &mut Reader<'_>) -> Option<Field<T>> {
        let (_, value) = self.entries.remove(key)?;
        let at = At { key: join(&self.at.key, key), span: value.span() };
        let value = T::parse(value.get_ref(), &at, reader)?;
        Some(Field { value, at })
    }

    /// Reports every key that was not taken.
    pub fn refuse_rest(self, known: &[&'static str], reader: &mut Reader<'_>) {
        for (typed, (key, _)) in self.entries {
            let at = At { key: join(&self.at.key, typed), span: key.span() };
            let known = known.iter().copied();
            let hint = match nearest(typed, known.clone()) {
                Some(word) => format!("did you mean `{word}`?"),
                None => format!("known here: {}", known.collect::<Vec<_>>().join(", ")),
            };
            reader.error(&at, format!("unknown key; {hint}"));
        }
    }
}

impl<T: Parse> Parse for Vec<Field<T>> {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let Some(items) = value.as_array() else {
            return reader.wrong_type(value, at, "a list: [ … ], or [[section]] for sections");
        };
        let mut read = Vec::new();
        for (place, item) in items.iter().enumerate() {
            let at = At { key: format!("{}[{place}]", at.key), span: item.span() };
            if let Some(value) = T::parse(item.get_ref(), &at, reader) {
                read.push(Field { value, at });
            }
        }
        Some(read)
    }

    fn keys(path: &str, keys: &mut Vec<String>) {
        T::keys(&format!("{path}[]"), keys);
    }
}

/// A table whose keys the user chooses.
impl<T: Parse> Parse for BTreeMap<String, Field<T>> {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let mut table = Table::open(value, at, reader)?;
        let names: Vec<String> = table.entries.keys().map(|&name| name.to_owned()).collect();
        let take = |name: String| table.take(&name, reader).map(|field| (name, field));
        Some(names.into_iter().filter_map(take).collect())
    }
}

/// Declares a section of the file: every key optional, none else allowed.
macro_rules! section {
    (
        $(#[$doc:meta])*
        $name:ident { $( $(#[$field_doc:meta])* $field:ident: $type:ty, )* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            /// Where the section starts.
            pub at: At,
            $( $(#[$field_doc])* pub $field: Option<Field<$type>>, )*
        }

        impl Parse for $name {
            fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
                let mut table = Table::open(value, at, reader)?;
                let section = Self {
                    at: at.clone(),
                    $( $field: table.take(stringify!($field), reader), )*
                };
                table.refuse_rest(&[$( stringify!($field) ),*], reader);
                Some(section)
            }

            fn keys(path: &str, keys: &mut Vec<String>) {
                $( <$type as Parse>::keys(&join(path, stringify!($field)), keys); )*
            }
        }
    };
}
pub(super) use section;
