//! Both clouds over real HTTP: the suite, and faults that only a server can play.
use std::sync::Arc;
use std::time::Duration;

use cloud_api::conformance::{self, Setting};
use cloud_api::{
    Attachment, ComputeProvider, GoogleCompute, HetznerCloud, Kind, NetworkSpec, Owner, Power,
    ServerSpec, Status, SubnetSpec, SystemClock,
};
use cloud_emulator::{Emulator, Options};
use cloud_http::{Backoff, HttpOptions, HttpTransport, Pacer, StaticToken};
use secrecy::SecretString;

use crate::support::{call, name, owner, range, short, spec};

const POLL: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(50));

async fn emulator() -> Emulator {
    let options = Options {
        action_delay: Duration::from_millis(10),
        server_delay: Duration::from_millis(20),
        boot_delay: Duration::from_millis(10),
        rate_limit_per_hour: 1_000_000,
        empty: true,
        ..Options::default()
    };
    Emulator::start(options).await.expect("an emulator")
}

fn transport() -> Arc<HttpTransport> {
    Arc::new(HttpTransport::new(HttpOptions::default()).expect("a transport"))
}

fn backoff() -> Backoff {
    Backoff::new(Duration::from_millis(10), Duration::from_millis(100), 50)
}

fn hetzner(emulator: &Emulator) -> HetznerCloud {
    let token = SecretString::from(emulator.info().tokens.hetzner.clone());
    HetznerCloud::builder(token, transport())
        .endpoint(&emulator.info().hetzner)
        .pacer(Arc::new(Pacer::unlimited()))
        .backoff(backoff())
        .polling(POLL.0, POLL.1)
        .build()
        .expect("a client")
}

fn google(emulator: &Emulator) -> GoogleCompute {
    let info = emulator.info();
    let tokens = StaticToken::new(SecretString::from(info.tokens.google.clone()));
    GoogleCompute::builder(&info.project, Arc::new(tokens), transport())
        .endpoint(&info.google)
        .pacer(Arc::new(Pacer::unlimited()))
        .backoff(backoff())
        .polling(POLL.0, POLL.1)
        // Several pages of everything.
        .page_size(2)
        .build()
}

/// A network of somebody else's for servers at Google: this project has no `default` one.
async fn home(google: &GoogleCompute) -> Attachment {
    let landlord = Owner::parse("landlord").expect("an owner");
    let networks = google.networks().expect("networks");
    let spec = NetworkSpec::new(name("home"), landlord.clone(), range("10.9.0.0/16"));
    let network = networks.create_network(&spec, call()).await.expect("a network");
    google.settle(&network.ticket.expect("work"), call()).await.expect("a network");
    let range = range("10.9.1.0/24");
    let spec = SubnetSpec::new("home", name("home"), landlord, "europe-west3-a", range);
    let subnet = networks.create_subnet(&spec, call()).await.expect("a subnet");
    google.settle(&subnet.ticket.expect("work"), call()).await.expect("a subnet");
    Attachment::new(network.id, subnet.id)
}

#[tokio::test]
async fn hetzner_passes_the_suite() {
    let emulator = emulator().await;
    let setting = Setting::new(owner(), "fsn1", ["cx23", "cx33"], "debian-12");
    let result = conformance::run(&hetzner(&emulator), &setting, &SystemClock).await;
    assert!(result.failed().is_empty(), "{result}");
}

#[tokio::test]
async fn google_passes_the_suite() {
    let emulator = emulator().await;
    let setting = Setting::new(owner(), "europe-west3-a", ["e2-small", "e2-medium"], "debian-12");
    let google = google(&emulator);
    let setting = setting.home(home(&google).await);
    let result = conformance::run(&google, &setting, &SystemClock).await;
    assert!(result.failed().is_empty(), "{result}");
}

fn fault(emulator: &Emulator, json: serde_json::Value) {
    emulator.faults().set(serde_json::from_value(json).expect("a fault"));
}

/// Both clouds, each with a server that is wanted there.
async fn both(emulator: &Emulator) -> [(Box<dyn ComputeProvider>, ServerSpec); 2] {
    let (hetzner, google) = (hetzner(emulator), google(emulator));
    let mut at_google = spec("europe-west3-a", "e2-small");
    at_google.attachments.push(home(&google).await);
    [(Box::new(hetzner), spec("fsn1", "cx23")), (Box::new(google), at_google)]
}

