//! Who may know whom: ARCHITECTURE.md's arrows, held against `cargo metadata`.
use serde_json::Value;

use crate::shell::cargo;

/// A crate and those of ours it may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("failover-core", &[]),
    ("failover-sim", &["failover-core"]),
    ("failover-twin", &["failover-core", "failover-sim"]),
    ("health", &[]),
    ("cloud-http", &[]),
    ("dns-provider", &["cloud-http"]),
    ("cloud-api", &["cloud-http"]),
    ("notify", &["cloud-http"]),
    (
        "watcher",
        &[
            "cloud-api",
            "cloud-http",
            "dns-provider",
            "failover-core",
            "failover-sim",
            "health",
            "notify",
        ],
    ),
    ("cloud-emulator", &[]),
    ("web-api", &["failover-core"]),
    ("panel", &["failover-core", "failover-sim", "web-api"]),
    ("panel-dist", &[]),
    (
        "schwenk",
        &[
            "cloud-api",
            "cloud-emulator",
            "cloud-http",
            "dns-provider",
            "failover-core",
            "health",
            "notify",
            "panel-dist",
            "watcher",
            "web-api",
        ],
    ),
    (
        "examples",
        &[
            "cloud-api",
            "cloud-emulator",
            "cloud-http",
            "dns-provider",
            "failover-core",
            "health",
            "watcher",
        ],
    ),
    ("xtask", &[]),
];

/// A library that only some of our crates may use directly.
const KEPT: &[(&str, &[&str])] = &[
    ("reqwest", &["cloud-http"]),
    ("rusqlite", &["watcher"]),
    ("etcd-client", &["watcher"]),
    ("mysql_async", &["health"]),
    ("lettre", &["notify"]),
    ("axum", &["schwenk", "cloud-emulator"]),
    ("leptos", &["panel"]),
];

/// All that the core may depend on.
const CORE: &[&str] = &["serde"];

pub fn metadata() -> Result<Value, String> {
    let output = cargo(&["metadata", "--locked", "--format-version", "1"])
        .output()
        .map_err(|e| format!("cargo metadata: {e}"))?;
    serde_json::from_slice(&output.stdout).map_err(|e| format!("cargo metadata: {e}"))
}

/// The packages of the workspace.
pub fn ours(metadata: &Value) -> impl Iterator<Item = &Value> {
    let members = metadata["workspace_members"].as_array();
    let packages = metadata["packages"].as_array();
    packages.into_iter().flatten().filter(move |package| {
        members.is_some_and(|members| members.iter().any(|id| *id == package["id"]))
    })
}

/// The direct dependencies of a package that end up in what is built (no dev-dependencies).
pub fn built_with(package: &Value) -> impl Iterator<Item = &str> {
    let all = package["dependencies"].as_array().into_iter().flatten();
    all.filter(|d| d["kind"].as_str() != Some("dev")).filter_map(|d| d["name"].as_str())
}

pub fn check(metadata: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    let names: Vec<&str> = ours(metadata).filter_map(|p| p["name"].as_str()).collect();
    for package in ours(metadata) {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == name) else {
            findings
                .push(format!("{name}: is not in the plan of arrows (xtask/src/tidy/arrows.rs)"));
            continue;
        };
        for dependency in built_with(package) {
            if names.contains(&dependency) && !allowed.contains(&dependency) {
                findings.push(format!("{name}: must not know {dependency}"));
            }
            if let Some((_, keepers)) = KEPT.iter().find(|(kept, _)| *kept == dependency)
                && !keepers.contains(&name)
            {
                findings.push(format!("{name}: only {} may use {dependency}", keepers.join(", ")));
            }
            if name == "failover-core" && !CORE.contains(&dependency) {
                findings.push(format!("failover-core: depends on {dependency}; it is pure"));
            }
        }
    }
    findings
}
