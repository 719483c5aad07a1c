//! Every dependency has a reason on record and a licence that ours allows.
use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::arrows::ours;
use crate::shell::root;

const REASONS: &str = "docs/decisions/dependencies.md";

/// One of these in a licence expression is enough.
const LICENCES: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "CC0-1.0",
    "0BSD",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "MPL-2.0",
    "Unlicense",
];

pub fn check(metadata: &Value) -> Result<Vec<String>, String> {
    let mut findings = Vec::new();
    let path = root().join(REASONS);
    let text = fs::read_to_string(&path).map_err(|e| format!("{REASONS}: {e}"))?;
    let names: BTreeSet<&str> = ours(metadata).filter_map(|p| p["name"].as_str()).collect();
    let mut direct = BTreeSet::new();
    for package in ours(metadata) {
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            direct.extend(dependency["name"].as_str());
        }
    }
    for name in direct.difference(&names) {
        if !text.contains(&format!("`{name}`")) {
            findings.push(format!("{REASONS}: says nothing of `{name}`"));
        }
    }
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let licence = package["license"].as_str().unwrap_or("none given");
        let mut words = licence.split(|c: char| !(c.is_alphanumeric() || "-.".contains(c)));
        if !words.any(|word| LICENCES.contains(&word)) {
            findings.push(format!("{}: licence {licence} is not on the list", package["name"]));
        }
    }
    Ok(findings)
}
