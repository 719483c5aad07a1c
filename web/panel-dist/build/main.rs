//! Compiles, binds, compresses and embeds the panel: no tool but cargo is needed.
mod bind;
mod compile;
mod embed;
mod pack;
#[path = "../../panel/words/read.rs"]
#[allow(dead_code, reason = "the panel's test reads more of it")]
mod words;

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::exit;

/// The panel must load quickly on a bad line: no module may be larger than this after brotli,
/// neither the first one, with which everything begins, nor a page's.
const BUDGET: usize = 150_000;

fn main() {
    // An error's backtrace says nothing to those who read it here.
    if let Err(error) = build() {
        eprintln!("{error}");
        exit(1);
    }
}

fn build() -> Result<(), Box<dyn Error>> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let web = here.parent().ok_or("panel-dist has no parent folder")?;
    let workspace = web.parent().ok_or("web has no parent folder")?;
    for path in watched(web, workspace) {
        println!("cargo:rerun-if-changed={}", path.display());
    }
    let mut dist = embed::Dist::new(&out, env::var("PROFILE")? == "release");
    let compiled = compile::panel(workspace, &out, dist.release)?;
    fill(&mut dist, &web.join("panel"), &bind::bind(&compiled, &out)?)?;
    dist.finish()
}

/// Everything the panel is made of.
fn watched(web: &Path, workspace: &Path) -> Vec<PathBuf> {
    let mut paths = vec![workspace.join("Cargo.toml"), workspace.join("Cargo.lock")];
    let crates = ["failover-core", "failover-sim"].map(|name| workspace.join("crates").join(name));
    for package in [web.join("panel"), web.join("api")].into_iter().chain(crates) {
        paths.extend([package.join("src"), package.join("Cargo.toml")]);
    }
    // Its examples are among the simulator's stories.
    paths.push(workspace.join("crates/failover-sim/stories"));
    for folder in ["panel/static", "panel/words", "panel/build.rs", "panel-dist/build"] {
        paths.push(web.join(folder));
    }
    paths
}

/// Files are added in the order in which they name each other.
fn fill(dist: &mut embed::Dist, own: &Path, bound: &[bind::Bound]) -> Result<(), Box<dyn Error>> {
    let text = |name: &str| {
        let path = own.join("static").join(name);
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let folder = parts(dist, bound)?;
    let at = |name: &str| format!("{folder}/{name}");
    let (js, wasm, loader) = (at(bind::SCRIPT), at(bind::MODULE), at(bind::LOADER));
    let mut boot = text("boot.js")?.replace("{{js}}", &js).replace("{{wasm}}", &wasm);
    let english = words::language(&own.join("words/en"))?;
    for language in ["en", "de"] {
        let texts = words::language(&own.join("words").join(language))?;
        let texts = words::wire(&english, &texts)?;
        let texts = dist.add(&format!("words-{language}"), "txt", texts.as_bytes())?;
        boot = boot.replace(&format!("{{{{{language}}}}}"), &texts.path);
    }
    let boot = dist.add("boot", "js", boot.as_bytes())?;
    let css = dist.add("panel", "css", text("panel.css")?.as_bytes())?;
    let icon = text("favicon.svg")?;
    // Browsers also ask for it when they show something that is not the page.
    dist.fixed("/favicon.ico", "icon.svg", icon.as_bytes())?;
    let icon = dist.add("favicon", "svg", icon.as_bytes())?;
    let page = text("index.html")?
        .replace("{{boot}}", &boot.path)
        .replace("{{css}}", &css.path)
        .replace("{{icon}}", &icon.path)
        .replace("{{js}}", &js)
        .replace("{{loader}}", &loader)
        .replace("{{wasm}}", &wasm);
    dist.page(&page)
}

/// Adds the panel's parts below one path, because they name each other; none may be too large.
fn parts(dist: &mut embed::Dist, bound: &[bind::Bound]) -> Result<String, Box<dyn Error>> {
    let files: Vec<_> = bound.iter().map(|file| (file.name.as_str(), &file.raw[..])).collect();
    let (folder, sizes) = dist.add_together("panel", &files)?;
    for ((name, _), br_len) in files.iter().zip(sizes) {
        let is_code = name.ends_with(".wasm") || name.ends_with(".bin");
        if dist.release && is_code && br_len > BUDGET {
            return Err(format!(
                "the panel's {name} is {br_len} bytes after brotli, {BUDGET} are allowed: make it \
                 smaller, or let one of its pages be fetched later"
            )
            .into());
        }
    }
    Ok(folder)
}
