//! A firewall, and the servers it stands in front of.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::super::body::Body;
use super::super::labels::Selector;
use super::super::problem::Problem;
use super::super::zone::time;
use super::Compute;
use super::resource::{Common, Resource};
use super::server::Server;

/// How many firewalls a server can have.
pub(super) const MOST_OF_A_SERVER: usize = 5;

#[derive(Clone, Debug)]
pub(super) struct Firewall {
    pub common: Common,
    pub rules: Vec<Value>,
    /// Servers it was applied to by name; false while that is under way.
    pub servers: BTreeMap<u64, bool>,
    pub selectors: BTreeSet<String>,
}

/// What a firewall is applied to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Server(u64),
    Selector(String),
}

impl Target {
    /// The targets of a body.
    pub(super) fn read_all(body: &Body, field: &str) -> Result<Vec<Self>, Problem> {
        body.objects(field)?.iter().map(|target| Self::read(target, field)).collect()
    }

    fn read(body: &Body, field: &str) -> Result<Self, Problem> {
        body.only(&["type", "server", "label_selector"])?;
        let wrong = |why: &str| Problem::field(field, why);
        match body.required_text("type")? {
            "server" => {
                let id = body.get("server").and_then(|server| server["id"].as_u64());
                id.map(Self::Server).ok_or_else(|| wrong("server.id is required"))
            }
            "label_selector" => {
                let found = body.get("label_selector");
                let text = found.and_then(|selector| selector["selector"].as_str());
                let text = text.ok_or_else(|| wrong("label_selector.selector is required"))?;
                Selector::parse(text).map_err(|why| wrong(&why))?;
                Ok(Self::Selector(text.to_owned()))
            }
            _ => Err(wrong("type must be server or label_selector")),
        }
    }
}

impl Firewall {
    /// Whether a label selector of its picks the server.
    pub(super) fn selects(&self, server: &Server) -> bool {
        self.selectors.iter().any(|text| selects(text, server))
    }

    /// Whether it stands in front of the server: `applied`, `pending` or not at all.
    pub(super) fn status_at(&self, server: &Server) -> Option<&'static str> {
        match self.servers.get(&server.common.id) {
            Some(true) => Some("applied"),
            Some(false) => Some("pending"),
            None if self.selects(server) => Some("applied"),
            None => None,
        }
    }

    pub(super) fn in_use(&self) -> bool {
        !self.servers.is_empty() || !self.selectors.is_empty()
    }
}

fn selects(selector: &str, server: &Server) -> bool {
    Selector::parse(selector).is_ok_and(|selector| selector.selects(&server.common.labels))
}

impl Resource for Firewall {
    const ONE: &'static str = "firewall";
    const MANY: &'static str = "firewalls";

    fn all(compute: &Compute) -> &BTreeMap<u64, Self> {
        &compute.firewalls
    }

    fn all_mut(compute: &mut Compute) -> &mut BTreeMap<u64, Self> {
        &mut compute.firewalls
    }

    fn common(&self) -> &Common {
        &self.common
    }

    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }

    fn json(&self, compute: &Compute) -> Value {
        let server = |id: u64| json!({"type": "server", "server": {"id": id}});
        let by_name = self.servers.keys().map(|id| server(*id));
        let by_label = self.selectors.iter().map(|text| {
            let picked = compute.servers.values().filter(|server| selects(text, server));
            let picked: Vec<Value> = picked.map(|one| server(one.common.id)).collect();
            json!({
                "type": "label_selector",
                "label_selector": {"selector": text},
                "applied_to_resources": picked,
            })
        });
        let applied_to: Vec<Value> = by_name.chain(by_label).collect();
        json!({
            "id": self.common.id,
            "name": self.common.name,
            "labels": self.common.labels,
            "created": time(self.common.created),
            "rules": self.rules,
            "applied_to": applied_to,
        })
    }
}
