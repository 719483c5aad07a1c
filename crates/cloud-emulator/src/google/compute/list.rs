//! Lists: of a scope, and of all scopes at once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::super::error::ApiError;
use super::super::request::Query;
use super::filter::Filter;
use super::refuse::invalid;

/// Pages are this long at most, and if nobody says otherwise.
const LONGEST: usize = 500;

/// What a list says of itself.
pub(super) struct Titles {
    pub kind: String,
    pub id: String,
}

/// A list of `(name, item)`, filtered, ordered and cut to a page.
pub(super) fn plain(
    query: &Query,
    titles: Titles,
    items: Vec<(String, Value)>,
) -> Result<Value, ApiError> {
    let (items, next) = chosen(query, items)?;
    let mut answer = Map::new();
    let link = format!("https://www.googleapis.com/compute/v1/{}", titles.id);
    answer.insert("kind".to_owned(), json!(titles.kind));
    answer.insert("id".to_owned(), json!(titles.id));
    answer.insert("selfLink".to_owned(), json!(link));
    if !items.is_empty() {
        answer.insert("items".to_owned(), items.into_iter().map(|(_, item)| item).collect());
    }
    if let Some(token) = next {
        answer.insert("nextPageToken".to_owned(), json!(token));
    }
    Ok(Value::Object(answer))
}

/// The items of all scopes, as `(scope/name, item)`: each scope gets its list or a warning.
pub(super) fn aggregated(
    query: &Query,
    titles: Titles,
    (scopes, member): (&[String], &str),
    items: Vec<(String, Value)>,
) -> Result<Value, ApiError> {
    let (items, next) = chosen(query, items)?;
    let scoped = |scope: &String| {
        let inside = |key: &str| key.rsplit_once('/').is_some_and(|(head, _)| head == scope);
        let own: Vec<&Value> =
            items.iter().filter(|(key, _)| inside(key)).map(|(_, item)| item).collect();
        let value = if own.is_empty() { nothing(scope) } else { json!({ member: own }) };
        (scope.clone(), value)
    };
    let mut answer = json!({
        "kind": titles.kind,
        "id": titles.id,
        "items": scopes.iter().map(scoped).collect::<Map<_, _>>(),
        "selfLink": format!("https://www.googleapis.com/compute/v1/{}", titles.id),
    });
    if let Some(token) = next {
        answer["nextPageToken"] = json!(token);
    }
    Ok(answer)
}

fn nothing(scope: &str) -> Value {
    json!({"warning": {
        "code": "NO_RESULTS_ON_PAGE",
        "message": format!("There are no results for scope '{scope}' on this page."),
        "data": [{"key": "scope", "value": scope}],
    }})
}

type Page = (Vec<(String, Value)>, Option<String>);

fn chosen(query: &Query, mut items: Vec<(String, Value)>) -> Result<Page, ApiError> {
    if let Some(text) = query.given("filter") {
        let filter = Filter::parse(text)
            .ok_or_else(|| invalid("filter", text, "Invalid list filter expression."))?;
        items.retain(|(_, item)| filter.matches(item));
    }
    items.sort_by(|one, other| one.0.cmp(&other.0));
    match query.given("orderBy") {
        None | Some("name") => {}
        Some("creationTimestamp desc") => {
            let when = |item: &Value| item["creationTimestamp"].as_str().map(str::to_owned);
            items.sort_by_key(|(_, item)| std::cmp::Reverse(when(item)));
        }
        Some(other) => return Err(invalid("orderBy", other, "Unsupported order.")),
    }
    let size = match query.given("maxResults") {
        None => LONGEST,
        Some(text) => match text.parse::<usize>() {
            Ok(0) => LONGEST,
            Ok(size) if size <= LONGEST => size,
            _ => return Err(invalid("maxResults", text, "Must be between 0 and 500.")),
        },
    };
    let start = match query.given("pageToken") {
        None => 0,
        Some(token) => {
            let last = decoded(token).ok_or_else(|| invalid("pageToken", token, ""))?;
            items.iter().position(|(key, _)| *key == last).map_or(items.len(), |place| place + 1)
        }
    };
    let rest: Vec<(String, Value)> = items.into_iter().skip(start).collect();
    let more = rest.len() > size;
    let page: Vec<(String, Value)> = rest.into_iter().take(size).collect();
    let next = page.last().filter(|_| more).map(|(key, _)| URL_SAFE_NO_PAD.encode(key));
    Ok((page, next))
}

fn decoded(token: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()
}
