//! The events of the live stream, pinned, and what they amount to.
use std::sync::Arc;

use failover_core::{
    CheckId, Sample, SampleSeries, ServiceSnapshot, SiteId, Snapshot, Timestamp, VantageId, View,
};
use serde_json::{Value, json};
use web_api::changes::{Change, Picture, Teller, apply};

use crate::pinned::pinned;

fn moment(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn sample(at: u64, latency_ms: Option<f32>) -> Sample {
    let text = latency_ms.is_none().then(|| "connection refused".to_owned());
    Sample { at: moment(at), ok: latency_ms.is_some(), latency_ms, text }
}

fn service(name: &str, samples: Vec<Sample>) -> ServiceSnapshot {
    ServiceSnapshot {
        view: View::empty(name.to_owned(), moment(1000)),
        name: format!("{name}.example.com"),
        ttl: 60,
        sites: Vec::new(),
        checks: Vec::new(),
        series: vec![SampleSeries {
            vantage: VantageId(0),
            site: SiteId(1),
            check: CheckId(2),
            what: "TCP 443".to_owned(),
            samples,
        }],
        published: Vec::new(),
        answers: Vec::new(),
        converged_at: None,
        losses: Vec::new(),
        false_failover: None,
    }
}

fn snapshot(number: u64, services: Vec<ServiceSnapshot>) -> Snapshot {
    Snapshot {
        number,
        at: moment(1000 + number),
        started: moment(900),
        version: "1.2.3".to_owned(),
        vantage: "here".to_owned(),
        journal_problem: None,
        alerts: Vec::new(),
        cluster: None,
        services,
        recent: Vec::new(),
    }
}

fn tell(teller: &mut Teller, snapshot: &Snapshot) -> Vec<Change> {
    teller.tell(Arc::new(Picture::of(Arc::new(snapshot.clone())).expect("JSON")))
}

fn json_of(events: &[Change]) -> Vec<Value> {
    let json = |event: &Change| serde_json::to_value(event).expect("JSON");
    let all: Vec<Value> = events.iter().map(json).collect();
    all.iter().for_each(pinned::<Change>);
    all
}

#[test]
fn the_first_event_has_everything_and_the_next_what_is_new() {
    let mut teller = Teller::new(2);
    let mut shop = service("shop", vec![sample(10, Some(1.5)), sample(20, Some(2.0))]);
    let first = json_of(&tell(&mut teller, &snapshot(7, vec![shop.clone()])));
    assert_eq!(first.len(), 1);
    let event = &first[0];
    assert_eq!(
        json!([event["event"], event["number"], event["at"], event["last"]]),
        json!([0, 7, 1007, true])
    );
    assert_eq!(
        event["snapshot"],
        json!([{
            "started": 900, "version": "1.2.3", "vantage": "here", "journal_problem": null,
            "alerts": [], "cluster": null, "recent": [],
        }])
    );
    let sent = &event["services"][0];
    assert_eq!(sent["place"], 0);
    assert_eq!(sent["samples"], json!([[0, 0, [[10, true, 1.5, null], [20, true, 2.0, null]]]]));
    let series = json!([{ "vantage": 0, "site": 1, "check": 2, "what": "TCP 443", "samples": [] }]);
    assert_eq!(sent["service"][0]["series"], series);
    assert_eq!(sent["service"][0]["view"].get("now"), None, "it is the event's moment");

    shop.view.moves_left = 3;
    shop.view.now = moment(1008);
    shop.series[0].samples = vec![sample(20, Some(2.0)), sample(30, None)];
    let next = json_of(&tell(&mut teller, &snapshot(8, vec![shop.clone()])));
    assert_eq!(
        next,
        [json!({
            "event": 1, "number": 8, "at": 1008, "last": true,
            "services": [{
                "place": 0,
                "service": { "view": { "moves_left": [3] } },
                "samples": [[0, 1, [[30, false, null, "connection refused"]]]],
            }],
        })]
    );
    shop.view.now = moment(1009);
    let quiet = json_of(&tell(&mut teller, &snapshot(9, vec![shop])));
    assert_eq!(quiet, [json!({ "event": 2, "number": 9, "at": 1009, "last": true })]);
}

/// The document is that of the snapshot but for what the description says.
#[test]
fn nothing_of_a_snapshot_is_forgotten() {
    let all = snapshot(1, vec![service("shop", vec![sample(10, Some(1.0))])]);
    let event = tell(&mut Teller::new(40), &all).remove(0);
    let mut got = Value::Null;
    apply(&mut got, event.snapshot.expect("all of it")).expect("it fits");
    let sent = event.services.into_iter().next().expect("one");
    let mut shop = Value::Null;
    apply(&mut shop, sent.service.expect("all of it")).expect("it fits");
    shop["view"]["now"] = json!(1000);
    let mut samples = Vec::new();
    sent.samples.into_iter().next().expect("one").apply(&mut samples).expect("it fits");
    shop["series"][0]["samples"] = serde_json::to_value(samples).expect("JSON");
    got["number"] = json!(event.number);
    got["at"] = json!(event.at);
    got["services"] = json!([shop]);
    assert_eq!(got, serde_json::to_value(&all).expect("JSON"));
}

#[test]
fn many_services_come_in_pieces_and_their_samples_afterwards() {
    let samples = |count: u64| (0..count).map(|at| sample(at, Some(at as f32))).collect();
    let services = (0..60).map(|place| service(&format!("app-{place}"), samples(40)));
    let all = snapshot(1, services.collect());
    let mut teller = Teller::new(40);
    let first = tell(&mut teller, &all);
    assert!(!teller.is_complete());
    let rest = tell(&mut teller, &all);
    assert!(teller.is_complete());
    for events in [&first, &rest] {
        assert!(events.len() > 1, "no event is large");
        let last = events.iter().map(|event| event.last).collect::<Vec<_>>();
        assert!(last.iter().rev().skip(1).all(|last| !last) && last.ends_with(&[true]));
        let largest = events.iter().map(|event| json!(event).to_string().len()).max();
        assert!(largest.is_some_and(|bytes| bytes < 40_000), "{largest:?}");
    }
    let numbers = first.iter().chain(&rest).map(|event| event.event);
    assert!(numbers.eq(0..(first.len() + rest.len()) as u64), "none is left out");
    let places = |events: &[Change], with_samples: bool| {
        let services = events.iter().flat_map(|event| &event.services);
        let services = services.filter(|service| service.samples.is_empty() != with_samples);
        services.map(|service| service.place).collect::<Vec<_>>()
    };
    assert_eq!(places(&first, true), (0..8).collect::<Vec<_>>());
    assert_eq!(places(&first, false), (8..60).collect::<Vec<_>>());
    assert_eq!(places(&rest, true), (8..60).collect::<Vec<_>>());
    assert_eq!(places(&rest, false), [0; 0], "nothing else has changed");
    assert_eq!(tell(&mut teller, &snapshot(2, Vec::new()))[0].event, 0, "other services");
}
