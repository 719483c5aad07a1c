//! Servers and what belongs to them.

mod catalogue;
mod faults;
mod firewalls;
mod networks;
mod power;
mod primary_ips;
mod servers;
mod ssh_keys;

use std::time::Duration;

use cloud_emulator::Options;
use serde_json::{Value, json};

use super::{Answer, Hetzner};

/// A key that was made for this test and opens nothing.
const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

/// An emulator where everything has ended by the time it is answered.
async fn instant() -> Hetzner {
    let zero = Duration::ZERO;
    let options = Options {
        action_delay: zero,
        server_delay: zero,
        boot_delay: zero,
        publish_delay: zero,
        ..Options::default()
    };
    Hetzner::with(options).await
}

/// The smallest creation of a server, and what else it shall say.
fn wish(name: &str, more: Value) -> Value {
    let mut body = json!({
        "name": name, "server_type": "cx23", "image": "debian-12", "location": "fsn1",
    });
    for (member, value) in more.as_object().expect("an object") {
        body[member] = value.clone();
    }
    body
}

impl Hetzner {
    /// A new server; the answer that made it.
    async fn server(&self, name: &str, more: Value) -> Answer {
        let made = self.post("/servers", wish(name, more)).await;
        assert_eq!(made.status, 201, "{made:?}");
        made
    }

    /// The server as it is now.
    async fn see(&self, id: &Value) -> Value {
        let answer = self.get(&format!("/servers/{id}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json["server"].clone()
    }

    /// An action of a server.
    async fn act(&self, id: &Value, action: &str, body: Value) -> Answer {
        self.post(&format!("/servers/{id}/actions/{action}"), body).await
    }

    /// A network of 10.0.0.0/16 with the subnet 10.0.1.0/24 in the EU.
    async fn network(&self) -> Value {
        let subnet =
            json!({"type": "cloud", "network_zone": "eu-central", "ip_range": "10.0.1.0/24"});
        let body = json!({"name": "inner", "ip_range": "10.0.0.0/16", "subnets": [subnet]});
        let made = self.post("/networks", body).await;
        assert_eq!(made.status, 201, "{made:?}");
        made.json["network"]["id"].clone()
    }
}
