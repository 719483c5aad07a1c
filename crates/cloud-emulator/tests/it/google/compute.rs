//! Compute Engine.

mod access;
mod addresses;
mod catalogue;
mod faults;
mod instances;
mod lists;
mod networks;
mod operations;
mod settings;

use std::time::Duration;

use cloud_emulator::Options;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Google, refused, send, with_json};

const ZONE: &str = "/zones/europe-west3-a";
const REGION: &str = "/regions/europe-west3";

/// An emulator where everything has ended by the time it is answered.
async fn instant() -> Google {
    let zero = Duration::ZERO;
    let options =
        Options { change_delay: zero, server_delay: zero, boot_delay: zero, ..Options::default() };
    Google::with(options).await
}

impl Google {
    /// A request below the project at Compute Engine, with the configured token.
    async fn call(&self, method: Method, path: &str, body: Value) -> Answer {
        let info = self.emulator.info();
        let url = self.url(&format!("/compute/v1/projects/{}{path}", info.project));
        let request = self.http.request(method, url).bearer_auth(&info.tokens.google);
        send(if body.is_null() { request } else { with_json(request, &body) }).await
    }

    async fn look(&self, path: &str) -> Answer {
        self.call(Method::GET, path, Value::Null).await
    }

    async fn make(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, body).await
    }

    async fn remove(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, Value::Null).await
    }

    /// Makes something whose operation must have succeeded by the time it is answered.
    async fn made(&self, path: &str, body: Value) -> Value {
        let operation = self.make(path, body).await.ok();
        assert_eq!(operation["status"], "DONE", "{operation}");
        assert!(operation["error"].is_null(), "{operation}");
        operation
    }

    /// The network `edge` with the subnetwork `web` of 10.20.0.0/24 in europe-west3.
    async fn network(&self) {
        let body = json!({"name": "edge", "autoCreateSubnetworks": false});
        self.made("/global/networks", body).await;
        let body = json!({"name": "web", "network": "global/networks/edge", "ipCidrRange": "10.20.0.0/24"});
        self.made(&format!("{REGION}/subnetworks"), body).await;
    }

    /// The instance as it is now.
    async fn see(&self, name: &str) -> Value {
        self.look(&format!("{ZONE}/instances/{name}")).await.ok()
    }
}

/// The smallest instance of the network above, and what else it shall have.
fn wish(name: &str, more: Value) -> Value {
    let mut body = json!({
        "name": name,
        "machineType": "zones/europe-west3-a/machineTypes/e2-small",
        "disks": [{"boot": true, "autoDelete": true, "initializeParams": {
            "sourceImage": "projects/debian-cloud/global/images/family/debian-12",
        }}],
        "networkInterfaces": [{
            "subnetwork": "regions/europe-west3/subnetworks/web",
            "accessConfigs": [{"type": "ONE_TO_ONE_NAT", "name": "External NAT"}],
        }],
    });
    for (member, value) in more.as_object().expect("an object") {
        body[member] = value.clone();
    }
    body
}

fn nat_ip(instance: &Value) -> &Value {
    &instance["networkInterfaces"][0]["accessConfigs"][0]["natIP"]
}
