//! `cargo xtask panel`: builds the panel as it is shipped and says what it weighs.
use crate::shell::{Done, cargo, ensure_wasm, step};

pub fn run() -> Done {
    ensure_wasm()?;
    // The build script itself fails when the panel is too large.
    let mut sizes = cargo(&["run", "--locked", "--release", "--package", "panel-dist"]);
    step("panel and its size", sizes.args(["--example", "sizes"]))
}
