//! Reads the files of words: `KEY = text`, one line each; `==` says that a text is meant to be the
//! same as the English one. Files in the folder `said` are `code = text` for what the server says; the
//! server's own sentence is the English one.
//!
//! Build scripts include this file, and so does the test that holds the languages against each other.
use std::fs;
use std::path::Path;

/// One text.
pub struct Entry {
    /// Its name in the code.
    pub key: String,
    /// The text or template.
    pub text: String,
    /// Whether it is meant to be the English one.
    pub same: bool,
    /// Where it stands, for whoever has to mend it.
    pub place: String,
}

/// All texts of the language whose files are in `folder`, in the order of files and lines.
pub fn language(folder: &Path) -> Result<Vec<Entry>, String> {
    let problem = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for file in fs::read_dir(folder).map_err(problem)? {
        files.push(file.map_err(problem)?.path());
    }
    files.retain(|file| file.extension().is_some_and(|kind| kind == "txt"));
    files.sort();
    let mut entries: Vec<Entry> = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).map_err(problem)?;
        for (number, line) in (1..).zip(text.lines()) {
            let place = format!("{}:{number}", file.display());
            let Some(entry) = entry(line, place)? else { continue };
            if let Some(twin) = entries.iter().find(|other| other.key == entry.key) {
                return Err(format!(
                    "{}: {} stands at {}, too",
                    entry.place, entry.key, twin.place
                ));
            }
            entries.push(entry);
        }
    }
    Ok(entries)
}

/// What the server's sentences are in the language of `folder`, by their codes.
pub fn said(folder: &Path) -> Result<Vec<Entry>, String> {
    let folder = folder.join("said");
    if folder.exists() { language(&folder) } else { Ok(Vec::new()) }
}

/// The texts of `other` in the order of `english`, one a line, as the panel reads them.
pub fn wire(english: &[Entry], other: &[Entry]) -> Result<String, String> {
    let mut lines = Vec::new();
    for entry in english {
        let found = other.iter().find(|candidate| candidate.key == entry.key);
        let missing = || format!("{}: {} has no translation", entry.place, entry.key);
        lines.push(found.ok_or_else(missing)?.text.as_str());
    }
    if let Some(lost) = other.iter().find(|entry| !english.iter().any(|e| e.key == entry.key)) {
        return Err(format!("{}: there is no English {}", lost.place, lost.key));
    }
    Ok(lines.join("\n"))
}

/// What stands behind the texts: a line for each code.
pub fn said_wire(said: &[Entry]) -> String {
    said.iter().map(|entry| format!("\n{} = {}", entry.key, entry.text)).collect()
}

fn entry(line: &str, place: String) -> Result<Option<Entry>, String> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let (key, text) = line.split_once('=').ok_or(format!("{place}: expected KEY = text"))?;
    let (text, same) = text.strip_prefix('=').map_or((text, false), |text| (text, true));
    let (key, text) = (key.trim().to_owned(), text.trim().to_owned());
    if key.is_empty() || text.is_empty() {
        return Err(format!("{place}: expected KEY = text"));
    }
    Ok(Some(Entry { key, text, same, place }))
}
