//! The server's sentences in the language of the page. The server says them in English; what it says
//! beside them, a code and what stands in the sentence, makes the same in another language.
use super::list;
use super::text::{fill, line};
use serde_json::{Map, Value};
use std::fmt::Display;
use web_api::Said;

/// The sentence; `None`: there is none in this language, and the English one stays.
pub fn said(said: &Said) -> Option<String> {
    filled(line(&said.code)?, &said.with)
}

/// The same for a code, or for an English sentence in which nothing varies.
pub fn spoken(code: &str) -> Option<String> {
    filled(line(code)?, &Map::new())
}

/// A template, filled in; what stands in brackets is left out where something in it is not known.
fn filled(template: &str, with: &Map<String, Value>) -> Option<String> {
    let values: Vec<(&str, String)> =
        with.iter().map(|(name, value)| (name.as_str(), words(value))).collect();
    let values: Vec<(&str, &dyn Display)> =
        values.iter().map(|(name, value)| (*name, value as &dyn Display)).collect();
    let mut rest = template;
    let mut text = String::new();
    while let Some((before, after)) = rest.split_once('[') {
        let (optional, after) = after.split_once(']')?;
        text += before;
        if complete(optional, with) {
            text += optional;
        }
        rest = after;
    }
    text += rest;
    let mut said = String::new();
    complete(&text, with).then(|| {
        fill(&text, &values, &mut said);
        said
    })
}

fn words(value: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match value.as_array() {
        Some(all) => list(&all.iter().map(text).collect::<Vec<_>>()),
        None => text(value),
    }
}

/// Whether everything that the template names is known.
fn complete(template: &str, with: &Map<String, Value>) -> bool {
    template.split('{').skip(1).all(|rest| {
        let end = rest.find(['}', '|']).unwrap_or(rest.len());
        with.contains_key(&rest[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_filled_in_and_lists_read_like_speech() {
        let said = Said::of("x").with_all("servers", ["a", "b", "c"]).with("n", 1);
        let text = filled("{servers} and {n|one|several}", &said.with);
        assert_eq!(text.as_deref(), Some("a, b and c and one"));
    }

    #[test]
    fn what_is_not_known_is_left_out_with_its_brackets_or_with_the_whole() {
        let said = Said::of("x").with("machine", "small");
        let text = |template| filled(template, &said.with);
        assert_eq!(text("runs as {machine}[, now at {after}]").as_deref(), Some("runs as small"));
        assert_eq!(text("[a {machine}] runs").as_deref(), Some("a small runs"));
        assert_eq!(text("runs at {place}"), None);
    }

    #[test]
    fn in_english_the_servers_own_sentence_stays() {
        assert_eq!(spoken("check.standby"), None);
    }
}
