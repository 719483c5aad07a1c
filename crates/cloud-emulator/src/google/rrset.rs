//! A resource record set as Cloud DNS keeps it: the strings exactly as they were sent.

use serde_json::{Map, Value, json};

use super::error::Problem;
use super::{rdata, routing};

/// One record set. `name` is lower case with its trailing dot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RrSet {
    pub(crate) name: String,
    pub(crate) rtype: String,
    pub(crate) ttl: i32,
    pub(crate) rrdatas: Vec<String>,
    pub(crate) routing: Option<Value>,
}

/// Where a set stands in a zone's listing: parents before children, then by type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(Vec<String>, String);

impl Key {
    pub(crate) fn new(name: &str, rtype: &str) -> Self {
        let labels = name.trim_end_matches('.').rsplit('.').map(str::to_owned);
        Self(labels.collect(), rtype.to_owned())
    }
}

impl RrSet {
    pub(crate) fn key(&self) -> Key {
        Key::new(&self.name, &self.rtype)
    }

    /// `name (TYPE)`, as messages call it.
    pub(crate) fn title(&self) -> String {
        format!("{} ({})", self.name, self.rtype)
    }

    pub(crate) fn json(&self) -> Value {
        let mut set = Map::new();
        set.insert("kind".into(), json!("dns#resourceRecordSet"));
        set.insert("name".into(), json!(self.name));
        set.insert("type".into(), json!(self.rtype));
        set.insert("ttl".into(), json!(self.ttl));
        set.insert("rrdatas".into(), json!(self.rrdatas));
        set.insert("signatureRrdatas".into(), json!([]));
        if let Some(policy) = &self.routing {
            set.insert("routingPolicy".into(), policy.clone());
        }
        Value::Object(set)
    }

    /// Equality as a deletion needs it: TTL, values and their order, or the routing policy.
    pub(crate) fn same_content(&self, other: &Self) -> bool {
        let plain = |set: &Self| set.routing.as_ref().map(routing::bare);
        self.ttl == other.ttl && self.rrdatas == other.rrdatas && plain(self) == plain(other)
    }

    /// The values a name server would answer; of a routing policy the first choice.
    pub(crate) fn answers(&self) -> Vec<String> {
        self.routing.as_ref().map_or_else(|| self.rrdatas.clone(), routing::first_choice)
    }
}

/// Reads a set out of a request body; every problem found is reported.
///
/// `path` is how messages name it until its name and type are known to be good, such as
/// `entity.change.additions[0]`; from then on it is `entity.change.additions[www.acme.test.][A]`.
pub(crate) fn read(body: &Value, path: &str, zone: &str) -> Result<RrSet, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut text = |member: &str| match &body[member] {
        Value::String(text) if !text.is_empty() => text.clone(),
        Value::Null | Value::String(_) => {
            problems.push(Problem::required(&format!("{path}.{member}")));
            String::new()
        }
        other => {
            problems.push(Problem::invalid(&format!("{path}.{member}"), &other.to_string()));
            String::new()
        }
    };
    let name = text("name").to_ascii_lowercase();
    let rtype = text("type");
    if !problems.is_empty() {
        return Err(problems);
    }
    if !rdata::owner_fits(&name) || !inside(&name, zone) {
        problems.push(Problem::invalid(&format!("{path}.name"), &name));
    }
    if !rdata::TYPES.contains(&rtype.as_str()) {
        problems.push(Problem::invalid(&format!("{path}.type"), &rtype));
    }
    let ttl = ttl(&body["ttl"]).unwrap_or_else(|shown| {
        problems.push(Problem::invalid(&format!("{path}.ttl"), &shown));
        0
    });
    let routing = routing::read(&body["routingPolicy"], path, &rtype, &mut problems);
    let mut rrdatas = strings(&body["rrdatas"], &format!("{path}.rrdatas"), &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let path = match path.rsplit_once('[') {
        Some((list, _)) => format!("{list}[{name}][{rtype}]"),
        None => path.to_owned(),
    };
    if routing.is_some() != rrdatas.is_empty() {
        let shown = if rrdatas.is_empty() { "<empty>" } else { "both rrdatas and routingPolicy" };
        return Err(vec![Problem::invalid(&format!("{path}.rrdata"), shown)]);
    }
    for (index, value) in rrdatas.iter_mut().enumerate() {
        match rdata::checked(&rtype, value) {
            Some(kept) => *value = kept,
            None => problems.push(Problem::invalid(&format!("{path}.rrdata[{index}]"), value)),
        }
    }
    if problems.is_empty() {
        Ok(RrSet { name, rtype, ttl, rrdatas, routing })
    } else {
        Err(problems)
    }
}

/// Whether `name` is the zone's apex or below it; both end with a dot.
pub(crate) fn inside(name: &str, zone: &str) -> bool {
    zone == "."
        || name.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// int32, as a number or as text; an absent TTL is 0, because proto3 JSON leaves zeros out.
fn ttl(value: &Value) -> Result<i32, String> {
    let number = match value {
        Value::Null => Some(0),
        Value::Number(number) => {
            let whole = number.as_f64().filter(|f| f.fract() == 0.0 && f.abs() < 1e12);
            #[expect(clippy::cast_possible_truncation, reason = "whole and small enough")]
            number.as_i64().or(whole.map(|f| f as i64))
        }
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let shown = || value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let ttl = number.and_then(|number| i32::try_from(number).ok());
    ttl.filter(|ttl| *ttl >= 0).ok_or_else(shown)
}

/// A list of strings; absent is empty.
pub(crate) fn strings(value: &Value, path: &str, problems: &mut Vec<Problem>) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
        }
        other => {
            problems.push(Problem::invalid(path, &other.to_string()));
            Vec::new()
        }
    }
}
