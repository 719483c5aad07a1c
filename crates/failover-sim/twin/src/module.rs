//! Compiles this crate to WebAssembly, for tests.
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// The module, compiled with optimisation in a folder of its own below `beside`.
///
/// Needs the target `wasm32-unknown-unknown`, as the panel does; says what is missing.
pub fn compile(beside: &Path) -> Result<Vec<u8>, String> {
    let target_dir = beside.join("twin");
    let mut cargo = cargo();
    cargo.args(["build", "--locked", "--release", "--package", "failover-twin", "--lib"]);
    cargo.args(["--target", TARGET, "--target-dir"]).arg(&target_dir);
    let output = cargo.output().map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{said}\nIf the target is missing: rustup target add {TARGET}"));
    }
    let module = target_dir.join(TARGET).join("release").join("failover_twin.wasm");
    std::fs::read(&module).map_err(|error| format!("{}: {error}", module.display()))
}

/// Cargo as the user would start it, not as a test is started by another cargo: that one's flags
/// and variables must not reach this build.
fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(workspace());
    let foreign = |name: &str| {
        [
            "RUSTFLAGS",
            "RUSTC_WRAPPER",
            "RUSTC_WORKSPACE_WRAPPER",
            "CLIPPY_ARGS",
            "LLVM_PROFILE_FILE",
        ]
        .contains(&name)
            || name.starts_with("CARGO_") && name != "CARGO_HOME"
    };
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(foreign) {
            cargo.env_remove(name);
        }
    }
    // Set and empty: flags of a user's own cargo configuration do not count either.
    cargo.env("CARGO_ENCODED_RUSTFLAGS", "");
    cargo
}

fn workspace() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(3).unwrap_or(own).to_owned()
}
