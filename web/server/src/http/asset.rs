//! The panel's files, or a page that says that there is no panel.
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::problem::{Refusal, read_only};

/// One file as it is served.
#[derive(Clone, Copy)]
struct File {
    mime: &'static str,
    immutable: bool,
    etag: &'static str,
    raw: &'static [u8],
    /// The brotli twin and its own tag: two encodings are two representations.
    br: Option<(&'static [u8], &'static str)>,
}

/// Everything outside `/api/`: the panel's files, and its page for every other path.
pub async fn asset(request: Request) -> Response {
    let path = request.uri().path();
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        return read_only(request.method(), path);
    }
    let reserved = ["/assets/", "/api/"].iter().any(|prefix| path.starts_with(prefix));
    match find(path) {
        Some(file) => serve(file, request.headers()),
        None if reserved || path == "/api" => {
            let detail = format!("nothing is at {path}");
            let status = StatusCode::NOT_FOUND;
            Refusal::new(status, "unknown_path", "Unknown path", detail).into_response()
        }
        // The panel's own routes are its own business: /services/app.example.com is a page.
        None => match find("/") {
            Some(page) => serve(page, request.headers()),
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}

fn serve(file: File, request: &HeaderMap) -> Response {
    let (body, etag, encoding) = match file.br.filter(|_| accepts_brotli(request)) {
        Some((br, etag)) => (br, etag, Some("br")),
        None => (file.raw, file.etag, None),
    };
    let known = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut known = known.flat_map(|value| value.split(',')).map(str::trim);
    let unchanged = known.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag);
    let mut response =
        if unchanged { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
    let cache = if file.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = response.headers_mut();
    let fixed = [(CACHE_CONTROL, cache), (ETAG, etag), (VARY, "accept-encoding")];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.remove(CONTENT_TYPE);
    if !unchanged {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.mime));
        if let Some(encoding) = encoding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
    }
    response
}

/// Whether `br` is among the accepted encodings and not refused with `q=0`.
fn accepts_brotli(request: &HeaderMap) -> bool {
    let values = request.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let refused = |q: &str| q.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
        parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br")) && !parts.any(refused)
    })
}

#[cfg(feature = "panel")]
fn find(path: &str) -> Option<File> {
    let asset = panel_dist::get(path)?;
    Some(File {
        mime: asset.mime,
        immutable: asset.immutable,
        etag: asset.etag,
        raw: asset.raw,
        br: asset.br.map(|br| (br, asset.etag_br)),
    })
}

#[cfg(not(feature = "panel"))]
fn find(path: &str) -> Option<File> {
    const PAGE: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\
        <title>Schwenk</title><link rel=\"icon\" href=\"data:,\">\
        <h1>Schwenk</h1><p>This build has no panel: it was made without the feature \
        <code>panel</code>. The API is at \
        <a href=\"/api/v1/openapi.json\">/api/v1</a>.</p></html>\n";
    const ICON: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\">\
        <circle cx=\"4\" cy=\"4\" r=\"3\"/></svg>\n";
    let (mime, etag, text) = match path {
        "/" => {
            ("text/html; charset=utf-8", concat!("\"page-", env!("CARGO_PKG_VERSION"), "\""), PAGE)
        }
        "/favicon.ico" => {
            ("image/svg+xml", concat!("\"icon-", env!("CARGO_PKG_VERSION"), "\""), ICON)
        }
        _ => return None,
    };
    Some(File { mime, immutable: false, etag, raw: text.as_bytes(), br: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_is_sent_only_to_those_who_accept_it() {
        let accepts = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(value));
            accepts_brotli(&headers)
        };
        assert!(accepts("gzip, deflate, br, zstd"));
        assert!(accepts("br;q=0.5"));
        assert!(!accepts("gzip"));
        assert!(!accepts("br;q=0, gzip"));
        assert!(!accepts(""));
    }
}
