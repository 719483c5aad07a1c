//! Reading zones and RRsets, page by page.
use std::collections::HashSet;

use cloud_http::{Call, Error, Failure, Kind, Request};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::GoogleDns;
use super::wire::{ManagedZone, Page, Stored, Unread, absolute};
use crate::name::NameError;
use crate::record::Key;
use crate::zone::Zone;

/// A list that has not ended by then never will: Google's own limit is 10 000 RRsets per zone.
const PAGES_MAX: usize = 10_000;

/// Whether a read belongs to a write and may use what the pacer keeps for those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hurry {
    /// It is part of a write.
    Urgent,
    /// It can wait.
    Idle,
}

impl GoogleDns {
    pub(super) async fn list_zones(&self, call: Call) -> Result<Vec<Zone>, Error> {
        let operation = format!("list zones of project {}", self.project);
        let request = Request::read(&operation, self.path("/managedZones"));
        let mut zones = Vec::new();
        self.pages(&request, call, |page| {
            for wire in page.managed_zones {
                match wire.zone(None) {
                    Ok(zone) => zones.push(zone),
                    Err(why) => tracing::warn!(provider = self.id, %why, "zone not shown"),
                }
            }
        })
        .await?;
        Ok(zones)
    }

    pub(super) async fn get_zone(&self, id: &str, call: Call) -> Result<Zone, Error> {
        let operation = format!("read zone {id} of project {}", self.project);
        let request = Request::read(&operation, self.zone_path(id, ""));
        let wire: ManagedZone = self.client.json(&request, call).await?;
        let wrong = |why: NameError| {
            let failure = Failure::new(Kind::Protocol, format!("the zone is not usable: {why}"));
            self.error(&operation, failure)
        };
        wire.zone(Some(id)).map_err(wrong)
    }

    /// One RRset as stored. Google lists by name and type what it would also `get`, but says
    /// "none" with an empty list, which a missing zone cannot be mistaken for.
    pub(super) async fn stored(
        &self,
        zone: &str,
        key: &Key,
        hurry: Hurry,
        call: Call,
    ) -> Result<Option<Stored>, Error> {
        let request = Request::read(format!("read RRset {key}"), self.zone_path(zone, "/rrsets"))
            .query("name", &absolute(&key.name))
            .query("type", key.rtype.as_str());
        let found = self.list_rrsets(request, hurry, call).await?;
        Ok(found.into_iter().find(|stored| stored.rrset.key == *key))
    }

    /// All RRsets of a zone, as stored.
    pub(super) async fn all_stored(
        &self,
        zone: &Zone,
        hurry: Hurry,
        call: Call,
    ) -> Result<Vec<Stored>, Error> {
        let operation = format!("list RRsets of {}", zone.name);
        let request = Request::read(operation, self.zone_path(&zone.id, "/rrsets"));
        self.list_rrsets(request, hurry, call).await
    }

    async fn list_rrsets(
        &self,
        request: Request,
        hurry: Hurry,
        call: Call,
    ) -> Result<Vec<Stored>, Error> {
        let request = if hurry == Hurry::Urgent { request.urgent() } else { request };
        let mut found = Vec::new();
        let mut unread = None;
        self.pages(&request, call, |page| {
            for raw in page.rrsets {
                match Stored::parse(raw) {
                    Ok(stored) => found.push(stored),
                    Err(Unread::Name(why)) => {
                        tracing::warn!(provider = self.id, %why, "RRset not shown");
                    }
                    Err(why) => unread = Some(why.to_string()),
                }
            }
        })
        .await?;
        // What is left out would read as "there is none", and be created anew.
        match unread {
            None => Ok(found),
            Some(why) => Err(self.error(request.operation(), Failure::new(Kind::Protocol, why))),
        }
    }

    /// Asks for page after page until there is no further token. A page may be empty and still
    /// have a successor.
    async fn pages(
        &self,
        request: &Request,
        call: Call,
        mut each: impl FnMut(Page) + Send,
    ) -> Result<(), Error> {
        let mut request = request.clone();
        if let Some(size) = self.page_size {
            request = request.query("maxResults", &size.to_string());
        }
        let mut next: Option<String> = None;
        let mut seen = HashSet::new();
        loop {
            let asked = match &next {
                None => request.clone(),
                Some(token) => request.clone().query("pageToken", token),
            };
            let mut page = self.page(&asked, call).await?;
            next = page.next_page_token.take().filter(|token| !token.is_empty());
            each(page);
            let Some(token) = &next else { return Ok(()) };
            if !seen.insert(token.clone()) || seen.len() >= PAGES_MAX {
                let text = "the list does not end: a page token came twice";
                return Err(self.error(request.operation(), Failure::new(Kind::Protocol, text)));
            }
        }
    }

    /// One page. It must be an object: serde would take an empty array for an empty page.
    async fn page(&self, request: &Request, call: Call) -> Result<Page, Error> {
        let object: Map<String, Value> =
            self.client.json(request, call).await.map_err(|e| self.hint(e))?;
        Page::deserialize(Value::Object(object)).map_err(|why| {
            let text = format!("the list was not understood: {why}");
            self.error(request.operation(), Failure::new(Kind::Protocol, text))
        })
    }

    /// A missing zone is very often one of another project.
    fn hint(&self, mut error: Error) -> Error {
        if error.failure.kind == Kind::NotFound {
            let failure = &mut error.failure;
            failure.message =
                format!("{} (looked for in project {})", failure.message, self.project);
        }
        error
    }
}
