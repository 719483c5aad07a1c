//! From the API to the name servers, and name servers that fail.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cloud_emulator::{Cloud, Emulator, Fault, Options};
use hickory_proto::op::ResponseCode;
use serde_json::json;

use super::{A, PATIENCE, SILENCE, ask, hetzner, question, rcode, server, start, tcp, udp_within};

const APP: &str = "app.schwenk.example";

/// Sets `app` at Hetzner and returns the action's id.
async fn set(emulator: &Emulator, address: &str) -> u64 {
    let info = emulator.info();
    let url = format!("{}/zones/schwenk.example/rrsets/app/A/actions/set_records", info.hetzner);
    let body = json!({"records": [{"value": address}]}).to_string();
    let request = reqwest::Client::new().post(url).bearer_auth(&info.tokens.hetzner).body(body);
    let response = request.send().await.expect("the API answers");
    assert_eq!(response.status(), 201);
    let text = response.text().await.expect("a body");
    let answer: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    answer["action"]["id"].as_u64().expect("an id")
}

async fn address(server: SocketAddr) -> String {
    ask(server, APP, A).await.answers[0].data.to_string()
}

async fn until(server: SocketAddr, expected: &str) {
    let started = Instant::now();
    while address(server).await != expected {
        assert!(started.elapsed() < PATIENCE, "{expected} is not published");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn delays(action: u64, publish: u64) -> Options {
    Options {
        action_delay: Duration::from_millis(action),
        publish_delay: Duration::from_millis(publish),
        ..Options::default()
    }
}

#[tokio::test]
async fn a_change_is_answered_after_action_and_publication_and_not_before() {
    let emulator = start(delays(200, 200)).await;
    let started = Instant::now();
    set(&emulator, "192.0.2.1").await;
    until(hetzner(&emulator), "192.0.2.1").await;
    assert!(started.elapsed() >= Duration::from_millis(400), "{:?}", started.elapsed());
    // The other cloud knows nothing of it.
    assert_eq!(address(server(&emulator, Cloud::Google)).await, "127.0.10.1");
}

#[tokio::test]
async fn a_failed_action_publishes_nothing_and_a_hanging_one_only_when_let_go() {
    let emulator = start(delays(0, 0)).await;
    emulator.faults().set(Fault::ActionError { cloud: Cloud::Hetzner, count: 1 });
    set(&emulator, "192.0.2.1").await;
    assert_eq!(address(hetzner(&emulator)).await, "127.0.10.1");
    emulator.faults().set(Fault::ActionHang { cloud: Cloud::Hetzner });
    set(&emulator, "192.0.2.2").await;
    tokio::time::sleep(SILENCE).await;
    assert_eq!(address(hetzner(&emulator)).await, "127.0.10.1");
    emulator.faults().clear_all();
    until(hetzner(&emulator), "192.0.2.2").await;
}

#[tokio::test]
async fn an_older_hanging_action_does_not_undo_a_newer_one() {
    let emulator = start(delays(0, 0)).await;
    emulator.faults().set(Fault::ActionHang { cloud: Cloud::Hetzner });
    let first = set(&emulator, "192.0.2.1").await;
    emulator.faults().clear_all();
    set(&emulator, "192.0.2.2").await;
    let info = emulator.info();
    let started = Instant::now();
    loop {
        let url = format!("{}/actions/{first}", info.hetzner);
        let request = reqwest::Client::new().get(url).bearer_auth(&info.tokens.hetzner);
        let text = request.send().await.expect("an answer").text().await.expect("a body");
        if text.contains("\"success\"") {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "{text}");
    }
    assert_eq!(address(hetzner(&emulator)).await, "192.0.2.2");
}

#[tokio::test]
async fn publication_can_be_held_up_and_let_go() {
    let emulator = start(delays(0, 0)).await;
    let held = Fault::PublishDelay { cloud: Cloud::Hetzner, millis: 3_600_000 };
    emulator.faults().set(held.clone());
    set(&emulator, "192.0.2.1").await;
    tokio::time::sleep(SILENCE).await;
    assert_eq!(address(hetzner(&emulator)).await, "127.0.10.1");
    emulator.faults().clear(&held);
    assert_eq!(address(hetzner(&emulator)).await, "192.0.2.1");
}

#[tokio::test]
async fn a_publication_delay_set_later_does_not_take_back_what_is_published() {
    let emulator = start(delays(0, 0)).await;
    set(&emulator, "192.0.2.1").await;
    emulator.faults().set(Fault::PublishDelay { cloud: Cloud::Hetzner, millis: 3_600_000 });
    assert_eq!(address(hetzner(&emulator)).await, "192.0.2.1");
}

#[tokio::test]
async fn dead_name_servers_are_silent_on_both_transports_while_the_api_lives() {
    let emulator = start(delays(0, 0)).await;
    let dead = Fault::DnsDown { cloud: Cloud::Hetzner };
    emulator.faults().set(dead.clone());
    let asked = question(APP, A);
    assert_eq!(udp_within(hetzner(&emulator), &asked, SILENCE).await, None);
    let over_tcp = tcp(hetzner(&emulator), std::slice::from_ref(&asked));
    assert!(tokio::time::timeout(SILENCE, over_tcp).await.is_err());
    set(&emulator, "192.0.2.1").await;
    assert_eq!(address(server(&emulator, Cloud::Google)).await, "127.0.10.1");
    emulator.faults().clear(&dead);
    assert_eq!(address(hetzner(&emulator)).await, "192.0.2.1");
}

#[tokio::test]
async fn a_deleted_zone_is_refused_and_a_new_one_served() {
    let emulator = start(delays(0, 0)).await;
    let info = emulator.info();
    let http = reqwest::Client::new();
    let url = format!("{}/zones", info.hetzner);
    let body = json!({"name": "new.example", "mode": "primary",
                      "rrsets": [{"name": "@", "type": "A", "records": [{"value": "192.0.2.1"}]}]});
    let create = http.post(&url).bearer_auth(&info.tokens.hetzner).body(body.to_string());
    assert_eq!(create.send().await.expect("an answer").status(), 201);
    let served = ask(hetzner(&emulator), "new.example", A).await;
    // Without a TTL of its own the zone's: 3600.
    assert_eq!((served.answers.len(), served.answers[0].ttl), (1, 3600));
    let delete = http.delete(format!("{url}/new.example")).bearer_auth(&info.tokens.hetzner);
    assert_eq!(delete.send().await.expect("an answer").status(), 201);
    let gone = ask(hetzner(&emulator), "new.example", A).await;
    assert_eq!(rcode(&gone), ResponseCode::Refused);
}
