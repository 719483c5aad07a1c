//! Sites with servers at both clouds: a dead one is fenced, also after `kill -9`, and what a
//! standby costs is told.
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_api::{
    Attachment, ComputeProvider, Creation, GoogleCompute, HetznerCloud, Name, NetworkSpec, Owner,
    Range, ServerSpec, Status, SubnetSpec,
};
use cloud_http::{Call, HttpOptions, HttpTransport, StaticToken};
use schwenk::http::auth::hash;

use crate::crash::{TOKEN, Watcher, complete, ready};
use crate::harness::PATIENCE;
use crate::process::{Service, configure, run, schwenk};

fn call() -> Call {
    Call::until(Instant::now() + PATIENCE)
}

fn owner() -> Owner {
    Owner::parse("acme").expect("an owner")
}

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

/// Emulated clouds in which servers are quick.
fn clouds() -> Service {
    let quick = ["--action-delay", "10ms", "--server-delay", "50ms", "--boot-delay", "10ms"];
    Service::start(schwenk(&["emulate", "--json"]).args(quick))
}

async fn done(cloud: &dyn ComputeProvider, made: Creation) -> String {
    if let Some(ticket) = &made.ticket {
        cloud.settle(ticket, call()).await.expect("settled");
    }
    made.id
}

fn google(clouds: &Service) -> GoogleCompute {
    let transport = Arc::new(HttpTransport::new(HttpOptions::default()).expect("a transport"));
    let token = StaticToken::new(clouds.text("/tokens/google").into());
    GoogleCompute::builder(clouds.text("/project"), Arc::new(token), transport)
        .endpoint(clouds.text("/google"))
        .polling(Duration::from_millis(10), Duration::from_millis(100))
        .build()
}

fn hetzner(clouds: &Service) -> HetznerCloud {
    let transport = Arc::new(HttpTransport::new(HttpOptions::default()).expect("a transport"));
    HetznerCloud::builder(clouds.text("/tokens/hetzner").into(), transport)
        .endpoint(clouds.text("/hetzner"))
        .polling(Duration::from_millis(10), Duration::from_millis(100))
        .build()
        .expect("a client")
}

/// A server at each cloud; Google's needs a network.
async fn servers(google: &GoogleCompute, hetzner: &HetznerCloud) {
    let networks = google.networks().expect("networks");
    let range = |text| Range::parse(text).expect("a range");
    let spec = NetworkSpec::new(name("home"), owner(), range("10.9.0.0/16"));
    let network = done(google, networks.create_network(&spec, call()).await.expect("made")).await;
    let inner = range("10.9.1.0/24");
    let spec = SubnetSpec::new(&network, name("home"), owner(), "europe-west3-a", inner);
    let subnet = done(google, networks.create_subnet(&spec, call()).await.expect("made")).await;
    let spec =
        |title, place, machine| ServerSpec::new(name(title), owner(), place, machine, "debian-12");
    let mut london = spec("acme-london-1", "europe-west3-a", "e2-small");
    london.attachments.push(Attachment::new(&network, &subnet));
    done(google, google.create(&london, call()).await.expect("made")).await;
    let falkenstein = spec("acme-fsn-1", "fsn1", "cx23");
    done(hetzner, hetzner.create(&falkenstein, call()).await.expect("made")).await;
}

async fn status(cloud: &dyn ComputeProvider, name: &str) -> Status {
    let all = cloud.servers(None, call()).await.expect("an answer");
    all.into_iter().find(|server| server.name == name).expect("it is there").status
}

/// The usual configuration, with servers behind both sites.
fn with_servers(dir: &Path, clouds: &Service) -> PathBuf {
    let path = configure(dir, clouds, &hash(TOKEN).expect("a hash"));
    let plain = std::fs::read_to_string(&path).expect("readable");
    let behind = |site: &str, cloud: &str, server: &str, more: &str| {
        format!("name = \"{site}\"\ncloud = \"{cloud}\"\nservers = [\"{server}\"]\n{more}")
    };
    let text = plain
        .replacen("name = \"one\"", &behind("one", "google", "acme-london-1", ""), 1)
        .replacen("name = \"two\"", &behind("two", "hetzner", "acme-fsn-1", ""), 1)
        .replacen(
            "[[services.checks]]",
            "[services.policy]\nfence = \"before\"\n[[services.checks]]",
            1,
        );
    assert_ne!(text, plain);
    std::fs::write(&path, text).expect("it can be written");
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_site_is_fenced_at_its_cloud_also_after_kill_9() {
    let directory = tempfile::tempdir().expect("a directory");
    let clouds = clouds();
    let (google, hetzner) = (google(&clouds), hetzner(&clouds));
    servers(&google, &hetzner).await;
    let config = with_servers(directory.path(), &clouds);
    let first = Watcher::start(&config, &clouds);
    first.until("ready", ready).await;
    first.kills_site(&clouds).await;
    // Wherever it stands: the fence is under way, done, or not decided yet.
    first.until("down", |view| view["sites"][0]["verdict"] == "down").await;
    first.service.kill();
    let second = Watcher::start(&config, &clouds);
    second.until("complete", complete).await;
    assert_eq!(status(&google, "acme-london-1").await, Status::Off);
    assert_eq!(status(&hetzner, "acme-fsn-1").await, Status::Running);
    let kept = watcher::power_changes(&directory.path().join("journal.db")).expect("readable");
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!((kept[0].act, kept[0].site.as_str()), (watcher::Act::Fence, "one"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_is_priced_and_no_time_is_made_up() {
    let directory = tempfile::tempdir().expect("a directory");
    let clouds = clouds();
    servers(&google(&clouds), &hetzner(&clouds)).await;
    let config = with_servers(directory.path(), &clouds);
    let config = config.to_str().expect("text");
    let token = clouds.text("/tokens/hetzner");
    let said = run(schwenk(&["standby", "--config", config]).env("HCLOUD_TOKEN", &token));
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("not measured yet"), "{said:?}");
    assert!(said.out.contains("hetzner: a server is billed until it is deleted"), "{said:?}");
    assert!(said.out.contains("google: this API shows no prices"), "{said:?}");
    let said =
        run(schwenk(&["standby", "--json", "-c", config]).env("HCLOUD_TOKEN", &token)).json();
    let rows = said.as_array().expect("rows");
    let row = |site: &str, standby: &str| {
        let found = rows.iter().find(|row| row["site"] == site && row["standby"] == standby);
        found.unwrap_or_else(|| panic!("no {site} {standby} in {said:#}"))
    };
    let (hot, cold) = (row("two", "hot"), row("two", "cold"));
    assert_eq!(hot["currency"], "EUR");
    assert!(hot["monthly"].as_str().is_some_and(|cost| cost.parse::<f64>().is_ok_and(|c| c > 1.0)));
    assert_eq!(hot["monthly"], cold["monthly"], "at Hetzner a server that is off costs the same");
    assert_eq!((&hot["started_ms"], &hot["configured"]), (&0.into(), &true.into()));
    assert!(cold["started_ms"].is_null() && cold["total_ms"].is_null());
    assert!(row("one", "cold")["monthly"].is_null());
}
