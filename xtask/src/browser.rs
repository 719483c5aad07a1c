//! The browser that the panel's test needs.
use std::process::Command;

use crate::shell::{Done, exists, in_ci, step};

const PACKAGES: [&str; 3] = ["chromium", "chromium-driver", "fonts-dejavu-core"];

/// What there is to test the panel with.
pub enum Browser {
    Ready,
    /// Not there, and this is not CI: the test is left out, loudly.
    Missing,
}

/// Installs the browser in CI; elsewhere only looks for it.
pub fn prepare() -> Result<Browser, String> {
    if exists("chromedriver") && exists("chromium") {
        return Ok(Browser::Ready);
    }
    if !in_ci() {
        println!(
            "\n!! No Chromium and ChromeDriver on this machine: the panel's browser test is LEFT OUT.\n\
             !! Install them with: apt-get install {}",
            PACKAGES.join(" ")
        );
        return Ok(Browser::Missing);
    }
    install()?;
    Ok(Browser::Ready)
}

fn install() -> Done {
    let mut update = Command::new("apt-get");
    step("apt-get update", update.args(["-q", "update"]))?;
    let mut install = Command::new("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive");
    install.args(["-q", "-y", "--no-install-recommends", "install"]).args(PACKAGES);
    step("install the browser", &mut install)
}
