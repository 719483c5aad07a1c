//! Routing policies: kept and compared as they were sent, answered by their first choice.

use serde_json::{Value, json};

use super::error::Problem;
use super::rdata;
use super::rrset::strings;

/// Reads the policy of a set of type `rtype`; absent and empty ones are `None`.
pub(crate) fn read(
    value: &Value,
    path: &str,
    rtype: &str,
    problems: &mut Vec<Problem>,
) -> Option<Value> {
    let policy =
        value.as_object().filter(|policy| policy.len() > usize::from(value["kind"].is_string()));
    if value.is_null() || policy.is_none() && value.is_object() {
        return None;
    }
    let kinds = ["wrr", "geo", "primaryBackup"];
    let chosen: Vec<_> = kinds.into_iter().filter(|kind| value[*kind].is_object()).collect();
    let path = format!("{path}.routingPolicy");
    let [chosen] = chosen[..] else {
        problems.push(Problem::invalid(&path, &value.to_string()));
        return None;
    };
    let items = match chosen {
        "primaryBackup" => &value[chosen]["backupGeoTargets"]["items"],
        _ => &value[chosen]["items"],
    };
    let Some(items) = items.as_array().filter(|items| !items.is_empty()) else {
        problems.push(Problem::required(&format!("{path}.{chosen}.items")));
        return None;
    };
    for (index, item) in items.iter().enumerate() {
        let path = format!("{path}.{chosen}.items[{index}].rrdata");
        for value in strings(&item["rrdatas"], &path, problems) {
            if rdata::checked(rtype, &value).is_none() {
                problems.push(Problem::invalid(&path, &value));
            }
        }
    }
    Some(labelled(value))
}

/// The policy with the `kind`s Google adds.
fn labelled(value: &Value) -> Value {
    fn walk(value: &mut Value, kind: &str) {
        let Some(object) = value.as_object_mut() else { return };
        object.insert("kind".to_owned(), json!(format!("dns#{kind}")));
        for (name, member) in object.iter_mut() {
            let text = member.as_str().and_then(|text| text.parse::<f64>().ok());
            if let Some(number) = text.filter(|_| ["weight", "trickleTraffic"].contains(&&**name)) {
                *member = json!(number);
            }
            let below = match (kind, name.as_str()) {
                (_, "wrr") => "rRSetRoutingPolicyWrrPolicy",
                (_, "geo" | "backupGeoTargets") => "rRSetRoutingPolicyGeoPolicy",
                (_, "primaryBackup") => "rRSetRoutingPolicyPrimaryBackupPolicy",
                ("rRSetRoutingPolicyWrrPolicy", "items") => {
                    "rRSetRoutingPolicyWrrPolicyWrrPolicyItem"
                }
                ("rRSetRoutingPolicyGeoPolicy", "items") => {
                    "rRSetRoutingPolicyGeoPolicyGeoPolicyItem"
                }
                _ => continue,
            };
            match member {
                Value::Array(items) => items.iter_mut().for_each(|item| walk(item, below)),
                other => walk(other, below),
            }
        }
    }
    let mut policy = value.clone();
    walk(&mut policy, "rRSetRoutingPolicy");
    policy
}

/// The values a name server without health checks and geography would answer.
pub(crate) fn first_choice(policy: &Value) -> Vec<String> {
    let strings = |list: &Value| -> Vec<String> {
        let items = list.as_array().into_iter().flatten();
        items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let choices = [
        &policy["wrr"]["items"][0]["rrdatas"],
        &policy["geo"]["items"][0]["rrdatas"],
        &policy["primaryBackup"]["primaryTargets"]["externalEndpoints"],
        &policy["primaryBackup"]["backupGeoTargets"]["items"][0]["rrdatas"],
    ];
    choices.into_iter().map(strings).find(|list| !list.is_empty()).unwrap_or_default()
}

/// The policy without what Google adds, numbers as numbers: the part that can differ.
pub(crate) fn bare(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "kind" | "signatureRrdatas"))
            .map(|(name, member)| (name.clone(), bare(member)))
            .collect(),
        Value::Array(items) => items.iter().map(bare).collect(),
        Value::Number(number) => json!(number.as_f64()),
        other => other.clone(),
    }
}
