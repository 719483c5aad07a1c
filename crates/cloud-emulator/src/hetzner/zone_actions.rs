//! `POST /zones/{zone}/actions/…`: what takes time at a zone as a whole.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::body::Body;
use super::problem::Problem;
use super::zone::{DEFAULT_TTL, Mode, change_protected};
use super::{Hetzner, zonefile};

type Answer = Result<(StatusCode, Json<Value>), Problem>;

pub(super) fn routes() -> Router<Hetzner> {
    let at = |action| format!("/v1/zones/{{zone}}/actions/{action}");
    Router::new()
        .route(&at("change_ttl"), post(change_ttl))
        .route(&at("change_protection"), post(change_protection))
        .route(&at("change_primary_nameservers"), post(change_primary_nameservers))
        .route(&at("import_zonefile"), post(import_zonefile))
}

async fn change_ttl(
    State(hetzner): State<Hetzner>,
    Path(zone): Path<String>,
    body: Body,
) -> Answer {
    body.only(&["ttl"])?;
    if !body.has("ttl") {
        return Err(Problem::field("ttl", "is required"));
    }
    let ttl = body.ttl()?.unwrap_or(DEFAULT_TTL);
    started(hetzner.change(&zone, "change_ttl", |zone| {
        zone.require_primary()?;
        zone.ttl = ttl;
        Ok(())
    }))
}

async fn change_protection(
    State(hetzner): State<Hetzner>,
    Path(zone): Path<String>,
    body: Body,
) -> Answer {
    body.only(&["delete"])?;
    let delete = body.flag("delete")?;
    started(hetzner.change(&zone, "change_protection", |zone| {
        zone.protected = delete.unwrap_or(zone.protected);
        Ok(())
    }))
}

async fn change_primary_nameservers(
    State(hetzner): State<Hetzner>,
    Path(zone): Path<String>,
    body: Body,
) -> Answer {
    body.only(&["primary_nameservers"])?;
    if !body.has("primary_nameservers") {
        return Err(Problem::field("primary_nameservers", "is required"));
    }
    let servers = name_servers(&body)?;
    started(hetzner.change(&zone, "change_primary_nameservers", |zone| {
        if zone.mode == Mode::Primary {
            return Err(Problem::incorrect_zone_mode());
        }
        zone.primary_nameservers = servers;
        Ok(())
    }))
}

async fn import_zonefile(
    State(hetzner): State<Hetzner>,
    Path(zone): Path<String>,
    body: Body,
) -> Answer {
    body.only(&["zonefile"])?;
    let text = body.required_text("zonefile")?;
    started(hetzner.change(&zone, "import_zonefile", |zone| {
        zone.require_primary()?;
        if zone.rrsets.iter().any(|set| set.protected) {
            return Err(change_protected());
        }
        zonefile::import(zone, text)?;
        zonefile::require_essentials(zone)
    }))
}

/// The primary name servers in a body, with their default port.
pub(super) fn name_servers(body: &Body) -> Result<Vec<Value>, Problem> {
    const FIELD: &str = "primary_nameservers";
    let mut seen = Vec::new();
    let mut servers = Vec::new();
    for mut server in body.objects(FIELD)? {
        server.only(&["address", "port", "tsig_key", "tsig_algorithm"])?;
        let address: std::net::IpAddr = server
            .required_text("address")?
            .parse()
            .map_err(|_| Problem::field(FIELD, "address must be an IP address"))?;
        if seen.contains(&address) {
            return Err(Problem::field(FIELD, "addresses must be unique"));
        }
        seen.push(address);
        let port = match server.get("port") {
            None => 53,
            Some(port) => port
                .as_u64()
                .filter(|port| (1..=65_535).contains(port))
                .ok_or_else(|| Problem::field(FIELD, "port must be between 1 and 65535"))?,
        };
        let algorithms = ["hmac-md5", "hmac-sha1", "hmac-sha256"];
        if server.text("tsig_algorithm")?.is_some_and(|name| !algorithms.contains(&name)) {
            let wrong = format!("tsig_algorithm must be one of {}", algorithms.join(", "));
            return Err(Problem::field(FIELD, wrong));
        }
        server.text("tsig_key")?;
        server.set("port", port.into());
        servers.push(server.into_value());
    }
    Ok(servers)
}

fn started(change: Result<((), Value), Problem>) -> Answer {
    let ((), action) = change?;
    Ok((StatusCode::CREATED, Json(json!({ "action": action }))))
}
