//! What somebody wants changed, checked field by field before any provider is asked.
use std::collections::BTreeSet;

use dns_provider::{Key, Name, RecordType, RrSet};
use web_api::{RecordChange, RecordsChecked, RecordsWanted};

/// The most RRsets changed at once.
const CHANGES_MAX: usize = 50;
/// The most values of one RRset; more than any provider takes.
const VALUES_MAX: usize = 200;

/// One RRset as it shall be.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Which.
    pub key: Key,
    /// Where.
    pub providers: Vec<String>,
    /// `None`: gone.
    pub desired: Option<RrSet>,
}

/// What is wanted, or the first field that is wrong and why.
pub fn parse(wanted: &RecordsWanted, known: &[&str]) -> Result<(Name, Vec<Wish>), String> {
    let zone = Name::parse(&wanted.zone).map_err(|error| format!("zone: {error}"))?;
    let count = wanted.changes.len();
    if !(1..=CHANGES_MAX).contains(&count) {
        return Err(format!("changes: from 1 to {CHANGES_MAX} are possible, these are {count}"));
    }
    let mut seen: BTreeSet<(Key, &str)> = BTreeSet::new();
    let mut wishes = Vec::new();
    for (place, change) in wanted.changes.iter().enumerate() {
        let at = |field: &str, why: String| format!("changes[{place}].{field}: {why}");
        let wish = wish(change, &zone, known).map_err(|(field, why)| at(&field, why))?;
        for provider in &change.providers {
            if !seen.insert((wish.key.clone(), provider)) {
                let why = format!("{} at {provider} is wanted twice", wish.key);
                return Err(at("providers", why));
            }
        }
        wishes.push(wish);
    }
    Ok((zone, wishes))
}

fn wish(change: &RecordChange, zone: &Name, known: &[&str]) -> Result<Wish, (String, String)> {
    let wrong = |field: &str, why: String| Err((field.to_owned(), why));
    let key = match key(change, zone) {
        Ok(key) => key,
        Err((field, why)) => return wrong(field, why),
    };
    if change.providers.is_empty() {
        return wrong("providers", format!("name at least one of {}", known.join(", ")));
    }
    for provider in &change.providers {
        if !known.contains(&provider.as_str()) {
            let why = format!(
                "there is no \"{}\"; there are: {}",
                provider.escape_debug(),
                known.join(", ")
            );
            return wrong("providers", why);
        }
    }
    let providers = change.providers.clone();
    if change.remove {
        let apex = key.name == *zone && matches!(key.rtype, RecordType::Ns | RecordType::Soa);
        if apex {
            return wrong("remove", format!("{key} keeps the zone alive and is never removed"));
        }
        if change.ttl.is_some() || !change.values.is_empty() {
            return wrong("remove", "what is removed has neither ttl nor values".to_owned());
        }
        return Ok(Wish { key, providers, desired: None });
    }
    let checked = check(change, Some(zone));
    if let Some(why) = checked.ttl {
        return wrong("ttl", why);
    }
    for (place, why) in checked.values.into_iter().enumerate() {
        if let Some(why) = why {
            return wrong(&format!("values[{place}]"), why);
        }
    }
    if let Some(why) = checked.whole {
        return wrong("values", why);
    }
    let ttl = change.ttl.unwrap_or_default();
    let set = RrSet::parse(key.name.as_str(), key.rtype.as_str(), ttl, &change.values);
    match set {
        Ok(set) => Ok(Wish { key, providers, desired: Some(set) }),
        Err(error) => wrong("values", error.why),
    }
}

/// What is wrong with one change as it is typed, field by field; asks nobody.
pub fn check(change: &RecordChange, zone: Option<&Name>) -> RecordsChecked {
    let mut found = RecordsChecked {
        name: None,
        rtype: None,
        ttl: None,
        values: vec![None; change.values.len().min(VALUES_MAX)],
        whole: None,
    };
    if let Some(zone) = zone
        && let Err((field, why)) = key(change, zone)
    {
        match field {
            "name" => found.name = Some(why),
            _ => found.rtype = Some(why),
        }
    }
    found.ttl = match change.ttl {
        _ if change.remove => None,
        None => Some("say for how many seconds it may be kept, such as 300".to_owned()),
        Some(ttl) if ttl > i32::MAX as u32 => Some(format!("at most {} seconds", i32::MAX)),
        Some(_) => None,
    };
    if found.rtype.is_some() || change.remove {
        return found;
    }
    // What is wrong with the name is said above and is not to be said of each value.
    let rtype = change.rtype.trim();
    let wrong = |values: &[&str]| RrSet::parse("name.example", rtype, 60, values).err();
    for (place, value) in change.values.iter().take(VALUES_MAX).enumerate() {
        found.values[place] = wrong(&[value]).map(|error| error.why);
    }
    let all: Vec<&str> = change.values.iter().map(String::as_str).collect();
    found.whole = match all.len() {
        0 => Some("an RRset has at least one value; to have none, remove it".to_owned()),
        n if n > VALUES_MAX => Some(format!("{n} values are more than {VALUES_MAX}")),
        _ if found.values.iter().any(Option::is_some) => None,
        _ => wrong(&all).map(|error| error.why),
    };
    found
}

