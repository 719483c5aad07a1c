//! Openings: rules of the network's firewall, which lets nothing in by default.
use async_trait::async_trait;
use cloud_http::{Call, Error, Kind, Request, encode};
use http::Method;
use serde_json::{Value, json};

use super::GoogleCompute;
use super::kept::Firewall;
use super::settle::Work;
use super::wire::owner_tag;
use crate::labels::description;
use crate::name::Owner;
use crate::opening::{Opening, OpeningSpec, Protocol, Traffic};
use crate::provider::Openings;
use crate::ticket::{Creation, Ticket};
use crate::validate::check_word;

#[async_trait]
impl Openings for GoogleCompute {
    async fn openings(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<Opening>, Error> {
        let request = Request::read("list openings", self.path("global/firewalls"));
        let rules: Vec<Firewall> = self.list(request, call).await?;
        let openings = rules.into_iter().filter_map(Firewall::opening);
        let of = |opening: &Opening| {
            owner.is_none_or(|owner| opening.owner.as_deref() == Some(owner.as_str()))
        };
        Ok(openings.filter(of).collect())
    }

    async fn open(&self, spec: &OpeningSpec, call: Call) -> Result<Creation, Error> {
        let doing = format!("create opening {}", spec.name);
        let checked = spec.validate().and(check_word("network", &spec.network));
        checked.map_err(|failure| self.error(&doing, failure))?;
        let request = self.change(&doing, Method::POST, "global/firewalls")?.json(firewall(spec));
        match self.start(&request, call).await {
            Ok(operation) => {
                let ticket = self.ticket(&Work::new(&operation));
                Ok(Creation::new(spec.name.as_str(), Some(ticket)))
            }
            Err(error) if error.failure.kind == Kind::AlreadyExists => {
                let path = format!("global/firewalls/{}", spec.name);
                let found: Option<Firewall> = self.get(doing.clone(), &path, call).await?;
                let owner = found.ok_or(error)?.opening().and_then(|opening| opening.owner);
                self.ours(&doing, &spec.owner, owner.as_deref())?;
                Ok(Creation::adopted(spec.name.as_str(), None))
            }
            Err(error) => Err(error),
        }
    }

    async fn close(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error> {
        let doing = format!("remove opening {id}");
        check_word("opening", id).map_err(|failure| self.error(&doing, failure))?;
        self.remove(doing, &format!("global/firewalls/{}", encode(id)), call).await
    }
}

fn firewall(spec: &OpeningSpec) -> Value {
    let tag = match &spec.tag {
        Some(tag) => tag.to_string(),
        None => owner_tag(spec.owner.as_str()),
    };
    let v6 = spec.is_v6();
    let allowed: Vec<Value> = spec.traffic.iter().map(|traffic| allowed(*traffic, v6)).collect();
    json!({
        "name": spec.name,
        "description": description(&spec.owner),
        "network": format!("global/networks/{}", spec.network),
        "direction": "INGRESS",
        "priority": 1000,
        "sourceRanges": spec.sources,
        "targetTags": [tag],
        "allowed": allowed,
    })
}

fn allowed(traffic: Traffic, v6: bool) -> Value {
    let protocol = match traffic.protocol {
        Protocol::Tcp => "tcp",
        Protocol::Udp => "udp",
        // ICMPv6 has no name of its own there, only its number.
        Protocol::Icmp if v6 => "58",
        Protocol::Icmp => "icmp",
    };
    match traffic.ports {
        None => json!({"IPProtocol": protocol}),
        Some((first, last)) if first == last => {
            json!({"IPProtocol": protocol, "ports": [first.to_string()]})
        }
        Some((first, last)) => {
            json!({"IPProtocol": protocol, "ports": [format!("{first}-{last}")]})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Name;

    #[test]
    fn what_is_opened_reads_back() {
        let (name, owner) = (Name::parse("web").unwrap(), Owner::parse("acme").unwrap());
        let mut spec = OpeningSpec::everything(name, owner, "edge");
        spec.traffic = vec![
            Traffic::port(Protocol::Tcp, 443),
            Traffic::ports(Protocol::Udp, 1000, 2000),
            Traffic::all(Protocol::Icmp),
        ];
        for source in ["192.0.2.0/24", "2001:db8::/32"] {
            spec.sources = vec![source.to_owned()];
            let json = firewall(&spec);
            assert_eq!(json["allowed"][0], json!({"IPProtocol": "tcp", "ports": ["443"]}));
            assert_eq!(json["targetTags"], json!(["schwenk-acme"]));
            let wire: Firewall = serde_json::from_value(json).unwrap();
            let opening = wire.opening().unwrap();
            assert_eq!(opening.traffic, spec.traffic);
            assert_eq!(opening.owner.as_deref(), Some("acme"));
            assert_eq!(opening.sources, spec.sources);
        }
    }
}
