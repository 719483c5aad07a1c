//! How ownership and tags are written onto what a vendor keeps.
use std::collections::BTreeMap;

use cloud_http::{Failure, Kind};

use crate::name::{Name, Owner};

/// The label that names the owner.
pub const OWNER_LABEL: &str = "schwenk-owner";

/// Labels beginning so are ours.
const RESERVED: &str = "schwenk-";

/// What comes before a tag in its label.
const TAG: &str = "schwenk-tag-";

/// Google keeps no more labels on one thing.
const LABELS_MAX: usize = 64;

/// Labels as a vendor keeps them.
pub(crate) type Labels = BTreeMap<String, String>;

/// The labels of something of `owner`.
pub(crate) fn mark(owner: &Owner, tags: &[Name], own: &Labels) -> Labels {
    let mut labels = own.clone();
    labels.insert(OWNER_LABEL.to_owned(), owner.to_string());
    labels.extend(tags.iter().map(|tag| (format!("{TAG}{tag}"), String::new())));
    labels
}

/// Labels taken apart: the owner, the tags, and the others.
pub(crate) fn unmark(labels: Labels) -> (Option<String>, Vec<String>, Labels) {
    let (mut owner, mut tags, mut own) = (None, Vec::new(), Labels::new());
    for (key, value) in labels {
        if key == OWNER_LABEL {
            owner = Some(value);
        } else if let Some(tag) = key.strip_prefix(TAG) {
            tags.push(tag.to_owned());
        } else {
            own.insert(key, value);
        }
    }
    (owner, tags, own)
}

/// The labels after a change of the owner's own ones: owner and tags stay.
pub(crate) fn relabelled(before: &Labels, own: &Labels) -> Labels {
    let ours = before.iter().filter(|(key, _)| key.starts_with(RESERVED));
    ours.chain(own).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The label that aims an opening at `tag`.
pub(crate) fn tag_label(tag: &Name) -> String {
    format!("{TAG}{tag}")
}

/// The owner in a description, for what has no labels at Google.
pub(crate) fn description(owner: &Owner) -> String {
    format!("{OWNER_LABEL}={owner}")
}

/// The owner that a description names.
pub(crate) fn described(description: Option<&str>) -> Option<String> {
    let rest = description?.strip_prefix(OWNER_LABEL)?.strip_prefix('=')?;
    Some(rest.split_whitespace().next()?.to_owned())
}

/// Whether both vendors take these labels.
pub(crate) fn check(labels: &Labels, tags: &[Name]) -> Result<(), Failure> {
    let wrong = |why: String| Err(Failure::new(Kind::Invalid, why));
    if labels.len() + tags.len() + 1 > LABELS_MAX {
        return wrong(format!("more than {LABELS_MAX} labels, owner and tags among them"));
    }
    for (key, value) in labels {
        if key.starts_with(RESERVED) {
            return wrong(format!("the label \"{key}\": the prefix {RESERVED} is reserved"));
        }
        let starts = key.starts_with(|c: char| c.is_ascii_lowercase());
        if !starts || !is_word(key) {
            return wrong(format!(
                "the label \"{key}\" must be up to 63 of a to z, 0 to 9, _ and -, begin with a \
                 letter and end with a letter or digit"
            ));
        }
        if !value.is_empty() && !is_word(value) {
            return wrong(format!(
                "the label {key} has the value \"{value}\"; it must be up to 63 of a to z, 0 to 9, \
                 _ and -, with a letter or digit at both ends"
            ));
        }
    }
    match tags.iter().find(|tag| TAG.len() + tag.as_str().len() > 63) {
        Some(tag) => wrong(format!("the tag \"{tag}\" is longer than {}", 63 - TAG.len())),
        None => Ok(()),
    }
}

fn is_word(text: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    text.len() <= 63
        && edge(text.chars().next())
        && edge(text.chars().next_back())
        && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_is_marked_can_be_told_apart_again() {
        let (owner, tag) = (Owner::parse("acme").unwrap(), Name::parse("web").unwrap());
        let own = labels(&[("role", "app")]);
        let marked = mark(&owner, std::slice::from_ref(&tag), &own);
        assert_eq!(marked.len(), 3);
        let other = labels(&[("role", "db"), ("x", "")]);
        let changed = relabelled(&marked, &other);
        assert_eq!(unmark(marked), (Some("acme".into()), vec!["web".into()], own));
        assert_eq!(unmark(changed), (Some("acme".into()), vec!["web".into()], other));
        assert_eq!(described(Some(&description(&owner))), Some("acme".to_owned()));
        assert_eq!(described(Some("made by hand")), None);
    }

    #[test]
    fn labels_that_one_vendor_refuses_are_refused_for_both() {
        let long = "x".repeat(64);
        for (key, value, why) in [
            ("schwenk-owner", "me", "reserved"),
            ("Role", "app", "begin with a letter"),
            ("1", "app", "begin with a letter"),
            ("role-", "app", "end with a letter or digit"),
            (long.as_str(), "", "up to 63"),
            ("role", "-app", "at both ends"),
            ("role", "App", "at both ends"),
            ("role", &long, "up to 63"),
        ] {
            let failure = check(&labels(&[(key, value)]), &[]).unwrap_err();
            assert!(failure.message.contains(why), "{failure}");
        }
        assert_eq!(check(&labels(&[("role", "")]), &[]), Ok(()));
        let tag = Name::parse(&"x".repeat(52)).unwrap();
        assert!(check(&Labels::new(), &[tag]).is_err());
    }
}
