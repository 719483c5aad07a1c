//! A page as a screen reader finds it: landmarks, headings and what can be operated, by name.
//!
//! What changes while one looks is left out: the insides of lists and tables, and numbers.
use std::collections::HashMap;
use std::fmt::Write;

use serde_json::Value;

/// Roles that are written down.
const TOLD: [&str; 20] = [
    "alert",
    "banner",
    "button",
    "checkbox",
    "combobox",
    "complementary",
    "dialog",
    "figure",
    "form",
    "heading",
    "image",
    "link",
    "list",
    "main",
    "navigation",
    "searchbox",
    "switch",
    "tab",
    "table",
    "textbox",
];
/// Of these only that they are there.
const CLOSED: [&str; 3] = ["list", "table", "figure"];

/// Writes down the tree that Chromium's `Accessibility.getFullAXTree` gives.
pub fn outline(tree: &Value) -> String {
    let nodes = tree["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let by_id: HashMap<&str, &Value> =
        nodes.iter().filter_map(|node| Some((node["nodeId"].as_str()?, node))).collect();
    let mut lines = String::new();
    if let Some(root) = nodes.first() {
        write_down(root, &by_id, 0, &mut lines);
    }
    lines
}

fn write_down(node: &Value, all: &HashMap<&str, &Value>, depth: usize, lines: &mut String) {
    let role = node["role"]["value"].as_str().unwrap_or_default();
    let ignored = node["ignored"].as_bool().unwrap_or_default();
    let told = !ignored && TOLD.contains(&role);
    if told {
        let name = node["name"]["value"].as_str().unwrap_or_default();
        let line = format!("{}{role} {:?}", "  ".repeat(depth), without_numbers(name));
        // Of several that read the same, one is enough: how many there are may change.
        if lines.lines().last().is_none_or(|last| last != line) {
            let _ = writeln!(lines, "{line}");
        }
    }
    if told && CLOSED.contains(&role) {
        return;
    }
    let children = node["childIds"].as_array().map(Vec::as_slice).unwrap_or_default();
    for child in children.iter().filter_map(|id| all.get(id.as_str()?)) {
        write_down(child, all, depth + usize::from(told), lines);
    }
}

/// Numbers change from run to run, and so does the unit of what is counted.
fn without_numbers(name: &str) -> String {
    const UNITS: [&str; 5] = ["ms", "s", "min", "h", "d"];
    let mut words: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        let counted = words.last().is_some_and(|last| last == "#");
        if counted && UNITS.contains(&word) {
            continue;
        }
        let number = word.chars().all(|c| c.is_ascii_digit() || ".,:".contains(c));
        if number && word.contains(|c: char| c.is_ascii_digit()) {
            words.push("#".to_owned());
            continue;
        }
        let parts = word.split(|c: char| c.is_ascii_digit()).collect::<Vec<_>>();
        let mut told = parts.join("#");
        while told.contains("##") {
            told = told.replace("##", "#");
        }
        words.push(told);
    }
    words.join(" ")
}
