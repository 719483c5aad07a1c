//! The panel's compilation: a nested cargo for WebAssembly.
use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// Compiles the panel; gives back where its module is.
pub fn panel(workspace: &Path, out: &Path, release: bool) -> Result<PathBuf, Box<dyn Error>> {
    require_target()?;
    let profile = if release { "panel" } else { "panel-dev" };
    let target_dir = target_dir(out);
    let mut cargo = cargo(workspace);
    cargo.args(["rustc", "--locked", "--package", "panel", "--lib", "--target", TARGET]);
    cargo.args(["--profile", profile, "--target-dir"]).arg(&target_dir);
    // What stands where must be known to cut the module into parts.
    cargo.args(["--", "-C", "link-args=--emit-relocs"]);
    let status = cargo.status().map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !status.success() {
        return Err("the panel does not compile; the reason stands above".into());
    }
    Ok(target_dir.join(TARGET).join(profile).join("panel.wasm"))
}

/// Its own folder beside the outer build's: two cargos in one would wait for each other for ever.
fn target_dir(out: &Path) -> PathBuf {
    // OUT_DIR is <target>/<profile>/build/<package>-<hash>/out.
    out.ancestors().nth(4).unwrap_or(out).join("wasm")
}

/// Cargo as the user would start it, not as the outer cargo starts a build script: flags for the
/// host, the outer package's variables and clippy's wrapper would all reach the panel.
fn cargo(workspace: &Path) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(workspace);
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_foreign) {
            cargo.env_remove(name);
        }
    }
    // Set and empty: flags of a user's own cargo configuration do not count either.
    cargo.env("CARGO_ENCODED_RUSTFLAGS", "");
    cargo
}

fn is_foreign(name: &str) -> bool {
    const NAMES: [&str; 16] = [
        "RUSTFLAGS",
        "RUSTDOCFLAGS",
        "RUSTC_LINKER",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
        "CLIPPY_ARGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_TARGET_DIR",
        "CARGO_PRIMARY_PACKAGE",
        "TARGET",
        "HOST",
        "PROFILE",
        "OPT_LEVEL",
        "DEBUG",
        "OUT_DIR",
        "LLVM_PROFILE_FILE",
    ];
    const PREFIXES: [&str; 8] = [
        "CARGO_BUILD_",
        "CARGO_CFG_",
        "CARGO_CRATE_",
        "CARGO_FEATURE_",
        "CARGO_MANIFEST_",
        "CARGO_PKG_",
        "CARGO_PROFILE_",
        "DEP_",
    ];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Says what is missing before cargo does, with the command that mends it.
fn require_target() -> Result<(), Box<dyn Error>> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let asked = Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]).output();
    let installed = asked
        .is_ok_and(|answer| Path::new(String::from_utf8_lossy(&answer.stdout).trim()).is_dir());
    if installed {
        return Ok(());
    }
    Err(format!(
        "The panel is compiled to WebAssembly, and this Rust toolchain cannot do that yet.\n\
         Run this once, then build again:\n\n    rustup target add {TARGET}\n"
    )
    .into())
}
