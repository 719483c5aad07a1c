//! The HTTP switch: everything a method can break can be broken with `curl`.

use cloud_emulator::{Cloud, Emulator, Fault, Options};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::quick;

async fn start() -> Emulator {
    quick::start(Options::default()).await
}

async fn call(emulator: &Emulator, method: Method, body: &str) -> (u16, Value) {
    let request = Client::new().request(method, &emulator.info().fault).body(body.to_owned());
    let response = request.send().await.expect("the switch answers");
    let status = response.status().as_u16();
    let text = response.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

#[tokio::test]
async fn faults_are_added_listed_and_removed() {
    let emulator = start().await;
    let (kill, slow) = (
        json!({"fault": "site_killed", "site": "one"}),
        json!({"fault": "slow", "cloud": "google", "millis": 5}),
    );
    assert_eq!(call(&emulator, Method::GET, "").await, (200, json!([])));
    assert_eq!(call(&emulator, Method::POST, &kill.to_string()).await, (200, json!([kill])));
    let both = json!([kill, slow]);
    assert_eq!(
        call(&emulator, Method::POST, &json!([slow]).to_string()).await,
        (200, both.clone())
    );
    assert_eq!(call(&emulator, Method::GET, "").await, (200, both));
    assert_eq!(call(&emulator, Method::DELETE, &kill.to_string()).await, (200, json!([slow])));
    assert_eq!(call(&emulator, Method::DELETE, "").await, (200, json!([])));
    assert_eq!(emulator.faults().active(), []);
}

#[tokio::test]
async fn every_documented_form_is_understood() {
    let emulator = start().await;
    let manual = include_str!("../../../../docs/reference/emulator.md");
    let forms: Vec<Value> = manual
        .lines()
        .filter(|line| line.starts_with("{\"fault\":"))
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect();
    let kinds: std::collections::BTreeSet<&str> =
        forms.iter().filter_map(|form| form["fault"].as_str()).collect();
    assert_eq!(kinds.len(), 31, "the manual shows {kinds:?}");
    for form in forms {
        let (status, active) = call(&emulator, Method::POST, &form.to_string()).await;
        assert_eq!(status, 200, "{form}: {active}");
        let (status, active) = call(&emulator, Method::DELETE, &form.to_string()).await;
        assert_eq!((status, active), (200, json!([])), "{form}");
    }
}

#[tokio::test]
async fn what_the_manual_shows_as_json_is_what_the_types_write() {
    let counted = Fault::ActionError { cloud: Cloud::Google, count: 2 };
    let text = serde_json::to_value(&counted).expect("JSON");
    assert_eq!(text, json!({"fault": "action_error", "cloud": "google", "count": 2}));
    let back: Fault = serde_json::from_value(json!({"fault": "action_error"})).expect("a fault");
    assert_eq!(back, Fault::ActionError { cloud: Cloud::Hetzner, count: 1 });
}

#[tokio::test]
async fn nonsense_is_refused_with_an_explanation_and_changes_nothing() {
    let emulator = start().await;
    for (body, complaint) in [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("7", "not a fault"),
        ("{}", "missing field `fault`"),
        (r#"{"fault": "earthquake"}"#, "unknown variant `earthquake`"),
        (r#"{"fault": "api_down"}"#, "missing field `cloud`"),
        (r#"{"fault": "api_down", "cloud": "aws"}"#, "unknown variant `aws`"),
        (r#"{"fault": "api_down", "cloud": "google", "x": 1}"#, "unknown field `x`"),
        (r#"{"fault": "answer", "cloud": "google", "status": 200}"#, "between 300 and 599"),
        (r#"{"fault": "answer", "cloud": "google", "status": 500, "count": 0}"#, "at least 1"),
        (r#"{"fault": "site_killed", "site": "three"}"#, "the sites are: one, two"),
        (r#"{"fault": "site_status", "site": "one", "status": 99}"#, "between 200 and 599"),
    ] {
        let (status, answer) = call(&emulator, Method::POST, body).await;
        assert_eq!(status, 400, "{body}");
        let error = answer["error"].as_str().unwrap_or_default();
        assert!(error.contains(complaint), "{body}: {error}");
    }
    assert_eq!(emulator.faults().active(), []);
}

#[tokio::test]
async fn setting_a_fault_again_replaces_it_and_its_count_goes_down_as_it_is_used() {
    let emulator = start().await;
    let fault = |count| {
        json!({"fault": "answer", "cloud": "hetzner", "status": 503, "count": count}).to_string()
    };
    call(&emulator, Method::POST, &fault(5)).await;
    call(&emulator, Method::POST, &fault(2)).await;
    let zones = || Client::new().get(format!("{}/zones", emulator.info().hetzner)).send();
    assert_eq!(zones().await.expect("an answer").status(), 503);
    let (_, active) = call(&emulator, Method::GET, "").await;
    assert_eq!((active[0]["count"].clone(), active.as_array().map(Vec::len)), (json!(1), Some(1)));
    // The count given when mending does not matter.
    assert_eq!(call(&emulator, Method::DELETE, &fault(9)).await, (200, json!([])));
    assert_eq!(zones().await.expect("an answer").status(), 401);
}

#[tokio::test]
async fn the_state_that_is_shown_can_be_started_with() {
    let first = start().await;
    let text = async |emulator: &Emulator| {
        let response = Client::new().get(&emulator.info().state).send().await.expect("an answer");
        response.text().await.expect("a body")
    };
    let shown = text(&first).await;
    assert!(shown.contains("127.0.10.1") && shown.contains("ns-cloud-b1"), "{shown}");
    let state = serde_json::from_str(&shown).expect("a state");
    let second = Emulator::start(Options { state: Some(state), ..Options::default() }).await;
    let second = second.expect("an emulator with the first one's zones");
    let parsed = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    assert_eq!(parsed(&text(&second).await), parsed(&shown));
}
