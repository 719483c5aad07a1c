//! Joins the style sheets: a browser gets one, people read one for each part of the panel.
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// All of them, in the order in which they are joined: what everything rests on, the frame, parts
/// that several pages have, pages.
const ORDER: [&str; 19] = [
    "base",
    "shell",
    "controls",
    "tables",
    "lists",
    "story",
    "picture",
    "lanes",
    "history",
    "dialogs",
    "drawer",
    "services",
    "activity",
    "locations",
    "records",
    "simulator",
    "notifications",
    "configuration",
    "login",
];

/// The sheets in `folder` as one.
pub fn join(folder: &Path) -> Result<String, String> {
    let mut strays = BTreeSet::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let entry = entry.map_err(|error| format!("{}: {error}", folder.display()))?;
        strays.insert(entry.file_name().to_string_lossy().into_owned());
    }
    let mut all = String::new();
    for name in ORDER {
        let name = format!("{name}.css");
        let path = folder.join(&name);
        all +=
            &fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        strays.remove(&name);
    }
    match strays.first() {
        None => Ok(all),
        Some(stray) => Err(format!(
            "{}: nobody would see it; name it in the list in panel-dist/build/styles.rs",
            folder.join(stray).display()
        )),
    }
}
