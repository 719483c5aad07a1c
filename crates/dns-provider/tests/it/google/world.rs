//! An emulator, a client of it, and another writer.
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cloud_emulator::{Emulator, Fault, Options};
use cloud_http::{Backoff, Pacer, StaticToken, Transport};
use dns_provider::google::GoogleDnsBuilder;
use dns_provider::{
    Change, ChangeSet, DnsProvider, Expect, GoogleDns, Key, Outcome, Report, RrSet, Zone,
};
use serde_json::{Value, json};

use super::tap::Tap;
use crate::support::{call, key, name, rrset};

pub struct World {
    pub emulator: Emulator,
    pub tap: Arc<Tap>,
    pub dns: GoogleDns,
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
        Self::with(Options { change_delay: Duration::from_millis(20), ..Options::default() }).await
    }

    pub async fn with(options: Options) -> Self {
        let emulator = Emulator::start(options).await.expect("an emulator");
        let tap = Tap::new();
        let dns = client(&emulator, &tap).build();
        let info = emulator.info().zone.clone().expect("a zone");
        let zone = Zone::new(info.google.expect("at Google").name, name(&info.name), Vec::new());
        Self { emulator, tap, dns, zone }
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

    /// Puts `rrset` there, whatever is there, and forgets that it happened.
    pub async fn start_from(&self, rrset: &RrSet) {
        let outcome = self.outcome(Change::put(rrset.clone(), Expect::Any)).await;
        assert!(outcome.is_done(), "{outcome:?}");
        self.tap.forget();
    }

    pub async fn stored(&self, key: &Key) -> Option<RrSet> {
        self.dns.rrset(&self.zone, key, call()).await.expect("an answer")
    }

    /// Another program with the same rights.
    pub fn other(&self) -> Other {
        let info = self.emulator.info();
        let base = format!("{}dns/v1/projects/{}/managedZones", info.google, info.project);
        Other { base, token: info.tokens.google.clone(), zone: self.zone.id.clone() }
    }
}

/// Another program that writes to the same project.
pub struct Other {
    base: String,
    token: String,
    zone: String,
}

impl Other {
    /// A request below `…/managedZones`.
    pub async fn send(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("Authorization", format!("Bearer {}", self.token))
            .header("Content-Type", "application/json");
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let deadline = Instant::now() + Duration::from_secs(60);
        let answer = Tap::new().send(request.body(body).unwrap(), deadline).await.unwrap();
        let json = serde_json::from_slice(answer.body()).unwrap_or(Value::Null);
        (answer.status().as_u16(), json)
    }

    /// Replaces `app A`, whatever is there.
    pub async fn put_app(self, values: &[&str], ttl: u32) {
        let rrset = json!({"name": "app.schwenk.example.", "type": "A", "ttl": ttl,
            "rrdatas": values});
        let path = format!("/{}/rrsets/app.schwenk.example./A", self.zone);
        let (status, answer) = self.send("PATCH", &path, rrset).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Removes `app A`.
    pub async fn remove_app(self) {
        let path = format!("/{}/rrsets/app.schwenk.example./A", self.zone);
        let (status, answer) = self.send("DELETE", &path, Value::Null).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// How many changes the zone has seen, the one that made it included.
    pub async fn changes(&self) -> usize {
        let path = format!("/{}/changes", self.zone);
        let (_, answer) = self.send("GET", &path, Value::Null).await;
        answer["changes"].as_array().map_or(0, Vec::len)
    }
}

/// A client of `emulator` that loses no time in waiting.
pub fn client(emulator: &Emulator, tap: &Arc<Tap>) -> GoogleDnsBuilder {
    let info = emulator.info();
    let tokens = Arc::new(StaticToken::new(info.tokens.google.clone().into()));
    GoogleDns::builder(&info.project, tokens, Arc::clone(tap) as Arc<dyn Transport>)
        .endpoint(&info.google)
        .pacer(Arc::new(Pacer::unlimited()))
        .backoff(Backoff::new(Duration::from_millis(5), Duration::from_millis(20), 20))
        .polling(Duration::from_millis(5), Duration::from_millis(50))
}
