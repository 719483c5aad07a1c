//! axe-core, which knows what keeps people out of a page. It comes from PyPI when the tests run
//! (its licence is MPL-2.0, and nothing of it is kept here).
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::driver::{Browser, Failed};

/// A wheel that holds `axe.min.js`, pinned.
const WHEEL: &str = "axe-playwright-python==0.1.8";

const RUN: &str = "
    return axe.run(document, { resultTypes: ['violations'] }).then((found) =>
        found.violations.flatMap((rule) => rule.nodes.map((node) =>
            `${rule.id} at ${node.target.join(' ')}: ${node.failureSummary}`)));";

/// The library's text.
pub struct Axe(String);

impl Axe {
    /// Fetches it, once for this build folder.
    pub async fn fetch() -> Result<Self, Failed> {
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("axe");
        let text = tokio::task::spawn_blocking(move || library(&home)).await??;
        Ok(Self(text))
    }

    /// What it complains of on the page that is open.
    pub async fn complaints(&self, browser: &Browser) -> Result<Vec<String>, Failed> {
        if browser.script("return typeof axe", Vec::new()).await? != "object" {
            browser.script(&self.0, Vec::new()).await?;
        }
        let found = browser.script(RUN, Vec::new()).await?;
        let found = found.as_array().ok_or_else(|| format!("axe said {found}"))?;
        Ok(found.iter().map(|one| one.as_str().unwrap_or_default().to_owned()).collect())
    }
}

fn library(home: &Path) -> Result<String, Failed> {
    let file = home.join("axe_playwright_python/axe.min.js");
    if !file.exists() {
        std::fs::create_dir_all(home)?;
        let folder = home.to_str().ok_or("a path that is no text")?;
        // A Python of Debian has pip only inside a virtual environment.
        run("python3", &["-m", "venv", &format!("{folder}/venv")])?;
        let python = format!("{folder}/venv/bin/python");
        let patience = ["--timeout", "15", "--retries", "3"];
        let pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, WHEEL];
        run(&python, &[&pip[..], &patience[..]].concat())?;
        let wheel = wheel(home)?;
        let wheel = wheel.to_str().ok_or("a path that is no text")?;
        run(&python, &["-m", "zipfile", "-e", wheel, folder])?;
    }
    Ok(std::fs::read_to_string(file)?)
}

fn wheel(home: &Path) -> Result<PathBuf, Failed> {
    let mut files = std::fs::read_dir(home)?.filter_map(Result::ok).map(|file| file.path());
    let wheel = files.find(|path| path.extension().is_some_and(|kind| kind == "whl"));
    wheel.ok_or_else(|| "pip brought no wheel".into())
}

fn run(program: &str, arguments: &[&str]) -> Result<(), Failed> {
    let output = Command::new(program).args(arguments).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{program} {arguments:?}: {said}").into())
}
