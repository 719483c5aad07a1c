//! How long a file may be, how it opens, and what must not stand in it.
use std::fs;
use std::path::{Path, PathBuf};

use crate::shell::root;

const LINES_MAX: usize = 500;
const FOLDERS: [&str; 4] = ["crates", "web", "examples", "xtask"];
/// Names that say nothing about what is in a module.
const VAGUE: [&str; 6] = ["manager", "handler", "util", "utils", "helper", "helpers"];

pub fn check() -> Result<Vec<String>, String> {
    let mut findings = Vec::new();
    for folder in FOLDERS {
        for path in rust_files(&root().join(folder))? {
            let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            let name = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
            findings.extend(look_at(&name, &text));
        }
    }
    Ok(findings)
}

fn look_at(name: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    if !text.starts_with("//! ") {
        findings.push(format!("{name}: does not open with //! and a sentence"));
    }
    let lines = text.lines().count();
    if lines > LINES_MAX {
        findings.push(format!("{name}: has {lines} lines; {LINES_MAX} is the limit"));
    }
    let stem = Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    if VAGUE.contains(&stem) {
        findings.push(format!("{name}: the name says nothing about what is in it"));
    }
    // Put together here so that this file does not find itself.
    for word in [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("#[ig", "nore")] {
        if text.contains(word) {
            findings.push(format!("{name}: contains {word}"));
        }
    }
    findings
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && name != "target" {
            found.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::look_at;

    #[test]
    fn a_file_without_a_first_sentence_is_found() {
        assert_eq!(look_at("a.rs", "fn main() {}").len(), 1);
        assert!(look_at("a.rs", "//! A sentence.\n").is_empty());
    }

    #[test]
    fn a_long_file_is_found() {
        let text = format!("//! Long.\n{}", "\n".repeat(500));
        assert_eq!(look_at("a.rs", &text).len(), 1);
    }

    #[test]
    fn a_vague_name_is_found() {
        assert_eq!(look_at("src/helper.rs", "//! A sentence.\n").len(), 1);
    }
}
