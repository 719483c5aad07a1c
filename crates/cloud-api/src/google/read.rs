//! Reading lists, page by page and across all zones or regions at once.
use std::collections::HashSet;

use cloud_http::{Call, Error, Failure, Kind, Request, encode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::GoogleCompute;
use super::wire::{Instance, Page};
use crate::labels::OWNER_LABEL;
use crate::name::Owner;
use crate::server::Server;

/// A list that has not ended by then never will.
const PAGES_MAX: usize = 10_000;

impl GoogleCompute {
    pub(super) async fn list_instances(
        &self,
        owner: Option<&Owner>,
        call: Call,
    ) -> Result<Vec<Server>, Error> {
        let mut request = Request::read("list servers", self.path("aggregated/instances"));
        if let Some(owner) = owner {
            request = request.query("filter", &format!("labels.{OWNER_LABEL}={owner}"));
        }
        let instances: Vec<Instance> = self.aggregated(request, "instances", call).await?;
        let servers = instances.into_iter().map(Instance::server);
        Ok(servers.filter(|server| owner.is_none_or(|owner| server.belongs_to(owner))).collect())
    }

    /// One instance, or `None` if there is none.
    pub(super) async fn instance(&self, id: &str, call: Call) -> Result<Option<Instance>, Error> {
        let (zone, name) = self.halves("server", id)?;
        let path = format!("zones/{}/instances/{}", encode(zone), encode(name));
        self.get(format!("read server {id}"), &path, call).await
    }

    /// One thing below the project, or `None` if there is none.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        operation: String,
        below: &str,
        call: Call,
    ) -> Result<Option<T>, Error> {
        let request = Request::read(operation, self.path(below)).urgent();
        match self.client.json(&request, call).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.failure.kind == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All items of a plain list.
    pub(super) async fn list<T: DeserializeOwned + Send>(
        &self,
        request: Request,
        call: Call,
    ) -> Result<Vec<T>, Error> {
        let mut found = Vec::new();
        self.pages(request, call, |page| {
            found.extend(page.items.as_array().into_iter().flatten().filter_map(understood));
        })
        .await?;
        Ok(found)
    }

    /// All items named `what` of an aggregated list. A scope that did not answer hides nothing of
    /// the others, but is told of.
    pub(super) async fn aggregated<T: DeserializeOwned + Send>(
        &self,
        request: Request,
        what: &str,
        call: Call,
    ) -> Result<Vec<T>, Error> {
        let mut found = Vec::new();
        self.pages(request, call, |page| {
            if !page.unreachables.is_empty() {
                let missing = page.unreachables.join(", ");
                tracing::warn!(provider = self.id, what, missing, "not all of Google answered");
            }
            let scopes = page.items.as_object().into_iter().flatten();
            // A scope with nothing in it has only a warning that says so.
            let items = scopes.filter_map(|(_, scope)| scope[what].as_array()).flatten();
            found.extend(items.filter_map(understood));
        })
        .await?;
        Ok(found)
    }

    /// Asks for page after page until there is no further token. A page may be empty and still
    /// have a successor.
    async fn pages(
        &self,
        mut request: Request,
        call: Call,
        mut each: impl FnMut(Page) + Send,
    ) -> Result<(), Error> {
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
            let mut page: Page = self.client.json(&asked, call).await?;
            next = page.next_page_token.take().filter(|token| !token.is_empty());
            each(page);
            let Some(token) = &next else { return Ok(()) };
            if !seen.insert(token.clone()) || seen.len() >= PAGES_MAX {
                let text = "the list does not end: a page token came twice";
                return Err(self.error(request.operation(), Failure::new(Kind::Protocol, text)));
            }
        }
    }
}

/// An item in our terms. One that is not understood must not hide the others.
fn understood<T: DeserializeOwned>(item: &Value) -> Option<T> {
    match serde_json::from_value(item.clone()) {
        Ok(item) => Some(item),
        Err(why) => {
            let name = item["name"].as_str().unwrap_or("?");
            tracing::warn!(name, %why, "an item of a list of Google's is not understood");
            None
        }
    }
}
