//! The languages held against each other and against the code.
#[path = "../../words/read.rs"]
mod read;

use super::{
    act, configuration, label, list, locations, next, notice, notifications, progress, promise,
    records, say, simulator, told, watch, wrong,
};
use read::Entry;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Every file that declares words.
const LISTS: &[&[(&str, &[&str])]] = &[
    act::LIST,
    configuration::LIST,
    label::LIST,
    locations::LIST,
    next::LIST,
    notice::LIST,
    notifications::LIST,
    progress::LIST,
    promise::LIST,
    records::LIST,
    say::LIST,
    simulator::LIST,
    told::LIST,
    watch::LIST,
    wrong::LIST,
];

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn language(code: &str) -> Vec<Entry> {
    read::language(&here().join("words").join(code)).unwrap()
}

/// The names in the braces of a template, those inside forms, too.
fn holes(template: &str) -> BTreeSet<String> {
    let names = template.split('{').skip(1);
    names.map(|rest| rest.split(['}', '|']).next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn both_languages_say_everything_with_the_same_values() {
    let (english, german) = (language("en"), language("de"));
    read::wire(&english, &german).unwrap();
    for entry in &english {
        let twin = german.iter().find(|twin| twin.key == entry.key).unwrap();
        assert_eq!(holes(&entry.text), holes(&twin.text), "{} and {}", entry.place, twin.place);
        for text in [entry, twin] {
            let pairs = text.text.matches("**").count();
            assert!(pairs % 2 == 0, "{}: ** stands alone", text.place);
        }
    }
}

#[test]
fn no_german_text_is_english_by_neglect() {
    let english = language("en");
    for entry in language("de") {
        let original = english.iter().find(|original| original.key == entry.key).unwrap();
        let equal = original.text == entry.text;
        assert_eq!(equal, entry.same, "{}: write == if it is meant to be the same", entry.place);
    }
}

#[test]
fn every_text_is_declared_with_the_values_it_shows() {
    let declared: Vec<_> = LISTS.iter().flat_map(|list| list.iter()).collect();
    for entry in language("en") {
        let found = declared.iter().find(|(name, _)| *name == entry.key);
        let (_, values) = found.unwrap_or_else(|| panic!("{}: nobody declares it", entry.place));
        let values: BTreeSet<String> = values.iter().map(ToString::to_string).collect();
        assert_eq!(values, holes(&entry.text), "{}: values and holes", entry.place);
    }
}

/// The compiler does not look for that: a word may be meant for others.
#[test]
fn every_declared_word_is_said_somewhere() {
    let mut code = String::new();
    gather(&here().join("src"), &mut code);
    for (name, _) in LISTS.iter().flat_map(|list| list.iter()) {
        let told = code.match_indices(name).any(|(at, _)| {
            let mut around = code[..at].chars().next_back().into_iter();
            let before = around.next().is_some_and(|c| c.is_alphanumeric() || c == '_');
            let after = code[at + name.len()..].chars().next();
            let after = after.is_some_and(|c| c.is_alphanumeric() || c == '_');
            // Its own declaration ends the line.
            let line = code[..at].rfind('\n').map_or(0, |line| line + 1);
            let declared = code[line..at].trim().is_empty()
                && code[at..].lines().next().is_some_and(|rest| rest.ends_with(';'));
            !before && !after && !declared
        });
        assert!(told, "{name} is declared and never said");
    }
}

fn gather(folder: &Path, code: &mut String) {
    for file in fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        if file.is_dir() {
            gather(&file, code);
        } else if file.file_name().is_some_and(|name| name != "tests.rs") {
            code.push_str(&fs::read_to_string(&file).unwrap());
        }
    }
}

#[test]
fn lists_read_like_speech() {
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(list(&names(&["a", "b", "c"])), "a, b and c");
    assert_eq!(list(&names(&["a"])), "a");
    assert_eq!(list(&[]), "nowhere");
}
