//! The list itself.
use crate::property::{Kind, Property};
use std::collections::BTreeSet;

#[test]
fn there_are_thirty_promises_and_the_third_has_two_halves() {
    let ids: Vec<&str> = Property::ALL.iter().map(|property| property.id()).collect();
    let mut expected: Vec<String> = (1..=30).map(|number| format!("S{number}")).collect();
    expected.splice(2..3, ["S3a".to_owned(), "S3b".to_owned()]);
    assert_eq!(ids, expected);
}

#[test]
fn every_promise_has_its_own_name_and_says_what_it_is() {
    let mut names = BTreeSet::new();
    for property in Property::ALL {
        assert!(names.insert(property.name()), "{}", property.name());
        assert_eq!(Property::of_id(property.id()), Some(*property));
        assert!(property.sentence().ends_with('.') && property.sentence().len() > 40);
        assert!(!property.source().is_empty());
    }
    assert_eq!(Property::of_id("S31"), None);
    assert!(Property::ALL.iter().any(|property| property.kind() == Kind::Configuration));
}

#[test]
fn the_page_of_promises_tells_them_all() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/concepts/promises.md");
    let page = std::fs::read_to_string(page).expect("docs/concepts/promises.md");
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    for property in Property::ALL {
        let told = format!("**{}, {}.** {}", property.id(), property.name(), property.sentence());
        assert!(page.contains(&told), "the page should say: {told}");
    }
}
