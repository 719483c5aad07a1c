//! `cargo xtask model` and `cargo xtask mutants`: the machine explored exhaustively.
use crate::shell::{Done, cargo, root, step};

/// Explores the scopes; what is found goes to `target/model.json`, and with `--write-docs` to the
/// safety page, too.
pub fn run(args: &[String]) -> Done {
    let mut explore = example();
    explore.arg("--json").arg(root().join("target/model.json"));
    for arg in args {
        if arg == "--write-docs" {
            explore.arg("--page").arg(root().join("docs/safety.md"));
        } else {
            explore.arg(arg);
        }
    }
    std::fs::create_dir_all(root().join("target")).map_err(|e| format!("target: {e}"))?;
    step("model", &mut explore)
}

/// Looks whether each seeded fault is noticed.
pub fn mutants(args: &[String]) -> Done {
    step("mutants", example().arg("--mutants").args(args))
}

fn example() -> std::process::Command {
    cargo(&[
        "run",
        "--quiet",
        "--locked",
        "--profile",
        "explore",
        "--package",
        "failover-sim",
        "--features",
        "model",
        "--example",
        "model",
        "--",
    ])
}
