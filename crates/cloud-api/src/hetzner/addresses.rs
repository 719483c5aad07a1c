//! Reserved addresses: primary IPs that are kept when their server goes.
use async_trait::async_trait;
use cloud_http::{Call, Error, Failure, Kind, Request};
use http::Method;
use serde_json::json;

use super::HetznerCloud;
use super::kept::PrimaryIp;
use super::networks::may_be_there;
use super::settle::{Work, unsure};
use super::wire::Started;
use crate::address::{Address, AddressSpec};
use crate::labels::{Labels, mark};
use crate::name::Owner;
use crate::provider::Addresses;
use crate::ticket::{Creation, Ticket};
use crate::validate::check_word;

#[async_trait]
impl Addresses for HetznerCloud {
    async fn addresses(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<Address>, Error> {
        let request = Self::of_owner(Request::read("list addresses", "/primary_ips"), owner);
        let ips: Vec<PrimaryIp> = self.list(request, "primary_ips", call).await?;
        let of = |address: &Address| {
            owner.is_none_or(|owner| address.owner.as_deref() == Some(owner.as_str()))
        };
        let v4 = ips.into_iter().filter(PrimaryIp::is_v4);
        Ok(v4.map(PrimaryIp::address).filter(of).collect())
    }

    async fn reserve(&self, spec: &AddressSpec, call: Call) -> Result<Creation, Error> {
        let doing = format!("reserve address {}", spec.name);
        check_word("place", &spec.place).map_err(|failure| self.error(&doing, failure))?;
        let body = json!({
            "name": spec.name,
            "type": "ipv4",
            "location": spec.place,
            "assignee_type": "server",
            "auto_delete": false,
            "labels": mark(&spec.owner, &[], &Labels::new()),
        });
        let request = Request::write(&doing, Method::POST, "/primary_ips").json(body);
        let sent: Result<Started, Error> = self.client.json(&request, call).await;
        let error = match sent {
            Ok(started) => match &started.primary_ip {
                Some(ip) => {
                    let open = started.all().any(|action| action.status != "success");
                    let ticket = open.then(|| self.ticket(&Work::new(&started)));
                    return Ok(Creation::new(ip.id.to_string(), ticket));
                }
                None => {
                    let text = "the answer names no address";
                    self.error(&doing, Failure::new(Kind::Protocol, text).maybe_applied())
                }
            },
            Err(error) => error,
        };
        if !may_be_there(&error) {
            return Err(error);
        }
        let name = spec.name.as_str();
        let request = Request::read(&doing, "/primary_ips").query("name", name).urgent();
        let found: Vec<PrimaryIp> =
            self.list(request, "primary_ips", call).await.map_err(unsure)?;
        match found.into_iter().map(PrimaryIp::address).find(|address| address.name == name) {
            Some(address) => {
                self.ours(&doing, &spec.owner, address.owner.as_deref())?;
                Ok(Creation::adopted(address.id, None))
            }
            None => Err(error),
        }
    }

    async fn release(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error> {
        let number = self.number("address", id)?;
        let doing = format!("release address {id}");
        self.erase(doing, format!("/primary_ips/{number}"), call).await.map(|_| None)
    }
}