/// Name and type, or the field that is wrong and why.
fn key(change: &RecordChange, zone: &Name) -> Result<Key, (&'static str, String)> {
    let text = change.name.trim();
    let name = match text {
        "@" => Ok(zone.clone()),
        _ => Name::parse(text),
    };
    let name = name.map_err(|error| ("name", error.to_string()))?;
    if !name.is_in(zone) {
        return Err(("name", format!("{name} does not lie in {zone}; write it in full")));
    }
    let rtype = change.rtype.trim();
    let letters = rtype.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let begins = rtype.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    if !letters || !begins || rtype.len() > 16 {
        return Err(("type", "write a record type such as A, AAAA, CNAME, MX or TXT".to_owned()));
    }
    Ok(Key::new(name, RecordType::from(rtype.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(name: &str, rtype: &str, values: &[&str]) -> RecordChange {
        RecordChange {
            name: name.to_owned(),
            rtype: rtype.to_owned(),
            providers: vec!["google".to_owned()],
            ttl: Some(60),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            remove: false,
        }
    }

    fn wrong(changes: Vec<RecordChange>) -> String {
        let wanted =
            RecordsWanted { zone: "example.com".to_owned(), changes, apex_ns: false, digest: None };
        parse(&wanted, &["google", "hetzner"]).map(|_| ()).expect_err("it is wrong")
    }

    #[test]
    fn what_is_wrong_is_named_with_its_field() {
        let www = || change("www.example.com", "A", &["192.0.2.1"]);
        for (changes, start) in [
            (vec![], "changes: from 1 to 50"),
            (vec![change("www.other.com", "A", &["192.0.2.1"])], "changes[0].name: www.other.com"),
            (vec![change("a b", "A", &["192.0.2.1"])], "changes[0].name: "),
            (vec![change("@", "A; DROP", &["192.0.2.1"])], "changes[0].type: "),
            (vec![change("@", "A", &["192.0.2.1", "x"])], "changes[0].values[1]: \"x\" is not an"),
            (vec![change("@", "A", &[])], "changes[0].values: an RRset has at least one"),
            (vec![change("@", "A", &["192.0.2.1", "192.0.2.1"])], "changes[0].values: "),
            (vec![RecordChange { ttl: None, ..www() }], "changes[0].ttl: "),
            (vec![RecordChange { ttl: Some(u32::MAX), ..www() }], "changes[0].ttl: at most"),
            (vec![RecordChange { providers: vec![], ..www() }], "changes[0].providers: name"),
            (
                vec![RecordChange { providers: vec!["aws".to_owned()], ..www() }],
                "changes[0].providers: there is no \"aws\"",
            ),
            (vec![www(), www()], "changes[1].providers: www.example.com A at google is wanted"),
            (
                vec![RecordChange { remove: true, ..change("@", "NS", &[]) }],
                "changes[0].remove: example.com NS keeps the zone alive",
            ),
            (vec![RecordChange { remove: true, ..www() }], "changes[0].remove: what is removed"),
        ] {
            let said = wrong(changes);
            assert!(said.starts_with(start), "{said}\n{start}");
        }
    }

    #[test]
    fn what_is_typed_is_completed() {
        let wanted = RecordsWanted {
            zone: "Example.com.".to_owned(),
            changes: vec![change("@", "txt", &["v=spf1 -all"])],
            apex_ns: false,
            digest: None,
        };
        let (zone, wishes) = parse(&wanted, &["google"]).expect("it is right");
        assert_eq!(zone.as_str(), "example.com");
        let lines = wishes[0].desired.as_ref().expect("a set").lines();
        assert_eq!(lines, [r#"example.com. 60 IN TXT "v=spf1 -all""#]);
    }
}
