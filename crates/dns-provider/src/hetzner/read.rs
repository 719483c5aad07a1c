//! Reading zones and RRsets, page by page.
use cloud_http::hetzner::Action;
use cloud_http::{Call, Error, Kind, Request, encode};

use super::HetznerDns;
use super::stored::{RrSetAnswer, Stored, WireRrSet, relative};
use super::wire::{ActionsAnswer, RrSetsPage, WireZone, ZoneAnswer, ZonesPage};
use crate::record::{Key, RrSet};
use crate::zone::Zone;

/// The most zones per page.
const ZONES: &str = "50";

/// The most RRsets per page; more than anything else of this API allows.
const RRSETS: &str = "100";

/// Said of a zone that is not there, since this is by far the most common reason.
const WRONG_PROJECT: &str = "; a zone is seen only by tokens of the project it is in";

impl HetznerDns {
    pub(super) async fn list_zones(&self, call: Call) -> Result<Vec<Zone>, Error> {
        let mut zones = Vec::new();
        let mut page = Some(1);
        while let Some(number) = page {
            let request = Request::read("list zones", "/zones")
                .query("page", &number.to_string())
                .query("per_page", ZONES);
            let answer: ZonesPage = self.client.json(&request, call).await?;
            page = answer.next(number);
            zones.extend(answer.zones.into_iter().filter_map(WireZone::zone));
        }
        Ok(zones)
    }

    /// One zone, by its number or its name.
    pub(super) async fn get_zone(&self, zone: &str, call: Call) -> Result<WireZone, Error> {
        let request =
            Request::read(format!("read zone {zone}"), format!("/zones/{}", encode(zone))).urgent();
        let answer: Result<ZoneAnswer, Error> = self.client.json(&request, call).await;
        answer.map(|answer| answer.zone).map_err(wrong_project)
    }

    pub(super) async fn list_rrsets(&self, zone: &Zone, call: Call) -> Result<Vec<RrSet>, Error> {
        let mut found: Vec<WireRrSet> = Vec::new();
        let mut page = Some(1);
        while let Some(number) = page {
            let operation = format!("list RRsets of {}", zone.name);
            let path = format!("/zones/{}/rrsets", encode(&zone.id));
            let request = Request::read(operation, path)
                .query("page", &number.to_string())
                .query("per_page", RRSETS);
            let answer: Result<RrSetsPage, Error> = self.client.json(&request, call).await;
            let answer = answer.map_err(wrong_project)?;
            page = answer.next(number);
            found.extend(answer.rrsets);
        }
        let inherits = found.iter().any(WireRrSet::inherits_ttl);
        let ttl = if inherits { self.zone_ttl(zone, call).await? } else { 0 };
        let stored = found.into_iter().filter_map(|wire| wire.stored(&zone.name, ttl));
        Ok(stored.map(|stored| stored.rrset).collect())
    }

    pub(super) async fn stored(
        &self,
        zone: &Zone,
        key: &Key,
        call: Call,
    ) -> Result<Option<Stored>, Error> {
        let request = Request::read(format!("read RRset {key}"), rrset_path(zone, key)).urgent();
        let wire: WireRrSet = match self.client.json(&request, call).await {
            Ok(RrSetAnswer { rrset }) => rrset,
            Err(error) if error.failure.kind == Kind::NotFound => {
                // The same answer stands for a missing RRset and for a missing zone.
                return self.get_zone(&zone.id, call).await.map(|_| None);
            }
            Err(error) => return Err(error),
        };
        let ttl = if wire.inherits_ttl() { self.zone_ttl(zone, call).await? } else { 0 };
        Ok(wire.stored(&zone.name, ttl))
    }

    async fn zone_ttl(&self, zone: &Zone, call: Call) -> Result<u32, Error> {
        /// What the API gives a zone that was created without a TTL.
        const USUAL: u32 = 3600;
        Ok(self.get_zone(&zone.id, call).await?.ttl.unwrap_or(USUAL))
    }

    /// The actions of a zone that have not ended.
    pub(super) async fn running(&self, zone: &Zone, call: Call) -> Result<Vec<Action>, Error> {
        let path = format!("/zones/{}/actions", encode(&zone.id));
        let request = Request::read(format!("list running actions of {}", zone.name), path)
            .query("status", "running")
            .query("sort", "id:desc")
            .urgent();
        let answer: ActionsAnswer = self.client.json(&request, call).await?;
        Ok(answer.actions)
    }
}

/// The path of an RRset. The name's characters, `@`, `*` and `_` among them, are legal as they are,
/// and the vendor's own clients do not encode them either.
pub(super) fn rrset_path(zone: &Zone, key: &Key) -> String {
    let name = relative(&key.name, &zone.name);
    format!("/zones/{}/rrsets/{name}/{}", encode(&zone.id), encode(key.rtype.as_str()))
}

fn wrong_project(mut error: Error) -> Error {
    if error.failure.kind == Kind::NotFound {
        error.failure.message.push_str(WRONG_PROJECT);
    }
    error
}
