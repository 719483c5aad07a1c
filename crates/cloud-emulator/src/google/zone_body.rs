//! Reading a managed zone out of a request: what is required, what is allowed, what is kept.

use serde_json::{Map, Value, json};

use super::error::{ApiError, Problem};
use super::rdata;

/// A zone somebody wants to have.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) name: String,
    pub(crate) dns_name: String,
    pub(crate) private: bool,
    pub(crate) settings: Map<String, Value>,
}

const ZONE: &str = "entity.managedZone";

/// Members an owner may set and change later.
const SETTINGS: [&str; 9] = [
    "description",
    "labels",
    "dnssecConfig",
    "cloudLoggingConfig",
    "privateVisibilityConfig",
    "forwardingConfig",
    "peeringConfig",
    "reverseLookupConfig",
    "serviceDirectoryConfig",
];

/// Reads the body of a create (or, with the zone as it is, of an update).
pub(crate) fn read(body: &Value) -> Result<Wanted, ApiError> {
    let mut problems = Vec::new();
    let mut text = |member: &str, empty_is_fine: bool| match &body[member] {
        Value::String(text) if empty_is_fine || !text.is_empty() => text.clone(),
        Value::Null | Value::String(_) => {
            problems.push(Problem::required(&format!("{ZONE}.{member}")));
            String::new()
        }
        other => {
            problems.push(Problem::invalid(&format!("{ZONE}.{member}"), &other.to_string()));
            String::new()
        }
    };
    let (name, dns_name) = (text("name", false), text("dnsName", false).to_ascii_lowercase());
    text("description", true);
    if let Some(error) = ApiError::from_all(problems) {
        return Err(error);
    }
    let mut problems = Vec::new();
    if !zone_name_fits(&name) {
        problems.push(Problem::invalid(&format!("{ZONE}.name"), &name));
    }
    if dns_name != "." && !rdata::name_fits(&dns_name) {
        problems.push(Problem::invalid(&format!("{ZONE}.dnsName"), &dns_name));
    }
    let visibility = body["visibility"].as_str().unwrap_or("public").to_ascii_lowercase();
    if !["public", "private"].contains(&visibility.as_str()) {
        problems.push(Problem::invalid(&format!("{ZONE}.visibility"), &visibility));
    }
    let private = visibility == "private";
    let mut settings = Map::new();
    for member in SETTINGS.iter().chain(&["nameServerSet"]) {
        if !body[*member].is_null() {
            set(&mut settings, member, &body[*member], &mut problems);
        }
    }
    match ApiError::from_all(problems) {
        Some(error) => Err(error),
        None => Ok(Wanted { name, dns_name, private, settings: with_defaults(settings, private) }),
    }
}

/// Applies the body of a patch to `settings`; `null` takes a member away.
pub(crate) fn patch(
    settings: &Map<String, Value>,
    body: &Value,
) -> Result<Map<String, Value>, ApiError> {
    let mut new = settings.clone();
    let mut problems = Vec::new();
    for member in SETTINGS {
        match body.get(member) {
            None => {}
            Some(Value::Null) => {
                new.remove(member);
            }
            Some(value) => {
                let merged = match (new.get(member), value) {
                    (Some(Value::Object(old)), Value::Object(fresh)) => merge(old, fresh),
                    _ => value.clone(),
                };
                set(&mut new, member, &merged, &mut problems);
            }
        }
    }
    ApiError::from_all(problems).map_or(Ok(new), Err)
}

/// What Google adds to a new or updated zone.
pub(crate) fn with_defaults(mut settings: Map<String, Value>, private: bool) -> Map<String, Value> {
    settings.entry("description").or_insert_with(|| json!(""));
    settings
        .entry("cloudLoggingConfig")
        .or_insert_with(|| json!({ "kind": "dns#managedZoneCloudLoggingConfig" }));
    if !private {
        let dnssec = settings.entry("dnssecConfig").or_insert_with(|| json!({}));
        if let Some(dnssec) = dnssec.as_object_mut() {
            dnssec.insert("kind".into(), json!("dns#managedZoneDnsSecConfig"));
            dnssec.entry("state").or_insert_with(|| json!("off"));
            dnssec.entry("nonExistence").or_insert_with(|| json!("nsec3"));
        }
    }
    settings
}

