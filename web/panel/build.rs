//! Numbers the words: the code knows each text by its place among the English ones.
#[path = "words/read.rs"]
#[allow(dead_code, reason = "the test reads more of it")]
mod read;

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::exit;

fn main() {
    // An error's backtrace says nothing to those who read it here.
    if let Err(error) = number() {
        eprintln!("{error}");
        exit(1);
    }
}

fn number() -> Result<(), String> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("no CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    println!("cargo:rerun-if-changed={}", here.join("words").display());
    println!("cargo:rerun-if-changed={}", here.join("build.rs").display());
    let english = read::language(&here.join("words/en"))?;
    let mut keys = String::new();
    for (place, entry) in english.iter().enumerate() {
        let _ = writeln!(keys, "pub const {}: u16 = {place};", entry.key);
    }
    let problem = |error: std::io::Error| format!("{}: {error}", out.display());
    fs::write(out.join("keys.rs"), keys).map_err(problem)?;
    fs::write(out.join("en.txt"), read::wire(&english, &english)?).map_err(problem)
}
