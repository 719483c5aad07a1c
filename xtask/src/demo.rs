//! `cargo xtask demo`: the whole product on this machine, no account needed.
use crate::shell::{Done, cargo, ensure_wasm};

pub fn run(args: &[String]) -> Done {
    ensure_wasm()?;
    // Not among what the demo itself prints, which may be JSON.
    eprintln!("Building the program and its panel; the first time this takes a few minutes.");
    let mut run =
        cargo(&["run", "--locked", "--profile", "demo", "--package", "schwenk", "--", "demo"]);
    let status = run.args(args).status().map_err(|e| format!("cannot run cargo: {e}"))?;
    // Ctrl-C ends the demo by a signal, which is no failure of the chore.
    match status.code() {
        Some(0) | None => Ok(()),
        Some(code) => Err(format!("the demo ended with status {code}")),
    }
}
