//! One failover, and where its time went.
use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dns_provider::{Key, Name, RecordType, propagation};
use serde_json::{Value, json};

use crate::etcd::Etcd;
use crate::stage::{Clouds, Program, providers};

/// How the active site dies.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// Connections are refused.
    Refused,
    /// Connections hang.
    BlackHole,
}

impl Break {
    pub fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::BlackHole => "black hole",
        }
    }

    fn fault(self) -> Value {
        let fault = match self {
            Self::Refused => "site_killed",
            Self::BlackHole => "site_black_hole",
        };
        json!({ "fault": fault, "site": "one" })
    }
}

/// Where the time of one failover went, in milliseconds.
pub struct Parts {
    /// From the kill to the verdict.
    pub detect: f64,
    /// From the verdict to the first attempt being on disk.
    pub decide: f64,
    /// From there to the last provider's acceptance, or to the answer if that comes first.
    pub api: f64,
    /// From the acceptance to the last name server's new answer.
    pub publish: f64,
    /// From the kill to the last name server's new answer.
    pub total: f64,
}

pub async fn one(
    preset: &str,
    manner: Break,
    lane: u8,
    phase: Duration,
    watchers: usize,
) -> Result<Parts, String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let clouds = Clouds::start(lane).await?;
    let config = providers(folder.path(), &clouds.info)? + &service(preset, &clouds.info);
    let etcd = if watchers > 1 { Some(Etcd::start(folder.path()).await?) } else { None };
    let mut all = Vec::new();
    for number in 0..watchers {
        let own = folder.path().join(format!("watcher{number}"));
        std::fs::create_dir(&own).map_err(|e| e.to_string())?;
        let (head, section) = match &etcd {
            Some(etcd) => group(number, watchers, etcd),
            None => (String::new(), String::new()),
        };
        all.push(Program::start(&own, &head, &(section + &config)).await?);
    }
    for watcher in &all {
        watcher.until(is_ready).await?;
    }
    let watcher = &all[0];
    // The candidate must have been up for two intervals.
    tokio::time::sleep(Duration::from_millis(2500) + phase).await;

    let zone = clouds.info["zone"]["name"].as_str().unwrap_or_default();
    let name = Name::parse(&format!("app.{zone}")).map_err(|e| e.to_string())?;
    let key = Key::new(name, RecordType::A);
    let two = clouds.info["sites"][1]["address"].as_str().unwrap_or_default().to_owned();
    let watched: Vec<_> = clouds
        .name_servers()
        .into_iter()
        .map(|server| tokio::spawn(until_answers(server, key.clone(), two.clone())))
        .collect();
    let killed = wall();
    clouds.fault(&manner.fault()).await?;
    let mut last: f64 = 0.0;
    for server in watched {
        last = last.max(server.await.map_err(|e| e.to_string())??);
    }
    // Name servers may answer before the provider says that it is done.
    watcher.until(is_ended).await?;
    parts(watcher, killed, last).await
}

/// What makes a watcher one of several: the top of its file, and a section.
fn group(number: usize, watchers: usize, etcd: &Etcd) -> (String, String) {
    let vantages: Vec<String> = (0..watchers).map(|number| format!("place{number}")).collect();
    let section = format!("[cluster]\nvantages = {vantages:?}\nendpoints = {:?}\n", etcd.endpoints);
    (format!("vantage = {:?}\n", vantages[number]), section)
}

fn service(preset: &str, info: &Value) -> String {
    let zone = info["zone"]["name"].as_str().unwrap_or_default();
    let mut text = format!(
        "[[services]]\nname = \"app\"\nrecord = \"app.{zone}\"\nzone = \"{zone}\"\nttl = 60\n\
         preset = \"{preset}\"\n"
    );
    for site in info["sites"].as_array().into_iter().flatten() {
        text += &format!(
            "[[services.sites]]\nname = {}\naddresses = [{}]\n",
            site["name"], site["address"]
        );
    }
    let port = &info["sites"][0]["port"];
    text += &format!(
        "[[services.checks]]\nkind = \"http\"\nport = {port}\ncontains = [\"dbworking\"]\n"
    );
    text
}

/// Both sites up, the answer known, nothing open.
fn is_ready(snapshot: &Value) -> bool {
    let view = &snapshot["services"][0]["view"];
    let sites = view["sites"].as_array();
    let up = sites.is_some_and(|s| !s.is_empty() && s.iter().all(|site| site["verdict"] == "up"));
    up && view["desired"] != 0 && view["open_move"].is_null()
}

/// The move was made, and is over at every provider.
fn is_ended(snapshot: &Value) -> bool {
    let view = &snapshot["services"][0]["view"];
    view["generation"] != 0 && view["open_move"].is_null()
}

/// The moment at which this name server first answers `value`.
async fn until_answers(server: SocketAddr, key: Key, value: String) -> Result<f64, String> {
    let give_up = wall() + 120_000.0;
    while wall() < give_up {
        let asked = propagation::ask(server, &key, false, Duration::from_millis(500)).await;
        if asked.is_ok_and(|reply| reply.values == [value.clone()]) {
            return Ok(wall());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Err(format!("{server} did not answer {value} within two minutes"))
}

async fn parts(watcher: &Program, killed: f64, answered: f64) -> Result<Parts, String> {
    let events = watcher.get("/api/v1/events?limit=200").await?;
    let mut list: Vec<&Value> = events["events"].as_array().into_iter().flatten().collect();
    list.reverse();
    let moment = |wanted: &dyn Fn(&Value) -> bool, last: bool| {
        let mut found = list.iter().filter(|record| wanted(&record["event"]));
        let record = if last { found.next_back() } else { found.next() };
        record.and_then(|record| record["at"].as_f64())
    };
    let missing = |what: &str| format!("the journal has no {what}");
    let kind = |event: &Value, kind: &str| event["kind"] == kind;
    let down = moment(&|e| kind(e, "verdict_changed") && e["to"] == "down", false);
    let started = moment(&|e| kind(e, "attempt_started"), true);
    let ended = moment(&|e| kind(e, "attempt_ended"), true);
    let down = down.ok_or_else(|| missing("verdict"))?;
    let started = started.ok_or_else(|| missing("attempt"))?;
    let ended = ended.ok_or_else(|| missing("end of an attempt"))?;
    Ok(Parts {
        detect: down - killed,
        decide: started - down,
        api: ended.min(answered) - started,
        publish: (answered - ended).max(0.0),
        total: answered - killed,
    })
}

/// Milliseconds since the epoch; the watcher's journal counts the same way.
fn wall() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64() * 1000.0
}
