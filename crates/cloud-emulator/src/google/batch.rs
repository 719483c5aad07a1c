//! Batches: several calls in one `multipart/mixed` request, answered part by part.

use bytes::Bytes;

/// One call of a batch.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) content_id: Option<String>,
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) authorization: Option<String>,
    pub(crate) body: Bytes,
}

/// The most calls Google takes at once.
pub(crate) const MOST: usize = 1000;

/// Splits a batch; `None` if it is not one.
pub(crate) fn parts(content_type: &str, body: &[u8]) -> Option<Vec<Part>> {
    let boundary = boundary(content_type)?;
    let text = std::str::from_utf8(body).ok()?;
    let marker = format!("--{boundary}");
    let mut pieces = text.split(marker.as_str());
    pieces.next()?;
    let mut found = Vec::new();
    for piece in pieces {
        if piece.starts_with("--") {
            return Some(found);
        }
        found.push(part(piece)?);
    }
    None
}

/// The answer for one part, ready to stand between two boundaries.
pub(crate) fn written(part: &Part, status: u16, reason: &str, json: &str) -> String {
    let id = part.content_id.as_deref().map(|id| match id.strip_prefix('<') {
        Some(rest) => format!("Content-ID: <response-{rest}\r\n"),
        None => format!("Content-ID: response-{id}\r\n"),
    });
    format!(
        "Content-Type: application/http\r\n{}\r\nHTTP/1.1 {status} {reason}\r\nContent-Type: \
         application/json; charset=UTF-8\r\nContent-Length: {}\r\n\r\n{json}\r\n",
        id.unwrap_or_default(),
        json.len()
    )
}

fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/mixed") {
        return None;
    }
    let value = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then_some(value.trim())
    })?;
    Some(value.trim_matches('"').to_owned()).filter(|value| !value.is_empty())
}

fn part(piece: &str) -> Option<Part> {
    let (outer, inner) = split_head(piece.trim_start_matches(['\r', '\n']))?;
    let (head, body) = split_head(inner.trim_start_matches(['\r', '\n'])).unwrap_or((inner, ""));
    let mut words = head.lines().next()?.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?);
    let target = target.find("/dns/").map_or(target, |at| &target[at..]).to_owned();
    Some(Part {
        content_id: header(outer, "content-id"),
        method,
        target,
        authorization: header(head, "authorization"),
        body: Bytes::copy_from_slice(body.trim().as_bytes()),
    })
}

fn split_head(text: &str) -> Option<(&str, &str)> {
    text.split_once("\r\n\r\n").or_else(|| text.split_once("\n\n"))
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}
