//! The diary at two locations: two MariaDB servers that replicate each other over TLS with the
//! configuration that boot scripts make, two web servers, and visitors.
//!
//! Needs MariaDB and PHP, and for one test Chromium. Without them the tests are left out and say so,
//! but never in CI.
#[path = "../../../web/server/tests/browser/driver.rs"]
#[allow(dead_code, reason = "the panel's story needs more of it")]
mod driver;

mod database;
mod pair;
mod process;
mod rendered;
mod site;
mod visitor;

mod browser;
mod entries;
mod outage;
mod requests;
mod sessions;
mod writers;

#[test]
fn the_boot_scripts_carry_the_whole_application() {
    let rendered = rendered::Rendered::new();
    for server in ["app-one", "app-two", "db-one", "db-two"] {
        let script = rendered.script(server);
        println!("{server}: {} bytes", script.len());
        assert!(script.len() <= cloud_api::boot::SCRIPT_BYTES_MAX, "{server}: {}", script.len());
    }
}

/// Whether the programs are there.
fn is_there() -> bool {
    let missing = process::missing();
    if let Some(missing) = &missing {
        assert!(std::env::var_os("CI").is_none(), "in CI it must be there: {missing}");
        eprintln!("LEFT OUT: {missing}");
    }
    missing.is_none()
}
