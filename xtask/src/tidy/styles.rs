//! The panel's style sheets: short, and each class in one of them, so that no page changes another.
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::shell::root;

const LINES_MAX: usize = 250;
/// What all others may build on.
const BASE: &str = "base.css";

pub fn check() -> Result<Vec<String>, String> {
    let folder = root().join("web/panel/static/css");
    let problem = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut sheets = BTreeMap::new();
    for entry in fs::read_dir(&folder).map_err(problem)? {
        let path = entry.map_err(problem)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        sheets.insert(name, fs::read_to_string(&path).map_err(problem)?);
    }
    Ok(look_at(&sheets))
}

fn look_at(sheets: &BTreeMap<String, String>) -> Vec<String> {
    let mut findings = Vec::new();
    let mut owners: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (name, text) in sheets {
        if !text.starts_with("/* ") {
            findings.push(format!("{name}: does not open with a sentence"));
        }
        let lines = text.lines().count();
        if lines > LINES_MAX {
            findings.push(format!("{name}: has {lines} lines; {LINES_MAX} is the limit"));
        }
        for class in first_classes(text) {
            owners.entry(class).or_default().insert(name);
        }
    }
    for (class, sheets) in owners {
        if sheets.len() > 1 && !sheets.contains(BASE) {
            let sheets: Vec<&str> = sheets.into_iter().collect();
            findings.push(format!("the class {class} is at home in {}", sheets.join(" and ")));
        }
    }
    findings
}

/// The first class of every selector: what it is about, and so whose it is.
fn first_classes(text: &str) -> BTreeSet<String> {
    let mut bare = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        bare += before;
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    bare += rest;
    let preludes = bare.split('{').map(|piece| piece.rsplit(['}', ';']).next().unwrap_or(piece));
    let selectors = preludes.filter(|one| !one.trim_start().starts_with('@'));
    selectors.flat_map(|one| one.split(',')).filter_map(first_class).collect()
}

fn first_class(selector: &str) -> Option<String> {
    // What begins with an attribute is about one place that has a name of its own.
    if selector.trim_start().starts_with('[') {
        return None;
    }
    let at = selector.find('.')?;
    let name = &selector[at + 1..];
    let end = name.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
    let name = &name[..end.unwrap_or(name.len())];
    // A number after a dot is none.
    name.starts_with(|letter: char| letter.is_ascii_lowercase()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::look_at;

    fn found(sheets: &[(&str, &str)]) -> Vec<String> {
        let sheets =
            sheets.iter().map(|(name, text)| ((*name).to_owned(), format!("/* A */{text}")));
        look_at(&sheets.collect())
    }

    #[test]
    fn a_class_that_two_sheets_lay_out_is_found() {
        let twice =
            [("a.css", ".choice { gap: 0.5rem; }"), ("b.css", "b, p.choice > i { gap: 0 }")];
        assert_eq!(found(&twice), ["the class choice is at home in a.css and b.css"]);
        let own =
            [("a.css", "@media (x) { .one .two { gap: 0 } }"), ("b.css", ".two .one { gap: 0 }")];
        assert!(found(&own).is_empty(), "a page may lay out what is inside of what is its own");
    }

    #[test]
    fn what_everything_rests_on_belongs_to_all() {
        assert!(found(&[("base.css", ".facts {}"), ("a.css", ".facts + p {}")]).is_empty());
    }

    #[test]
    fn a_long_sheet_is_found() {
        assert_eq!(found(&[("a.css", &"\n".repeat(300))]).len(), 1);
    }
}
