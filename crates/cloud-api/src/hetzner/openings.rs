//! Openings: firewalls for all servers with a label.
use async_trait::async_trait;
use cloud_http::{Call, Error, Failure, Kind, Request};
use http::Method;
use serde_json::{Value, json};

use super::HetznerCloud;
use super::kept::{AppliedTo, Firewall, FirewallAnswer};
use super::networks::may_be_there;
use super::settle::{Goal, Work, unsure};
use super::wire::Started;
use crate::labels::{Labels, OWNER_LABEL, mark, tag_label};
use crate::name::Owner;
use crate::opening::{Opening, OpeningSpec, Protocol, Traffic};
use crate::provider::Openings;
use crate::ticket::{Creation, Ticket};

#[async_trait]
impl Openings for HetznerCloud {
    async fn openings(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<Opening>, Error> {
        let request = Self::of_owner(Request::read("list openings", "/firewalls"), owner);
        let firewalls: Vec<Firewall> = self.list(request, "firewalls", call).await?;
        let of = |opening: &Opening| {
            owner.is_none_or(|owner| opening.owner.as_deref() == Some(owner.as_str()))
        };
        Ok(firewalls.into_iter().map(Firewall::opening).filter(of).collect())
    }

    async fn open(&self, spec: &OpeningSpec, call: Call) -> Result<Creation, Error> {
        let doing = format!("create opening {}", spec.name);
        spec.validate().map_err(|failure| self.error(&doing, failure))?;
        let request = Request::write(&doing, Method::POST, "/firewalls").json(body(spec));
        let sent: Result<Started, Error> = self.client.json(&request, call).await;
        let error = match sent {
            Ok(started) => match &started.firewall {
                Some(firewall) => {
                    let ticket = self.ticket(&Work::new(&started));
                    return Ok(Creation::new(firewall.id.to_string(), Some(ticket)));
                }
                None => {
                    let text = "the answer names no firewall";
                    self.error(&doing, Failure::new(Kind::Protocol, text).maybe_applied())
                }
            },
            Err(error) => error,
        };
        if !may_be_there(&error) {
            return Err(error);
        }
        let name = spec.name.as_str();
        let request = Request::read(&doing, "/firewalls").query("name", name).urgent();
        let found: Vec<Firewall> = self.list(request, "firewalls", call).await.map_err(unsure)?;
        match found.into_iter().map(Firewall::opening).find(|opening| opening.name == name) {
            Some(opening) => {
                self.ours(&doing, &spec.owner, opening.owner.as_deref())?;
                Ok(Creation::adopted(opening.id, None))
            }
            None => Err(error),
        }
    }

    async fn close(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error> {
        let number = self.number("opening", id)?;
        let doing = format!("remove opening {id}");
        let Some(firewall) = self.firewall(number, call).await? else { return Ok(None) };
        if firewall.applied_to.is_empty() {
            return self.erase(doing, format!("/firewalls/{number}"), call).await.map(|_| None);
        }
        // In use it cannot be removed.
        let resources: Vec<Value> = firewall.applied_to.iter().filter_map(resource).collect();
        let path = format!("/firewalls/{number}/actions/remove_from_resources");
        let request = Request::write(doing, Method::POST, path)
            .json(json!({"remove_from": resources}))
            .repeatable();
        let started: Started = self.client.json(&request, call).await?;
        let work = Work::new(&started).goal(Goal::Closed { firewall: number });
        Ok(Some(self.ticket(&work)))
    }
}

impl HetznerCloud {
    async fn firewall(&self, id: u64, call: Call) -> Result<Option<Firewall>, Error> {
        let answer: Option<FirewallAnswer> =
            self.get(format!("read opening {id}"), format!("/firewalls/{id}"), call).await?;
        Ok(answer.map(|answer| answer.firewall))
    }

    /// Removes a firewall as soon as nobody uses it any more.
    pub(super) async fn await_closed(&self, id: u64, call: Call) -> Result<(), Error> {
        let doing = format!("remove opening {id}");
        let mut pause = self.poll_first;
        loop {
            match self.erase(doing.clone(), format!("/firewalls/{id}"), call).await {
                Ok(_) => return Ok(()),
                Err(error) if error.failure.code.as_deref() == Some("resource_in_use") => {
                    self.rest(&doing, "; it is still in use", &mut pause, call).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

fn body(spec: &OpeningSpec) -> Value {
    let owner = format!("{OWNER_LABEL}={}", spec.owner);
    let selector = match &spec.tag {
        Some(tag) => format!("{owner},{}", tag_label(tag)),
        None => owner,
    };
    let rules: Vec<Value> =
        spec.traffic.iter().map(|traffic| rule(*traffic, &spec.sources)).collect();
    json!({
        "name": spec.name,
        "labels": mark(&spec.owner, &[], &Labels::new()),
        "rules": rules,
        "apply_to": [{"type": "label_selector", "label_selector": {"selector": selector}}],
    })
}

fn rule(traffic: Traffic, sources: &[String]) -> Value {
    let protocol = match traffic.protocol {
        Protocol::Tcp => "tcp",
        Protocol::Udp => "udp",
        Protocol::Icmp => "icmp",
    };
    let mut rule = json!({"direction": "in", "protocol": protocol, "source_ips": sources});
    match traffic.ports {
        Some((first, last)) if first == last => rule["port"] = json!(first.to_string()),
        Some((first, last)) => rule["port"] = json!(format!("{first}-{last}")),
        None if traffic.protocol != Protocol::Icmp => rule["port"] = json!("1-65535"),
        None => {}
    }
    rule
}

/// Where a firewall is applied, as the request to take it away wants it.
fn resource(applied: &AppliedTo) -> Option<Value> {
    if let Some(selector) = &applied.label_selector {
        let selector = json!({"selector": selector.selector});
        return Some(json!({"type": "label_selector", "label_selector": selector}));
    }
    let server = applied.server.as_ref().filter(|_| applied.kind == "server")?;
    Some(json!({"type": "server", "server": {"id": server.id}}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Name;

    #[test]
    fn what_is_opened_reads_back() {
        let (name, owner) = (Name::parse("web").unwrap(), Owner::parse("acme").unwrap());
        let mut spec = OpeningSpec::everything(name, owner, "1");
        spec.traffic.push(Traffic::ports(Protocol::Tcp, 80, 443));
        spec.tag = Some(Name::parse("front").unwrap());
        let mut json = body(&spec);
        assert_eq!(
            json["apply_to"][0]["label_selector"]["selector"],
            "schwenk-owner=acme,schwenk-tag-front"
        );
        assert_eq!(json["rules"][0]["port"], "1-65535");
        assert_eq!(json["rules"][2].get("port"), None);
        json["id"] = json!(38);
        let firewall: Firewall = serde_json::from_value(json).unwrap();
        let opening = firewall.opening();
        assert_eq!(opening.traffic, spec.traffic);
        assert_eq!((opening.owner.as_deref(), opening.sources), (Some("acme"), spec.sources));
    }
}
