//! Making servers.
use std::net::Ipv4Addr;

use cloud_http::{Call, Effect, Error, Failure, Kind, Request, Retry};
use http::Method;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::HetznerCloud;
use super::settle::{Goal, Work, unsure};
use super::wire::{Started, WireServer};
use crate::labels;
use crate::server::{PublicV4, ServerSpec, Status};
use crate::ticket::Creation;

/// How often a server is asked for when it is not known whether it was made, or when a subnet made
/// just now is not yet known everywhere.
const ROUNDS: u32 = 4;

impl HetznerCloud {
    pub(super) async fn create_server(
        &self,
        spec: &ServerSpec,
        call: Call,
    ) -> Result<Creation, Error> {
        let doing = format!("create server {}", spec.name);
        spec.validate(&self.rules).map_err(|failure| self.error(&doing, failure))?;
        // Before any key is kept: an interrupted attempt may have got this far.
        if let Some(creation) = self.adopt(spec, call).await? {
            return Ok(creation);
        }
        let mut keys = Vec::with_capacity(spec.ssh_keys.len());
        for key in &spec.ssh_keys {
            keys.push(self.keep_key(key, &spec.owner, call).await?.name);
        }
        let request = Request::write(&doing, Method::POST, "/servers").json(self.body(spec, keys)?);
        let mut round = 0;
        loop {
            round += 1;
            let sent: Result<Started, Error> = self.client.json(&request, call).await;
            let error = match sent {
                Ok(started) => match &started.server {
                    Some(server) => return Ok(self.created(spec, server.id, &started)),
                    None => {
                        let text = "the answer names no server";
                        self.error(&doing, Failure::new(Kind::Protocol, text).maybe_applied())
                    }
                },
                Err(error) => error,
            };
            let lost = error.failure.effect == Effect::MaybeApplied;
            if lost || error.failure.kind == Kind::AlreadyExists {
                // It may well be there, made by this very attempt.
                if let Some(creation) = self.adopt(spec, call).await.map_err(unsure)? {
                    return Ok(creation);
                }
            }
            let again = (lost && error.failure.kind != Kind::Protocol) || is_too_soon(&error);
            if !again || round >= ROUNDS || !self.pause(round, call).await {
                return Err(self.with_alternatives(spec, error, call).await);
            }
        }
    }

    fn body(&self, spec: &ServerSpec, keys: Vec<String>) -> Result<Value, Error> {
        let mut networks = Vec::with_capacity(spec.attachments.len());
        for attachment in &spec.attachments {
            networks.push(self.number("network", &attachment.network)?);
        }
        let with_addresses = !wanted_addresses(self, spec)?.is_empty();
        let public = spec.public_v4 != PublicV4::None || spec.public_v6;
        let mut body = json!({
            "name": spec.name,
            "server_type": spec.machine,
            "image": spec.image,
            "location": spec.place,
            "labels": labels::mark(&spec.owner, &spec.tags, &spec.labels),
            "ssh_keys": keys,
            "public_net": {
                "enable_ipv4": spec.public_v4 != PublicV4::None,
                "enable_ipv6": spec.public_v6,
            },
            // With addresses to attach first, so that the boot script finds its network.
            "start_after_create": !with_addresses,
        });
        // Which address a network named here gives is Hetzner's choice. Without any public address
        // there must be one; it is exchanged before the start.
        if !with_addresses || !public {
            body["networks"] = json!(networks);
        }
        if let PublicV4::Reserved(id) = &spec.public_v4 {
            body["public_net"]["ipv4"] = json!(self.number("address", id)?);
        }
        if let Some(script) = &spec.boot_script {
            body["user_data"] = json!(script.expose_secret());
        }
        Ok(body)
    }

    fn created(&self, spec: &ServerSpec, id: u64, started: &Started) -> Creation {
        let goal = goal(self, spec);
        Creation::new(id.to_string(), Some(self.ticket(&Work::new(started).server(id, goal))))
    }

    /// The server that an interrupted attempt has made, if there is one.
    async fn adopt(&self, spec: &ServerSpec, call: Call) -> Result<Option<Creation>, Error> {
        let Some(server) = self.server_named(spec.name.as_str(), call).await? else {
            return Ok(None);
        };
        let doing = format!("create server {}", spec.name);
        let (owner, _, _) = labels::unmark(server.labels.clone());
        self.ours(&doing, &spec.owner, owner.as_deref())?;
        let ticket = (!is_complete(self, spec, &server)).then(|| {
            let work = Work::without_actions(Goal::Done).server(server.id, goal(self, spec));
            self.ticket(&work)
        });
        Ok(Some(Creation::adopted(server.id.to_string(), ticket)))
    }

    /// A pause before the next round; false when there is no time for it.
    async fn pause(&self, round: u32, call: Call) -> bool {
        let clock = self.client.clock();
        let at = clock.now() + self.backoff.pause(round - 1);
        if !call.may_write(at) {
            return false;
        }
        clock.sleep_until(at).await;
        true
    }

    /// No capacity here: say where the same type is to be had.
    async fn with_alternatives(&self, spec: &ServerSpec, mut error: Error, call: Call) -> Error {
        if error.failure.kind != Kind::NoCapacity {
            return error;
        }
        match self.offers(&spec.machine, call).await {
            Ok(offers) => {
                let others = offers.into_iter().filter(|place| *place != spec.place);
                error.failure.alternatives = others.collect();
            }
            Err(why) => tracing::debug!(provider = self.id, %why, "no alternatives known"),
        }
        error
    }
}

/// The private addresses that are asked for by number.
fn wanted_addresses(
    cloud: &HetznerCloud,
    spec: &ServerSpec,
) -> Result<Vec<(u64, Ipv4Addr)>, Error> {
    let mut wanted = Vec::new();
    for attachment in &spec.attachments {
        if let Some(address) = attachment.address {
            wanted.push((cloud.number("network", &attachment.network)?, address));
        }
    }
    Ok(wanted)
}

fn goal(cloud: &HetznerCloud, spec: &ServerSpec) -> Goal {
    // The ids were read before the server was asked for.
    match wanted_addresses(cloud, spec) {
        Ok(wanted) if !wanted.is_empty() => Goal::Attached(wanted),
        _ => Goal::Running,
    }
}

/// Whether nothing is left to do for a server that was there already. One that runs, or was
/// switched off with all its addresses, is complete.
fn is_complete(cloud: &HetznerCloud, spec: &ServerSpec, server: &WireServer) -> bool {
    let settled = matches!(server.status(), Status::Running | Status::Off) && !server.locked;
    let wanted = wanted_addresses(cloud, spec).unwrap_or_default();
    let attached =
        wanted.iter().all(|(network, address)| server.address_in(*network) == Some(*address));
    // A server is made off only to be attached; once that is done it has been started.
    let started = wanted.is_empty() || server.status() == Status::Running;
    settled && attached && started
}

/// A subnet made a moment ago is not yet known to whoever makes servers: "network N has no free IP
/// available or is in a different network zone".
fn is_too_soon(error: &Error) -> bool {
    let failure = &error.failure;
    failure.kind == Kind::Invalid
        && failure.retry == Retry::Never
        && failure.message.contains("no free IP")
}
