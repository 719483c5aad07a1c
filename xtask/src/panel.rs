//! `cargo xtask panel`: builds the panel as it is shipped and checks its size.
use std::fs;

use crate::shell::{Done, cargo, ensure_wasm, step, target};

/// The most the panel's wasm may weigh over the wire, in bytes.
const WASM_BROTLI_MAX: u64 = 150_000;

pub fn run() -> Done {
    ensure_wasm()?;
    let mut build = cargo(&["build", "--locked", "--release", "--package", "panel-dist"]);
    step("build the panel", &mut build)?;
    let list = target().join("panel-sizes.txt");
    let text = fs::read_to_string(&list).map_err(|e| format!("{}: {e}", list.display()))?;
    print!("{text}");
    let wasm = text
        .lines()
        .filter_map(|line| line.split_once(' '))
        .find(|(what, _)| *what == "wasm-brotli")
        .and_then(|(_, bytes)| bytes.trim().parse::<u64>().ok())
        .ok_or_else(|| format!("{} does not say how large the wasm is", list.display()))?;
    if wasm > WASM_BROTLI_MAX {
        return Err(format!(
            "the panel's wasm is {wasm} bytes brotli; {WASM_BROTLI_MAX} is the limit"
        ));
    }
    Ok(())
}
