//! Lists: query parameters, sorting, pages, `meta.pagination` and the `Link` header.

use std::cmp::Ordering;

use axum::Json;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::{HeaderValue, header, request::Parts};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::labels::Selector;
use super::problem::Problem;

const DEFAULT_PER_PAGE: u64 = 25;

/// A request's query parameters, in order, and the address it was sent to.
#[derive(Clone, Debug)]
pub(super) struct Params {
    pairs: Vec<(String, String)>,
    address: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        let host =
            parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let pairs = uri.query().map(read_query).unwrap_or_default();
        Ok(Self { pairs, address: format!("http://{host}{}", uri.path()) })
    }
}

impl Params {
    pub(super) fn all<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        self.pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a repeatable filter lets a value through; one that is not given does.
    pub(super) fn allows(&self, name: &str, value: &str) -> bool {
        let mut wanted = self.all(name).peekable();
        wanted.peek().is_none() || wanted.any(|one| one == value)
    }

    pub(super) fn selector(&self) -> Result<Selector, Problem> {
        Selector::parse(self.first("label_selector").unwrap_or_default())
            .map_err(|wrong| Problem::field("label_selector", wrong))
    }

    /// Repeated integer ids.
    pub(super) fn ids(&self) -> Result<Vec<u64>, Problem> {
        self.all("id")
            .map(|id| id.parse().map_err(|_| Problem::field("id", "must be an integer")))
            .collect()
    }

    /// Sorts by the `sort` parameters; those that cannot be understood are ignored, as the vendor
    /// does.
    pub(super) fn sort<T>(
        &self,
        items: &mut [T],
        compare: impl Fn(&str, &T, &T) -> Option<Ordering>,
    ) {
        let orders: Vec<(&str, bool)> = self
            .all("sort")
            .filter_map(|sort| match sort.split_once(':') {
                None | Some((_, "asc")) => Some((sort.split(':').next()?, false)),
                Some((field, "desc")) => Some((field, true)),
                Some(_) => None,
            })
            .collect();
        items.sort_by(|left, right| {
            orders
                .iter()
                .filter_map(|(field, descending)| {
                    let order = compare(field, left, right)?;
                    Some(if *descending { order.reverse() } else { order })
                })
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        });
    }

    /// The asked page of a list, under the given key of the body; `most` is the largest page.
    pub(super) fn page(
        &self,
        key: &str,
        items: Vec<Value>,
        most: u64,
    ) -> Result<Response, Problem> {
        let page = self.number("page")?.unwrap_or(1);
        let per_page = self.number("per_page")?.unwrap_or(DEFAULT_PER_PAGE).min(most);
        let total = items.len() as u64;
        let last = total.div_ceil(per_page).max(1);
        let previous = (page > 1).then(|| page - 1);
        let next = (page < last).then(|| page + 1);
        let shown: Vec<Value> = items
            .into_iter()
            .skip(usize::try_from((page - 1).saturating_mul(per_page)).unwrap_or(usize::MAX))
            .take(usize::try_from(per_page).unwrap_or(usize::MAX))
            .collect();
        let pagination = json!({
            "page": page,
            "per_page": per_page,
            "previous_page": previous,
            "next_page": next,
            "last_page": last,
            "total_entries": total,
        });
        let mut response =
            Json(json!({key: shown, "meta": {"pagination": pagination}})).into_response();
        let links = [("prev", previous), ("next", next), ("last", Some(last))];
        let links: Vec<String> = links
            .iter()
            .filter_map(|(rel, page)| Some(self.link(rel, (*page)?, per_page)))
            .collect();
        if let Ok(value) = HeaderValue::from_str(&links.join(", ")) {
            response.headers_mut().insert(header::LINK, value);
        }
        Ok(response)
    }

    fn link(&self, rel: &str, page: u64, per_page: u64) -> String {
        use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode as encode};
        let mut query = format!("page={page}&per_page={per_page}");
        for (key, value) in &self.pairs {
            if key != "page" && key != "per_page" {
                let value = encode(value, NON_ALPHANUMERIC);
                query.push_str(&format!("&{}={value}", encode(key, NON_ALPHANUMERIC)));
            }
        }
        format!("<{}?{query}>; rel=\"{rel}\"", self.address)
    }

    fn number(&self, name: &str) -> Result<Option<u64>, Problem> {
        match self.first(name) {
            None => Ok(None),
            Some(text) => match text.parse() {
                Ok(number) if number > 0 => Ok(Some(number)),
                _ => Err(Problem::field(name, "must be an integer of at least 1")),
            },
        }
    }
}

fn read_query(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let spaces = text.replace('+', " ");
        percent_encoding::percent_decode_str(&spaces).decode_utf8_lossy().into_owned()
    };
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (decode(key), decode(value)))
        .collect()
}
