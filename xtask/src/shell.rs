//! Running other programs, and where things are.
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// What went wrong, in a sentence.
pub type Done = Result<(), String>;

/// The workspace's folder.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Whether this is CI, where nothing may be skipped.
pub fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}

/// A cargo command in the workspace.
pub fn cargo(args: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root()).args(args);
    command
}

/// Runs a step, saying its name and how long it took.
pub fn step(name: &str, command: &mut Command) -> Done {
    println!("\n── {name}");
    let begin = Instant::now();
    let status = command.status().map_err(|e| format!("{name}: cannot run {command:?}: {e}"))?;
    if !status.success() {
        return Err(format!("{name} failed ({status})"));
    }
    println!("── {name}: {:.0} s", begin.elapsed().as_secs_f64());
    Ok(())
}

/// Whether a program can be started.
pub fn exists(program: &str) -> bool {
    let mut probe = Command::new(program);
    probe.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok()
}

/// Adds the wasm target when it is missing.
pub fn ensure_wasm() -> Done {
    const TARGET: &str = "wasm32-unknown-unknown";
    let listed =
        Command::new("rustup").current_dir(root()).args(["target", "list", "--installed"]).output();
    match listed {
        Ok(output) if String::from_utf8_lossy(&output.stdout).contains(TARGET) => Ok(()),
        Ok(_) => {
            let mut add = Command::new("rustup");
            step("add the wasm target", add.current_dir(root()).args(["target", "add", TARGET]))
        }
        // Without rustup the toolchain comes from elsewhere; the build itself will tell.
        Err(_) => Ok(()),
    }
}
