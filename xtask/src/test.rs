//! `cargo xtask test`: everything that must hold before a change lands.
use std::time::Instant;

use crate::packages;
use crate::shell::{Done, cargo, ensure_wasm, step};
use crate::{panel, tidy};

/// Fixed unless it is given, so that of one commit the same is said each time; plain `cargo test`
/// rolls others.
const PROPTEST_SEED: &str = "PROPTEST_RNG_SEED";

pub fn run() -> Done {
    let begin = Instant::now();
    ensure_wasm()?;
    tidy::run()?;
    step("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    panel::run()?;
    let switches = packages::prepare()?;
    lints()?;
    tests(&switches)?;
    docs()?;
    wasm()?;
    println!("\nAll of it holds ({:.0} s).", begin.elapsed().as_secs_f64());
    Ok(())
}

fn lints() -> Done {
    let mut host = cargo(&["clippy", "--locked", "--workspace", "--exclude", "panel"]);
    step("lints", host.args(["--all-targets", "--", "--deny", "warnings"]))?;
    let mut bare = cargo(&["clippy", "--locked", "--package", "failover-core"]);
    step("lints of the bare core", bare.args(["--no-default-features", "--", "-D", "warnings"]))?;
    let mut seeded = cargo(&["clippy", "--locked", "--package", "failover-sim", "--all-targets"]);
    step("lints of the model", seeded.args(["--features", "model", "--", "-D", "warnings"]))?;
    let mut panel = cargo(&["clippy", "--locked", "--package", "panel"]);
    panel.args(["--target", "wasm32-unknown-unknown", "--target-dir", "target/wasm"]);
    step("lints of the panel", panel.args(["--", "--deny", "warnings"]))
}

/// `switches` are variables that tell tests to run, and whether they shall.
fn tests(switches: &[(&str, bool)]) -> Done {
    let mut all = cargo(&["test", "--locked", "--workspace"]);
    all.args(["--no-fail-fast"]);
    if std::env::var_os(PROPTEST_SEED).is_none() {
        all.env(PROPTEST_SEED, "1");
    }
    for (switch, on) in switches {
        if *on {
            all.env(switch, "1")
        } else {
            all.env_remove(switch)
        };
    }
    step("tests", &mut all)?;
    // Apart, so that everything else is tested without the seeded faults, as it is shipped.
    let mut core = cargo(&["test", "--locked", "--package", "failover-core", "--test", "it"]);
    step("seeded faults", core.args(["--features", "mutants", "mutants"]))?;
    let mut model = cargo(&["test", "--locked", "--package", "failover-sim", "--test", "it"]);
    step("exhaustive exploration, small", model.args(["--features", "model", "model"]))
}

fn docs() -> Done {
    let mut doc = cargo(&["doc", "--locked", "--workspace", "--exclude", "panel", "--no-deps"]);
    step("docs", doc.env("RUSTDOCFLAGS", "--deny warnings"))
}

fn wasm() -> Done {
    let mut build = cargo(&["build", "--locked", "--package", "failover-core"]);
    build.args(["--package", "failover-sim", "--package", "web-api"]);
    build.args(["--target", "wasm32-unknown-unknown"]);
    step("pure crates for wasm32", build.args(["--target-dir", "target/wasm"]))
}
