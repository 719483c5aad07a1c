//! `cargo xtask tidy`: rules about the tree that no compiler checks.
mod arrows;
mod dependencies;
mod files;
mod styles;

use crate::shell::Done;

pub fn run() -> Done {
    println!("\n── tidy");
    let mut findings = files::check()?;
    let metadata = arrows::metadata()?;
    findings.extend(arrows::check(&metadata));
    findings.extend(dependencies::check(&metadata)?);
    findings.extend(styles::check()?);
    if findings.is_empty() {
        println!("── tidy: nothing found");
        return Ok(());
    }
    for finding in &findings {
        eprintln!("  {finding}");
    }
    Err(format!("{} findings", findings.len()))
}
