//! What several pages share, put into one file: cut as finely as it can be, it would be some sixty
//! files of a few hundred bytes, each with a request of its own.
use super::bind::Bound;
use std::error::Error;
use std::fmt::Write;

/// The file that holds the small shared parts, one behind the other.
const FILE: &str = "shared.bin";
/// Shared parts that are smaller than this, before compression, are fetched together.
const SMALL: usize = 8_000;

/// Puts the small shared parts among `files` into one file, and has the loader fetch that.
pub fn pack(files: Vec<Bound>, loader: &str) -> Result<Vec<Bound>, Box<dyn Error>> {
    let is_small = |file: &Bound| file.name.starts_with("chunk_") && file.raw.len() < SMALL;
    let (small, mut files): (Vec<_>, Vec<_>) = files.into_iter().partition(is_small);
    if small.is_empty() {
        return Ok(files);
    }
    let script = files.iter_mut().find(|file| file.name == loader).ok_or("there is no loader")?;
    let mut text = String::from_utf8(std::mem::take(&mut script.raw))?;
    let (mut raw, mut places) = (Vec::new(), String::new());
    for part in &small {
        let name = part.name.trim_end_matches(".wasm");
        replace(&mut text, name)?;
        let begin = raw.len();
        raw.extend_from_slice(&part.raw);
        write!(places, "[{begin},{}],", raw.len())?;
    }
    // Functions are known before their line, so it may stand at the end.
    write!(text, "{}", SHARED.replace("{{file}}", FILE).replace("{{places}}", &places))?;
    script.raw = text.into_bytes();
    files.push(Bound { name: FILE.to_owned(), raw });
    Ok(files)
}

/// Fetches all of them once, and makes modules of them; after a failure the next one tries again.
const SHARED: &str = r#"
const sharedPlaces = [{{places}}];
let sharedLoading = undefined;
function loadShared() {
    sharedLoading ??= fetchShared().catch((error) => {
        sharedLoading = undefined;
        throw error;
    });
    return sharedLoading;
}
async function fetchShared() {
    const answer = await fetch(new URL("./{{file}}", import.meta.url));
    if (!answer.ok) throw new Error(`{{file}}: status ${answer.status}`);
    const all = await answer.arrayBuffer();
    const imports = getSharedImports();
    const make = ([begin, end]) => WebAssembly.instantiate(all.slice(begin, end), imports);
    return Promise.all(sharedPlaces.map(make));
}
"#;

/// Has the loader of a part load the shared file instead.
fn replace(text: &mut String, name: &str) -> Result<(), Box<dyn Error>> {
    let unknown = || format!("the loader does not load {name} in the way that is known here");
    let begins = format!("const __{name} = makeLoad(");
    let ends = ", []);\n";
    let begin = text.find(&begins).ok_or_else(unknown)?;
    let end = text[begin..].find(ends).ok_or_else(unknown)? + begin + ends.len();
    if !text[begin..end].contains(&format!("\"./{name}.wasm\"")) {
        return Err(unknown().into());
    }
    text.replace_range(begin..end, &format!("const __{name} = loadShared;\n"));
    Ok(())
}
