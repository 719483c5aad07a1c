//! `cargo xtask bench`: benchmarks, all or one.
use crate::shell::{Done, cargo, ensure_wasm, step};

pub fn run(args: &[String]) -> Done {
    match args.split_first() {
        Some((name, rest)) if name == "failover" => failover(rest),
        Some((name, rest)) if name == "diary" => diary(rest),
        Some((name, rest)) if name == "panel" => panel(rest),
        Some((name, rest)) => one(name, rest),
        None => step(
            "benchmarks",
            &mut cargo(&["bench", "--locked", "--workspace", "--exclude", "panel"]),
        ),
    }
}

/// Whole failovers against the emulator, with the program as it is shipped.
fn failover(args: &[String]) -> Done {
    ensure_wasm()?;
    step(
        "build the program",
        &mut cargo(&["build", "--locked", "--release", "--package", "schwenk"]),
    )?;
    let mut bench =
        cargo(&["bench", "--locked", "--package", "schwenk", "--bench", "failover", "--"]);
    step("failover", bench.args(args))
}

/// Sessions of the diary. What is timed are MariaDB and PHP, so the client is not built anew.
fn diary(args: &[String]) -> Done {
    let mut bench = cargo(&["bench", "--locked", "--profile", "dev", "--package", "examples"]);
    step("diary", bench.args(["--bench", "diary", "--"]).args(args))
}

/// Many services in a real browser, with the panel as it is shipped.
fn panel(args: &[String]) -> Done {
    ensure_wasm()?;
    let mut bench = cargo(&["bench", "--locked", "--package", "schwenk", "--bench", "panel", "--"]);
    step("panel", bench.args(args))
}

fn one(name: &str, args: &[String]) -> Done {
    let mut bench = cargo(&["bench", "--locked", "--workspace", "--exclude", "panel", "--bench"]);
    step(name, bench.arg(name).arg("--").args(args))
}