/// 1 to 63 of `[a-z]([-a-z0-9]*[a-z0-9])?`.
fn zone_name_fits(name: &str) -> bool {
    let inner = |c: char| c == '-' || c.is_ascii_lowercase() || c.is_ascii_digit();
    (1..=63).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
        && name.chars().all(inner)
}

fn merge(old: &Map<String, Value>, fresh: &Map<String, Value>) -> Value {
    let mut merged = old.clone();
    for (name, value) in fresh {
        if value.is_null() {
            merged.remove(name);
        } else {
            merged.insert(name.clone(), value.clone());
        }
    }
    Value::Object(merged)
}

fn set(into: &mut Map<String, Value>, member: &str, value: &Value, problems: &mut Vec<Problem>) {
    let path = format!("{ZONE}.{member}");
    let fits = match member {
        "description" => value.as_str().is_some_and(|text| text.chars().count() <= 1024),
        "nameServerSet" => value.is_string(),
        "labels" => labels_fit(value),
        "dnssecConfig" => dnssec_fits(value),
        _ => value.is_object(),
    };
    if fits {
        into.insert(member.to_owned(), labelled(member, value));
    } else {
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        problems.push(Problem::invalid(&path, &shown));
    }
}

fn labels_fit(value: &Value) -> bool {
    let part = |text: &str| {
        let inner = |c: char| c == '-' || c == '_' || c.is_lowercase() || c.is_ascii_digit();
        text.chars().count() <= 63 && text.chars().all(inner)
    };
    value.as_object().is_some_and(|labels| {
        let one = |(key, value): (&String, &Value)| {
            key.starts_with(char::is_lowercase) && part(key) && value.as_str().is_some_and(part)
        };
        labels.len() <= 64 && labels.iter().all(one)
    })
}

fn dnssec_fits(value: &Value) -> bool {
    let word = |member: &str, allowed: &[&str]| match &value[member] {
        Value::Null => true,
        Value::String(text) => allowed.contains(&text.as_str()),
        _ => false,
    };
    value.is_object()
        && word("state", &["off", "on", "transfer"])
        && word("nonExistence", &["nsec", "nsec3"])
}

/// Adds the `kind`s Google adds, and writes network links the way Google does.
fn labelled(member: &str, value: &Value) -> Value {
    let kind = match member {
        "dnssecConfig" => "managedZoneDnsSecConfig",
        "cloudLoggingConfig" => "managedZoneCloudLoggingConfig",
        "privateVisibilityConfig" => "managedZonePrivateVisibilityConfig",
        "forwardingConfig" => "managedZoneForwardingConfig",
        "peeringConfig" => "managedZonePeeringConfig",
        "reverseLookupConfig" => "managedZoneReverseLookupConfig",
        "serviceDirectoryConfig" => "managedZoneServiceDirectoryConfig",
        "defaultKeySpecs" => "dnsKeySpec",
        "networks" => "managedZonePrivateVisibilityConfigNetwork",
        "gkeClusters" => "managedZonePrivateVisibilityConfigGKECluster",
        "targetNameServers" => "managedZoneForwardingConfigNameServerTarget",
        "targetNetwork" => "managedZonePeeringConfigTargetNetwork",
        "namespace" => "managedZoneServiceDirectoryConfigNamespace",
        _ => return value.clone(),
    };
    match value {
        Value::Array(items) => items.iter().map(|item| labelled(member, item)).collect(),
        Value::Object(members) => {
            let below = members.iter().map(|(name, inner)| match inner.as_str() {
                Some(url) if name == "networkUrl" => (name.clone(), json!(network_link(url))),
                _ => (name.clone(), labelled(name, inner)),
            });
            let mut object: Map<_, _> = below.collect();
            object.insert("kind".to_owned(), json!(format!("dns#{kind}")));
            Value::Object(object)
        }
        other => other.clone(),
    }
}

fn network_link(url: &str) -> String {
    match url.find("projects/") {
        Some(at) => format!("https://www.googleapis.com/compute/v1/{}", &url[at..]),
        None => url.to_owned(),
    }
}
