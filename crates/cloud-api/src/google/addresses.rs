//! Reserved addresses, which are regional.
use async_trait::async_trait;
use cloud_http::{Call, Error, Failure, Kind, Request, Retry, encode};
use http::Method;
use serde_json::json;

use super::kept::WireAddress;
use super::settle::Work;
use super::{GoogleCompute, region_of};
use crate::address::{Address, AddressSpec};
use crate::labels::{Labels, mark};
use crate::name::Owner;
use crate::provider::Addresses;
use crate::ticket::{Creation, Ticket};
use crate::validate::check_word;

#[async_trait]
impl Addresses for GoogleCompute {
    async fn addresses(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<Address>, Error> {
        let request = Request::read("list addresses", self.path("aggregated/addresses"));
        let all: Vec<WireAddress> = self.aggregated(request, "addresses", call).await?;
        let all = all.into_iter().filter_map(WireAddress::address);
        let of = |address: &Address| {
            owner.is_none_or(|owner| address.owner.as_deref() == Some(owner.as_str()))
        };
        Ok(all.filter(of).collect())
    }

    async fn reserve(&self, spec: &AddressSpec, call: Call) -> Result<Creation, Error> {
        let doing = format!("reserve address {}", spec.name);
        check_word("place", &spec.place).map_err(|failure| self.error(&doing, failure))?;
        let region = region_of(&spec.place);
        let id = format!("{region}/{}", spec.name);
        let path = format!("regions/{}/addresses", encode(region));
        let body = json!({
            "name": spec.name,
            "networkTier": "PREMIUM",
            "labels": mark(&spec.owner, &[], &Labels::new()),
        });
        let request = self.change(&doing, Method::POST, &path)?.json(body);
        match self.start(&request, call).await {
            Ok(operation) => Ok(Creation::new(id, Some(self.ticket(&Work::new(&operation))))),
            Err(error) if error.failure.kind == Kind::AlreadyExists => {
                let path = format!("{path}/{}", spec.name);
                let found: Option<WireAddress> = self.get(doing.clone(), &path, call).await?;
                let Some(address) = found.ok_or(error)?.address() else {
                    let text = format!("there is an address {id} already, but no public one");
                    let failure = Failure::new(Kind::AlreadyExists, text).retry(Retry::Never);
                    return Err(self.error(&doing, failure));
                };
                self.ours(&doing, &spec.owner, address.owner.as_deref())?;
                Ok(Creation::adopted(id, None))
            }
            Err(error) => Err(error),
        }
    }

    async fn release(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error> {
        let (region, name) = self.halves("address", id)?;
        let path = format!("regions/{}/addresses/{}", encode(region), encode(name));
        self.remove(format!("release address {id}"), &path, call).await
    }
}
