//! Names of places, and lists of them.
use crate::id::{CheckId, ProviderId, SiteId, SiteSet, VantageId};
use crate::policy::PolicySpec;

impl SiteSet {
    /// The sites by name, such as "london and falkenstein".
    pub fn text(self, spec: &PolicySpec) -> String {
        if self.is_empty() {
            return "no site".to_owned();
        }
        list(self.iter().map(|place| site(spec, place)))
    }
}

pub(super) fn site(spec: &PolicySpec, place: SiteId) -> String {
    named(spec.sites.get(place.index()).map(|site| &site.name), "site", place.index())
}

pub(super) fn vantage(spec: &PolicySpec, place: VantageId) -> String {
    named(spec.vantages.get(place.index()), "vantage", place.index())
}

pub(super) fn check(spec: &PolicySpec, place: CheckId) -> String {
    named(spec.checks.get(place.index()).map(|check| &check.name), "check", place.index())
}

pub(super) fn provider(spec: &PolicySpec, place: ProviderId) -> String {
    let provider = spec.providers.get(place.index());
    named(provider.map(|provider| &provider.name), "provider", place.index())
}

fn named(name: Option<&String>, what: &str, place: usize) -> String {
    name.cloned().unwrap_or_else(|| format!("{what} {place}"))
}

/// "a", "a and b", "a, b and c".
pub(super) fn list(words: impl IntoIterator<Item = String>) -> String {
    let mut words: Vec<String> = words.into_iter().collect();
    let last = words.pop().unwrap_or_default();
    if words.is_empty() { last } else { format!("{} and {last}", words.join(", ")) }
}

/// "1 vantage", "2 vantages".
pub(super) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// The first letter in upper case and a full stop at the end.
pub(super) fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    let end = if clause.ends_with('.') { "" } else { "." };
    first.into_iter().chain(letters.as_str().chars()).chain(end.chars()).collect()
}

/// What somebody else said, fit for the end of a sentence: one line, no control characters, not
/// endless, no full stop.
pub(super) fn quoted(message: &str) -> String {
    const LONGEST: usize = 300;
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let message: String = message.chars().filter(|c| !c.is_control()).collect();
    if message.is_empty() {
        return "no reason given".to_owned();
    }
    match message.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &message[..end]),
        None => message.trim_end_matches('.').to_owned(),
    }
}
