//! An emulator, a client of it, and another writer.
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cloud_emulator::{Emulator, Fault, Options};
use cloud_http::{Backoff, Pacer, Rate, Transport};
use dns_provider::{
    Change, ChangeSet, DnsProvider, Expect, HetznerDns, HetznerDnsBuilder, Key, Outcome, Report,
    RrSet, Zone,
};
use secrecy::SecretString;
use serde_json::Value;

use super::spy::Spy;
use crate::support::{call, key, name, rrset};

pub struct World {
    pub emulator: Emulator,
    pub spy: Arc<Spy>,
    pub dns: HetznerDns,
    pub zone: Zone,
}

/// What the tests change: the zone comes with `app.schwenk.example A`.
pub fn app(values: &[&str], ttl: u32) -> RrSet {
    rrset("app.schwenk.example", "A", ttl, values)
}

pub fn app_key() -> Key {
    key("app.schwenk.example", "A")
}

impl World {
    pub async fn new() -> Self {
        let fast = Options { action_delay: Duration::from_millis(20), ..Options::default() };
        Self::with(fast).await
    }

    pub async fn with(options: Options) -> Self {
        let emulator = Emulator::start(options).await.expect("an emulator");
        let spy = Arc::new(Spy::new());
        let dns = client(&emulator, &spy).build().expect("a client");
        let info = emulator.info().zone.clone().expect("a zone");
        let id = info.hetzner.expect("a zone at Hetzner").id.to_string();
        let zone = Zone::new(id, name(&info.name), Vec::new());
        Self { emulator, spy, dns, zone }
    }

    pub fn fault(&self, json: Value) {
        let fault: Fault = serde_json::from_value(json).expect("a fault");
        self.emulator.faults().set(fault);
    }

    pub fn set(&self, changes: Vec<Change>) -> ChangeSet {
        ChangeSet::new(self.zone.clone(), changes)
    }

    pub async fn apply(&self, change: Change) -> Report {
        self.dns.apply(&self.set(vec![change]), call()).await.expect("a report")
    }

    /// Applies one change and says what became of it.
    pub async fn outcome(&self, change: Change) -> Outcome {
        self.apply(change).await.outcomes.remove(0).1
    }

    pub async fn settle(&self, report: &Report) {
        for ticket in &report.pending {
            self.dns.settle(ticket, call()).await.expect("a settled ticket");
        }
    }

    /// Puts `app` there and waits for it.
    pub async fn start_from(&self, rrset: &RrSet) {
        let report = self.apply(Change::put(rrset.clone(), Expect::Any)).await;
        self.settle(&report).await;
        self.spy.forget();
    }

    pub async fn stored(&self, key: &Key) -> Option<RrSet> {
        self.dns.rrset(&self.zone, key, call()).await.expect("an answer")
    }

    /// Another program with the same token, past our client.
    pub async fn other(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let info = self.emulator.info();
        let url = format!("{}/zones/{}{path}", info.hetzner, self.zone.id);
        let request = http::Request::builder()
            .method(method)
            .uri(url)
            .header("Authorization", format!("Bearer {}", info.tokens.hetzner))
            .header("Content-Type", "application/json");
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let deadline = Instant::now() + Duration::from_secs(30);
        let answer =
            Spy::new().send(request.body(body).unwrap(), deadline).await.expect("an answer");
        let json = serde_json::from_slice(answer.body()).unwrap_or(Value::Null);
        (answer.status().as_u16(), json)
    }
}

/// A client of `emulator` that loses no time in waiting.
pub fn client(emulator: &Emulator, spy: &Arc<Spy>) -> HetznerDnsBuilder {
    let transport: Arc<dyn Transport> = Arc::clone(spy) as Arc<dyn Transport>;
    let token = SecretString::from(emulator.info().tokens.hetzner.clone());
    HetznerDns::builder(token, transport)
        .endpoint(&emulator.info().hetzner)
        .pacer(Arc::new(Pacer::new(Rate::new(3600, 3600.0))))
        .backoff(Backoff::new(Duration::from_millis(10), Duration::from_millis(50), 20))
        .polling(Duration::from_millis(10), Duration::from_millis(200))
}
