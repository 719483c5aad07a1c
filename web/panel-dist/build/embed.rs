//! The files of the panel: named by content, compressed, and written down as a table in Rust.
use sha2::{Digest, Sha256};
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// The files so far.
pub struct Dist {
    /// Whether time is spent on compressing well.
    pub release: bool,
    out: PathBuf,
    page: Option<String>,
    rows: String,
}

/// A file that was added.
pub struct Added {
    /// Where the page will find it.
    pub path: String,
}

impl Dist {
    /// An empty one in the folder `out`.
    pub fn new(out: &Path, release: bool) -> Self {
        Self { release, out: out.to_owned(), page: None, rows: String::new() }
    }

    /// Adds a file under a name that changes with its content.
    pub fn add(&mut self, stem: &str, kind: &str, raw: &[u8]) -> Result<Added, Box<dyn Error>> {
        let hash = hash(raw);
        let path = format!("/assets/{stem}-{hash}.{kind}");
        let row = self.row(&path, &format!("{stem}.{kind}"), &hash, raw, true)?.0;
        self.rows.push_str(&row);
        Ok(Added { path })
    }

    /// Adds files that name each other: below one path that changes with any of them. Answers that
    /// path and, in their order, their sizes after brotli.
    pub fn add_together(
        &mut self,
        stem: &str,
        files: &[(&str, &[u8])],
    ) -> Result<(String, Vec<usize>), Box<dyn Error>> {
        let mut all = Sha256::new();
        for (name, raw) in files {
            all.update(name.as_bytes());
            all.update(Sha256::digest(raw));
        }
        let folder = format!("/assets/{stem}-{}", digits(&all.finalize()));
        let mut sizes = Vec::new();
        for (name, raw) in files {
            let path = format!("{folder}/{name}");
            let (row, br_len) = self.row(&path, name, &hash(raw), raw, true)?;
            self.rows.push_str(&row);
            sizes.push(br_len);
        }
        Ok((folder, sizes))
    }

    /// Sets the page.
    pub fn page(&mut self, text: &str) -> Result<(), Box<dyn Error>> {
        let raw = text.as_bytes();
        self.page = Some(self.row("/", "index.html", &hash(raw), raw, false)?.0);
        Ok(())
    }

    /// Adds a file at a path that browsers ask for by themselves.
    pub fn fixed(&mut self, path: &str, file: &str, raw: &[u8]) -> Result<(), Box<dyn Error>> {
        let row = self.row(path, file, &hash(raw), raw, false)?.0;
        self.rows.push_str(&row);
        Ok(())
    }

    /// Writes the table.
    pub fn finish(self) -> Result<(), Box<dyn Error>> {
        let page = self.page.ok_or("the panel has no page")?;
        let table = format!("static ASSETS: &[Asset] = &[\n{page}{}];\n", self.rows);
        fs::write(self.out.join("assets.rs"), table)?;
        Ok(())
    }

    fn row(
        &self,
        path: &str,
        file: &str,
        hash: &str,
        raw: &[u8],
        immutable: bool,
    ) -> Result<(String, usize), Box<dyn Error>> {
        let at = self.out.join(file);
        let at_br = self.out.join(format!("{file}.br"));
        fs::write(&at, raw)?;
        let packed = self.pack(raw)?;
        let smaller = packed.len() < raw.len();
        fs::write(&at_br, &packed)?;
        let mut row = String::new();
        let br = if smaller { format!("Some(include_bytes!({at_br:?}))") } else { "None".into() };
        writeln!(row, "    Asset {{ path: {path:?}, mime: {:?},", mime(file))?;
        writeln!(row, "        etag: \"\\\"{hash}\\\"\", etag_br: \"\\\"{hash}-br\\\"\",")?;
        writeln!(row, "        immutable: {immutable}, raw: include_bytes!({at:?}), br: {br} }},")?;
        Ok((row, packed.len()))
    }

    fn pack(&self, raw: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
        // Quality 11 takes seconds even optimised, and a debug build's brotli is not.
        let quality = if self.release { 11 } else { 1 };
        let params = brotli::enc::BrotliEncoderParams {
            quality,
            lgwin: 22,
            size_hint: raw.len(),
            ..Default::default()
        };
        let mut packed = Vec::new();
        brotli::BrotliCompress(&mut &raw[..], &mut packed, &params)?;
        Ok(packed)
    }
}

fn mime(file: &str) -> &'static str {
    match file.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

fn hash(raw: &[u8]) -> String {
    digits(&Sha256::digest(raw))
}

/// Sixteen digits of SHA-256: enough that no two builds ever share a name.
fn digits(digest: &[u8]) -> String {
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
