//! `cargo xtask test`: everything that must hold before a change lands.
use std::time::Instant;

use crate::browser::{self, Browser};
use crate::shell::{Done, cargo, ensure_wasm, step};
use crate::{panel, tidy};

pub fn run() -> Done {
    let begin = Instant::now();
    ensure_wasm()?;
    tidy::run()?;
    step("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    panel::run()?;
    let browser = browser::prepare()?;
    lints()?;
    tests(&browser)?;
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
    let mut panel = cargo(&["clippy", "--locked", "--package", "panel"]);
    panel.args(["--target", "wasm32-unknown-unknown", "--target-dir", "target/wasm"]);
    step("lints of the panel", panel.args(["--", "--deny", "warnings"]))
}

fn tests(browser: &Browser) -> Done {
    let mut all = cargo(&["test", "--locked", "--workspace"]);
    all.args(["--no-fail-fast"]);
    match browser {
        Browser::Ready => all.env("SCHWENK_TEST_BROWSER", "1"),
        Browser::Missing => all.env_remove("SCHWENK_TEST_BROWSER"),
    };
    step("tests", &mut all)
}

fn docs() -> Done {
    let mut doc = cargo(&["doc", "--locked", "--workspace", "--exclude", "panel", "--no-deps"]);
    step("docs", doc.env("RUSTDOCFLAGS", "--deny warnings"))
}

fn wasm() -> Done {
    let mut build = cargo(&["build", "--locked", "--package", "failover-core"]);
    build.args(["--package", "web-api", "--target", "wasm32-unknown-unknown"]);
    step("pure crates for wasm32", build.args(["--target-dir", "target/wasm"]))
}
