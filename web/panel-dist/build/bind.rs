//! The panel's module made ready for a browser: cut into parts, and the first of them bound.
use std::error::Error;
use std::fs;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::Options;

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
        files.push(Bound { name, raw: fs::read(path)? });
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
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
