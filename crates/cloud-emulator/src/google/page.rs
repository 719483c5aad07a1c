//! Paging: `maxResults`, `pageToken` and `nextPageToken` over any sorted list.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::error::{ApiError, Problem};
use super::request::Query;

/// How many items a page has if the caller does not say.
const DEFAULT: usize = 100;
/// No page is longer, whatever the caller says.
const LONGEST: usize = 1000;

/// Builds a list answer from `(key, item)` pairs in list order.
///
/// The token names the last key of the page, so that items which come or go between two pages
/// neither repeat nor hide others.
pub(crate) fn page(
    query: &Query,
    kind: Option<&str>,
    member: &str,
    items: Vec<(String, Value)>,
) -> Result<Value, ApiError> {
    let size = size(query)?;
    let start = match query.given("pageToken") {
        None => 0,
        Some(token) => {
            let invalid = || ApiError::from(Problem::invalid("parameters.pageToken", token));
            let (index, key) = decode(token).ok_or_else(invalid)?;
            let at = items.iter().position(|(item, _)| *item == key);
            at.map_or(index.min(items.len()), |at| at + 1)
        }
    };
    let end = (start + size).min(items.len());
    let next = (end < items.len() && end > start).then(|| encode(end, &items[end - 1].0));
    let mut answer = Map::new();
    if let Some(kind) = kind {
        answer.insert("kind".to_owned(), json!(kind));
    }
    let chosen = items.into_iter().skip(start).take(end - start).map(|(_, item)| item);
    answer.insert(member.to_owned(), chosen.collect());
    if let Some(token) = next {
        answer.insert("nextPageToken".to_owned(), json!(token));
    }
    Ok(Value::Object(answer))
}

fn size(query: &Query) -> Result<usize, ApiError> {
    let Some(text) = query.given("maxResults") else { return Ok(DEFAULT) };
    match text.parse::<i32>() {
        Ok(size) if size > 0 => Ok(usize::try_from(size).unwrap_or(LONGEST).min(LONGEST)),
        _ => Err(Problem::invalid("parameters.maxResults", text).into()),
    }
}

fn encode(index: usize, key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{index}\n{key}"))
}

fn decode(token: &str) -> Option<(usize, String)> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (index, key) = text.split_once('\n')?;
    Some((index.parse().ok()?, key.to_owned()))
}