/// Makes the server `web-1` and waits for it; the failure, wherever it shows.
async fn refused(cloud: &dyn ComputeProvider, spec: &ServerSpec) -> cloud_api::Failure {
    let created = cloud.create(spec, call()).await;
    let ticket = match created {
        Err(error) => return error.failure,
        Ok(creation) => creation.ticket.expect("something to wait for"),
    };
    cloud.settle(&ticket, call()).await.expect_err("a refusal").failure
}

#[tokio::test]
async fn no_capacity_names_other_places_and_a_quota_does_not() {
    let emulator = emulator().await;
    for (cloud, spec) in both(&emulator).await {
        let id = cloud.id().to_owned();
        let stock_out = serde_json::json!({"fault": "stock_out", "cloud": id, "place": spec.place});
        fault(&emulator, stock_out);
        let failure = refused(&*cloud, &spec).await;
        assert_eq!(failure.kind, Kind::NoCapacity, "{id}: {failure}");
        let others = &failure.alternatives;
        assert!(!others.is_empty() && !others.contains(&spec.place), "{id}: {others:?}");
        emulator.faults().clear_all();
        fault(&emulator, serde_json::json!({"fault": "quota", "cloud": id}));
        let failure = refused(&*cloud, &spec).await;
        assert_eq!(failure.kind, Kind::Quota, "{id}: {failure}");
        emulator.faults().clear_all();
        let left = cloud.servers(Some(&owner()), call()).await.unwrap();
        assert!(left.is_empty(), "{id}: {left:?}");
    }
}

#[tokio::test]
async fn a_server_made_without_an_answer_is_made_once() {
    let emulator = emulator().await;
    for (cloud, spec) in both(&emulator).await {
        let id = cloud.id().to_owned();
        fault(&emulator, serde_json::json!({"fault": "drop_after_commit", "cloud": id}));
        let creation = cloud.create(&spec, call()).await.unwrap();
        let server = match &creation.ticket {
            Some(ticket) => cloud.settle(ticket, call()).await.unwrap().server.unwrap(),
            None => cloud.server(&creation.id, call()).await.unwrap().unwrap(),
        };
        assert_eq!(server.status, Status::Running, "{id}");
        assert_eq!(cloud.servers(Some(&owner()), call()).await.unwrap().len(), 1, "{id}");
    }
}

#[tokio::test]
async fn too_many_requests_are_waited_for() {
    let emulator = emulator().await;
    for (cloud, spec) in both(&emulator).await {
        let id = cloud.id().to_owned();
        let faulty = serde_json::json!({"fault": "rate_limited", "cloud": id, "count": 2});
        fault(&emulator, faulty);
        assert!(cloud.create(&spec, call()).await.is_ok(), "{id}");
        assert!(emulator.faults().active().is_empty(), "{id}: the fault has not struck");
    }
}

#[tokio::test]
async fn a_read_only_token_is_forbidden_to_write() {
    let emulator = emulator().await;
    for (cloud, spec) in both(&emulator).await {
        fault(&emulator, serde_json::json!({"fault": "read_only", "cloud": cloud.id()}));
        let failure = refused(&*cloud, &spec).await;
        assert_eq!(failure.kind, Kind::Forbidden, "{}: {failure}", cloud.id());
    }
}

#[tokio::test]
async fn a_system_that_does_not_listen_at_hetzner_is_powered_off() {
    let emulator = emulator().await;
    let cloud = hetzner(&emulator);
    let creation = cloud.create(&spec("fsn1", "cx23"), call()).await.unwrap();
    cloud.settle(&creation.ticket.unwrap(), call()).await.unwrap();
    fault(&emulator, serde_json::json!({"fault": "shutdown_ignored"}));
    let ticket = cloud.power(&creation.id, Power::Shutdown, call()).await.unwrap().unwrap();
    assert_eq!(cloud.settle(&ticket, short()).await.unwrap_err().failure.kind, Kind::Timeout);
    let ticket = cloud.power(&creation.id, Power::PowerOff, call()).await.unwrap().unwrap();
    let server = cloud.settle(&ticket, call()).await.unwrap().server.unwrap();
    assert_eq!(server.status, Status::Off);
}
