//! Reading lists page by page, and servers.
use cloud_http::{Call, Error, Kind, Request};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::HetznerCloud;
use super::wire::{Meta, ServerAnswer, WireServer};
use crate::labels::OWNER_LABEL;
use crate::name::Owner;
use crate::server::Server;

/// The most items per page.
const PER_PAGE: &str = "50";

impl HetznerCloud {
    /// All items of the list `what` that `request` asks for.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        request: Request,
        what: &str,
        call: Call,
    ) -> Result<Vec<T>, Error> {
        let mut found = Vec::new();
        let mut page = Some(1);
        while let Some(number) = page {
            let asked =
                request.clone().query("page", &number.to_string()).query("per_page", PER_PAGE);
            let mut answer: Map<String, Value> = self.client.json(&asked, call).await?;
            let meta = answer.remove("meta").and_then(|meta| Meta::deserialize(meta).ok());
            page = meta.and_then(|meta| meta.next(number));
            let items = answer.get(what).and_then(Value::as_array);
            found.extend(items.into_iter().flatten().filter_map(understood));
        }
        Ok(found)
    }

    /// A list of what an owner has, or of everything.
    pub(super) fn of_owner(request: Request, owner: Option<&Owner>) -> Request {
        match owner {
            Some(owner) => request.query("label_selector", &format!("{OWNER_LABEL}={owner}")),
            None => request,
        }
    }

    pub(super) async fn list_servers(
        &self,
        owner: Option<&Owner>,
        call: Call,
    ) -> Result<Vec<Server>, Error> {
        let request = Self::of_owner(Request::read("list servers", "/servers"), owner);
        let servers: Vec<WireServer> = self.list(request, "servers", call).await?;
        let servers = servers.into_iter().map(WireServer::server);
        Ok(servers.filter(|server| owner.is_none_or(|owner| server.belongs_to(owner))).collect())
    }

    /// One server, or `None` if there is none.
    pub(super) async fn get_server(
        &self,
        id: u64,
        call: Call,
    ) -> Result<Option<WireServer>, Error> {
        let answer: Option<ServerAnswer> =
            self.get(format!("read server {id}"), format!("/servers/{id}"), call).await?;
        Ok(answer.map(|answer| answer.server))
    }

    /// The server with this name, of whoever.
    pub(super) async fn server_named(
        &self,
        name: &str,
        call: Call,
    ) -> Result<Option<WireServer>, Error> {
        let request = Request::read(format!("look for server {name}"), "/servers")
            .query("name", name)
            .urgent();
        let found: Vec<WireServer> = self.list(request, "servers", call).await?;
        Ok(found.into_iter().find(|server| server.name == name))
    }

    /// One thing, or `None` if there is none.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        doing: String,
        path: String,
        call: Call,
    ) -> Result<Option<T>, Error> {
        let request = Request::read(doing, path).urgent();
        match self.client.json(&request, call).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.failure.kind == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// An item in our terms. One that is not understood must not hide the others.
fn understood<T: DeserializeOwned>(item: &Value) -> Option<T> {
    match serde_json::from_value(item.clone()) {
        Ok(item) => Some(item),
        Err(why) => {
            let id = &item["id"];
            tracing::warn!(%id, %why, "an item of a list of Hetzner's is not understood");
            None
        }
    }
}
