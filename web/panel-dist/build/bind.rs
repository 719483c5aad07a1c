//! The panel's module made ready for a browser: cut into parts, and the first of them bound.
use super::pack::pack;
use std::error::Error;
use std::fs;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;
use wasm_encoder::{Module, RawSection, SectionId};
use wasm_split_cli_support::Options;
use wasmparser::Parser;

/// The script that starts the panel, and the module it loads.
pub const SCRIPT: &str = "panel.js";
pub const MODULE: &str = "panel.wasm";
/// The script that fetches the parts; the module imports it by this name.
pub const LOADER: &str = "parts.js";

/// One file for the browser. The files name each other, relative to where they are.
pub struct Bound {
    pub name: String,
    pub raw: Vec<u8>,
}

/// Cuts the module at `compiled` where its pages say, and binds what is needed from the start.
pub fn bind(compiled: &Path, out: &Path) -> Result<Vec<Bound>, Box<dyn Error>> {
    let folder = out.join("parts");
    // What an earlier build left there would be shipped with this one.
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let first = folder.join("first.wasm");
    let input = fs::read(compiled)?;
    let link_name = format!("./{LOADER}");
    let main_module = format!("./{SCRIPT}");
    let mut options = Options::new(&input);
    options.output_dir = &folder;
    options.main_out_path = &first;
    options.link_name = &link_name;
    options.main_module = &main_module;
    let split = wasm_split_cli_support::transform(options)
        .map_err(|error| format!("the panel cannot be cut into parts: {error:?}"))?;
    let mut files = bound(&first)?;
    for path in split.split_modules.iter().chain([&folder.join(LOADER)]) {
        let name = path.file_name().ok_or("a part has no name")?.to_string_lossy().into_owned();
        let raw = fs::read(path)?;
        let raw = if name.ends_with(".wasm") { without_names(&raw)? } else { raw };
        files.push(Bound { name, raw });
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    pack(files, LOADER)
}

fn bound(first: &Path) -> Result<Vec<Bound>, Box<dyn Error>> {
    let mut output = Bindgen::new()
        .input_path(first)
        .web(true)?
        .typescript(false)
        // The parts find the first one's memory and table by the names the linker gave them.
        .keep_lld_exports(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()?;
    // A snippet would be one more file to serve; leptos declares some and fills none.
    if output.snippets().values().any(|files| !files.is_empty()) {
        return Err("wasm-bindgen made JavaScript snippets, which nobody would serve".into());
    }
    let script = Bound { name: SCRIPT.to_owned(), raw: output.js().as_bytes().to_vec() };
    let module = Bound { name: MODULE.to_owned(), raw: output.wasm_mut().emit_wasm() };
    Ok(vec![script, module])
}

/// A module without its custom sections: names of functions, which only a debugger would read, are a
/// fifth of what would be downloaded.
fn without_names(raw: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(raw) {
        match payload?.as_section() {
            Some((id, range)) if id != SectionId::Custom as u8 => {
                let data = &raw[range.start.try_into()?..range.end.try_into()?];
                module.section(&RawSection { id, data });
            }
            _ => {}
        }
    }
    Ok(module.finish())
}
