//! The JSON of Cloud DNS v1. Unknown fields are ignored, missing lists are empty; names carry
//! their trailing dot here and nowhere else.
use cloud_http::lenient;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::name::{Name, NameError};
use crate::record::{Key, RecordType, RrSet};
use crate::zone::{Visibility, Zone};

/// A page of a list; which of the arrays is filled depends on what was asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Page {
    pub(super) managed_zones: Vec<ManagedZone>,
    /// Kept as they are: a deletion must repeat them exactly.
    pub(super) rrsets: Vec<Value>,
    pub(super) changes: Vec<Change>,
    pub(super) next_page_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ManagedZone {
    name: String,
    dns_name: String,
    #[serde(default)]
    id: Value,
    #[serde(default)]
    visibility: Option<String>,
    #[serde(default)]
    name_servers: Vec<String>,
    #[serde(default)]
    dnssec_config: Option<DnssecConfig>,
    #[serde(default)]
    forwarding_config: Option<IgnoredAny>,
    #[serde(default)]
    peering_config: Option<IgnoredAny>,
    #[serde(default)]
    reverse_lookup_config: Option<IgnoredAny>,
    #[serde(default)]
    service_directory_config: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
struct DnssecConfig {
    state: Option<String>,
}

/// A change as the server shows it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Change {
    #[serde(deserialize_with = "lenient::text")]
    pub(super) id: String,
    pub(super) status: String,
    pub(super) additions: Vec<Value>,
    pub(super) deletions: Vec<Value>,
}

/// An RRset as stored: our view of it, and the object itself.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) rrset: RrSet,
    pub(super) raw: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceRecordSet {
    name: String,
    #[serde(rename = "type")]
    rtype: String,
    #[serde(default, deserialize_with = "lenient::number")]
    ttl: u32,
    #[serde(default)]
    rrdatas: Vec<String>,
    #[serde(default)]
    routing_policy: Option<IgnoredAny>,
}

impl ManagedZone {
    /// The zone under the id its operator knows.
    pub(super) fn zone(self, id: Option<&str>) -> Result<Zone, NameError> {
        let name = Name::parse(&self.dns_name)?;
        let servers = self.name_servers.iter().filter_map(|server| Name::parse(server).ok());
        let mut zone = Zone::new(id.unwrap_or(&self.name), name, servers.collect());
        let kinds = [
            (self.forwarding_config.is_some(), "a forwarding zone"),
            (self.peering_config.is_some(), "a peering zone"),
            (self.reverse_lookup_config.is_some(), "a managed reverse zone"),
            (self.service_directory_config.is_some(), "a Service Directory zone"),
        ];
        let special = kinds.iter().find(|(is, _)| *is).map(|(_, what)| *what);
        if special.is_some() || self.visibility.as_deref() == Some("private") {
            zone.visibility = Visibility::Private;
        }
        zone.notes.extend(special.map(str::to_owned));
        match &self.id {
            Value::String(number) => zone.notes.push(format!("number {number}")),
            Value::Number(number) => zone.notes.push(format!("number {number}")),
            _ => {}
        }
        let dnssec = self.dnssec_config.and_then(|config| config.state).unwrap_or_default();
        if !matches!(dnssec.as_str(), "" | "off") {
            let text = "DNSSEC is on: answers of another provider for this zone would be bogus";
            zone.notes.push(text.to_owned());
        }
        Ok(zone)
    }
}

/// Why an RRset cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unread {
    /// Its name cannot be a host's, so nobody can ask us to change it.
    #[error(transparent)]
    Name(#[from] NameError),
    /// It is not what an RRset looks like. It is there all the same.
    #[error("an RRset was not understood: {0}")]
    Shape(#[from] serde_json::Error),
}

impl Stored {
    /// Reads an RRset.
    pub(super) fn parse(raw: Value) -> Result<Self, Unread> {
        let wire = ResourceRecordSet::deserialize(&raw)?;
        let name = Name::parse(&wire.name)?;
        let mut rrset = RrSet::new(Key::new(name, wire.rtype.into()), wire.ttl, wire.rrdatas);
        if wire.routing_policy.is_some() {
            rrset.opaque = Some(raw.to_string());
        }
        Ok(Self { rrset, raw })
    }
}

/// An RRset as an addition.
pub(super) fn addition(rrset: &RrSet) -> Value {
    json!({
        "name": absolute(&rrset.key.name),
        "type": rrset.key.rtype.as_str(),
        "ttl": rrset.ttl,
        "rrdatas": rrset.values,
    })
}

/// A name as Google writes it.
pub(super) fn absolute(name: &Name) -> String {
    format!("{name}.")
}

/// Whether an RRset may be replaced but not removed.
pub(super) fn is_fixed(key: &Key, apex: &Name) -> bool {
    key.name == *apex && matches!(key.rtype, RecordType::Ns | RecordType::Soa)
}
