//! Files and steps put together into one script.
use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use secrecy::SecretString;
use serde_json::json;

use super::error::BootError;
use super::file::{File, Keep};
use super::render::render;
use super::settings::Settings;
use super::view::View;
use super::{SCRIPT_BYTES_MAX, roles};

/// How many files an error names when a script is too long.
const NAMED: usize = 5;

pub(super) fn script(
    view: &View,
    settings: &Settings,
    files: &[File],
) -> Result<SecretString, BootError> {
    let payload = wrap(&STANDARD.encode(archive(files)?));
    let packages = roles::packages(view);
    let binaries = roles::binaries(settings);
    let more = json!({ "payload": payload, "packages": packages, "binaries": binaries });
    let text = render("script.sh", view, more)?;
    if text.len() > SCRIPT_BYTES_MAX {
        return Err(too_large(view, files, text.len()));
    }
    Ok(SecretString::from(text))
}

/// A compressed tar of all files below `files/`, and `manifest`, which says what becomes of them.
fn archive(files: &[File]) -> Result<Vec<u8>, BootError> {
    let mut manifest = String::new();
    for File { path, mode, owner, keep, .. } in files {
        let keep = if *keep == Keep::Existing { "once" } else { "always" };
        manifest += &format!("{mode:04o} {owner} {keep} {path}\n");
    }
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    let mut add = |name: &str, content: &[u8]| {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o600);
        // The same files give the same script, so that nothing looks changed that is not.
        header.set_mtime(0);
        tar.append_data(&mut header, name, content)
    };
    add("manifest", manifest.as_bytes()).map_err(problem)?;
    for file in files {
        add(&format!("files{}", file.path), file.content()).map_err(problem)?;
    }
    tar.into_inner().and_then(GzEncoder::finish).map_err(problem)
}

/// In lines of 76 characters, as in RFC 2045: some tools cut longer ones.
fn wrap(base64: &str) -> String {
    let mut lines = String::with_capacity(base64.len() + base64.len() / 76 + 1);
    let mut rest = base64;
    while !rest.is_empty() {
        let (line, next) = rest.split_at(rest.len().min(76));
        lines += line;
        lines.push('\n');
        rest = next;
    }
    lines
}

fn too_large(view: &View, files: &[File], bytes: usize) -> BootError {
    // What a file adds to the script: compressed, and four bytes for three.
    let mut sizes: Vec<(usize, &str)> = files
        .iter()
        .map(|file| {
            let packed = archive(std::slice::from_ref(file)).map_or(0, |packed| packed.len());
            (packed.div_ceil(3) * 4, file.path.as_str())
        })
        .collect();
    sizes.sort_unstable_by(|one, other| other.cmp(one));
    let largest: Vec<String> =
        sizes.iter().take(NAMED).map(|(size, path)| format!("{path} ({size})")).collect();
    BootError::TooLarge {
        host: view.host.clone(),
        bytes,
        most: SCRIPT_BYTES_MAX,
        parts: format!("The largest files, compressed: {}", largest.join(", ")),
    }
}

fn problem(error: io::Error) -> BootError {
    BootError::Template { name: "the archive".into(), why: error.to_string() }
}
