//! The built panel as bytes, with what an HTTP server must say about them.
//!
//! The build script compiles the panel to WebAssembly, binds it, compresses it and names the files
//! by their content; this crate only holds the result.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

/// One file of the panel.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Where the page expects it: `/assets/boot-0123456789abcdef.js`, or `/` for the page itself.
    pub path: &'static str,
    /// The value of `Content-Type`.
    pub mime: &'static str,
    /// The value of `ETag` for `raw`, with its quotes.
    pub etag: &'static str,
    /// The value of `ETag` for `br`: two encodings are two representations (RFC 9110, 8.8.3.3).
    pub etag_br: &'static str,
    /// Whether the name changes with the content, so that a browser need never ask again.
    pub immutable: bool,
    /// The content.
    pub raw: &'static [u8],
    /// The same, compressed with brotli, where that is smaller.
    pub br: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The file at `path`, such as `/assets/panel-0123456789abcdef.js`; the page itself is at `/`.
pub fn get(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}

/// The page.
pub fn index() -> &'static Asset {
    &ASSETS[0]
}

/// All files, the page first.
pub fn all() -> &'static [Asset] {
    ASSETS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_at_the_root_and_is_asked_for_anew() {
        assert_eq!(index().path, "/");
        assert!(!index().immutable);
        assert!(std::str::from_utf8(index().raw).is_ok_and(|page| page.starts_with("<!doctype")));
    }

    #[test]
    fn whatever_the_page_and_the_scripts_name_exists() {
        let mut named = 0;
        for asset in all().iter().filter(|asset| !asset.mime.starts_with("application/")) {
            let text = std::str::from_utf8(asset.raw).unwrap();
            for rest in text.split("/assets/").skip(1) {
                let path = format!("/assets/{}", rest.split('"').next().unwrap());
                assert!(get(&path).is_some(), "{} names {path}", asset.path);
                named += 1;
            }
        }
        assert_eq!(named, 10, "the page names six files, its script four");
    }

    #[test]
    fn the_parts_that_are_fetched_later_lie_beside_the_script_that_fetches_them() {
        let loader = all().iter().find(|asset| asset.path.ends_with("/parts.js")).unwrap();
        let folder = loader.path.trim_end_matches("parts.js");
        let script = std::str::from_utf8(loader.raw).unwrap();
        let mut named = Vec::new();
        for rest in script.split("\"./").skip(1) {
            let path = format!("{folder}{}", rest.split('"').next().unwrap());
            assert!(get(&path).is_some(), "{} names {path}", loader.path);
            named.push(path);
        }
        for page in ["configuration", "locations", "notifications", "records", "simulator"] {
            assert!(named.iter().any(|path| path.contains(page)), "{page} is among {named:?}");
        }
    }

    #[test]
    fn encodings_have_entity_tags_of_their_own() {
        for asset in all() {
            assert_ne!(asset.etag, asset.etag_br);
            assert!(asset.etag.starts_with('"') && asset.etag_br.ends_with("-br\""));
            assert!(asset.br.is_none_or(|br| br.len() < asset.raw.len()), "{}", asset.path);
        }
    }

    #[test]
    fn no_inline_script_or_style_stands_in_the_way_of_a_strict_policy() {
        let page = std::str::from_utf8(index().raw).unwrap();
        assert!(!page.contains("style=") && !page.contains("<style") && !page.contains(" on"));
        assert!(page.split("<script").skip(1).all(|tag| tag.starts_with(" type=\"module\" src=")));
    }
}
