//! What each vendor is sent, as its page describes it.
use notify::{
    Channel, Kind, Matrix, Message, Ntfy, PagerDuty, Slack, Telegram, Webhook, WebhookOptions,
    signature,
};
use secrecy::SecretString;

use crate::receiver::{Receiver, Seen, message, ok, soon, status, transport};

#[tokio::test]
async fn matrix_is_sent_the_same_transaction_at_each_try() {
    let server = Receiver::start(vec![ok(r#"{"event_id": "$abc"}"#)]).await;
    let token = SecretString::from("syt_secret-token");
    let channel = Matrix::new(&server.url, "!ops:example.com", token, transport());
    let raised = message(Kind::Raised);
    for _ in 0..2 {
        channel.deliver(&raised, soon()).await.expect("delivered");
    }
    channel.deliver(&Message { quiet: true, ..raised }, soon()).await.expect("delivered");
    let seen = server.seen();
    let path = "/_matrix/client/v3/rooms/%21ops%3Aexample.com/send/m.room.message/5f0c2d";
    assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("PUT", path));
    assert_eq!(seen[1].path, path, "so that the server shows it once");
    assert_eq!(seen[0].header("authorization"), "Bearer syt_secret-token");
    let body = seen[0].json();
    assert_eq!(body["msgtype"], "m.text");
    assert!(body["body"].as_str().expect("a text").starts_with("CRITICAL app: london is down"));
    let html = body["formatted_body"].as_str().expect("HTML");
    assert!(html.contains("london is down &lt;&amp; out&gt;"), "{html}");
    assert_eq!(seen[2].json()["msgtype"], "m.notice", "which does not ring");
    assert!(channel.is_idempotent());
}

#[tokio::test]
async fn slack_gets_a_text_in_which_nothing_is_markup_by_accident() {
    let server = Receiver::start(vec![ok("ok")]).await;
    let url = SecretString::from(format!("{}/services/T0/B0/hook-secret", server.url));
    let channel = Slack::new(url, transport()).expect("a channel");
    channel.deliver(&message(Kind::Over), soon()).await.expect("delivered");
    let seen = server.seen();
    assert_eq!(seen[0].path, "/services/T0/B0/hook-secret");
    let text = seen[0].json()["text"].as_str().expect("a text").to_owned();
    assert!(text.starts_with("*OVER app: london is down &lt;&amp; out&gt;"), "{text}");
    assert!(text.contains("It lasted 2 min."), "{text}");
}

#[tokio::test]
async fn ntfy_rings_as_loud_as_it_is_urgent_and_keeps_the_topic_out_of_the_url() {
    let server = Receiver::start(vec![ok("{}")]).await;
    let token = Some(SecretString::from("tk_secret"));
    let channel = Ntfy::new(&server.url, "hidden-topic", token, transport());
    channel.deliver(&message(Kind::Raised), soon()).await.expect("delivered");
    channel.deliver(&message(Kind::Test), soon()).await.expect("delivered");
    let seen = server.seen();
    assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("POST", "/"));
    assert_eq!(seen[0].header("authorization"), "Bearer tk_secret");
    let body = seen[0].json();
    assert_eq!((&body["topic"], &body["priority"]), (&"hidden-topic".into(), &5.into()));
    assert_eq!(body["click"], "https://schwenk.example.com");
    assert_eq!(seen[1].json()["priority"], 2);
}

#[tokio::test]
async fn pagerduty_opens_and_resolves_one_incident_by_its_key() {
    let server = Receiver::start(vec![status(202, r#"{"status": "success"}"#)]).await;
    let key = SecretString::from("R0123456789ABCDEF");
    let channel = PagerDuty::new(key, transport()).endpoint(&server.url);
    for kind in [Kind::Raised, Kind::Over, Kind::Test] {
        channel.deliver(&message(kind), soon()).await.expect("delivered");
    }
    let bodies: Vec<_> = server.seen().iter().map(Seen::json).collect();
    assert_eq!(server.seen()[0].path, "/v2/enqueue");
    let actions: Vec<_> = bodies.iter().map(|body| body["event_action"].clone()).collect();
    assert_eq!(actions, ["trigger", "resolve", "trigger", "resolve"]);
    assert_eq!(bodies[0]["routing_key"], "R0123456789ABCDEF");
    assert_eq!(bodies[0]["dedup_key"], "schwenk/app/site/london");
    assert_eq!(bodies[1]["dedup_key"], bodies[0]["dedup_key"]);
    assert_ne!(bodies[2]["dedup_key"], bodies[0]["dedup_key"], "a test ends no real incident");
    assert_eq!(bodies[2]["payload"]["severity"], "info");
    let payload = &bodies[0]["payload"];
    assert_eq!((&payload["severity"], &payload["source"]), (&"critical".into(), &"fra-1".into()));
    assert_eq!(payload["timestamp"], "2026-11-29T00:00:00Z");
}

#[tokio::test]
async fn telegram_is_sent_a_plain_text_to_the_chat() {
    let server = Receiver::start(vec![ok(r#"{"ok": true}"#)]).await;
    let token = SecretString::from("123456:telegram-secret");
    let channel = Telegram::new(token, "-1001", transport()).endpoint(&server.url);
    let long = Message { text: "ä".repeat(5000), ..message(Kind::Raised) };
    channel.deliver(&long, soon()).await.expect("delivered");
    let seen = server.seen();
    assert_eq!(seen[0].path, "/bot123456:telegram-secret/sendMessage");
    let body = seen[0].json();
    assert_eq!((&body["chat_id"], &body["disable_notification"]), (&"-1001".into(), &false.into()));
    assert_eq!(body["text"].as_str().expect("a text").chars().count(), 4096, "its limit");
}

#[tokio::test]
async fn a_webhook_is_signed_over_moment_and_body_and_names_the_message() {
    let server = Receiver::start(vec![status(204, "")]).await;
    let secret = SecretString::from("whsec");
    let mut options = WebhookOptions::new(format!("{}/hook?from=schwenk", server.url).into());
    options.secret = Some(secret.clone());
    let channel = Webhook::new(options, transport()).expect("a channel");
    channel.deliver(&message(Kind::Reminder), soon()).await.expect("delivered");
    let seen = server.seen();
    assert_eq!(seen[0].path, "/hook?from=schwenk");
    assert_eq!(seen[0].header("x-schwenk-delivery"), "5f0c2d");
    let signed = seen[0].header("x-schwenk-signature");
    let moment = signed.strip_prefix("t=").and_then(|rest| rest.split_once(','));
    let seconds: u64 = moment.expect("a moment").0.parse().expect("seconds");
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
    assert_eq!(signature(&secret, at, seen[0].body.as_bytes()), signed);
    let other = SecretString::from("other");
    assert_ne!(signature(&other, at, seen[0].body.as_bytes()), signed);
    let body = seen[0].json();
    assert_eq!((&body["kind"], &body["severity"]), (&"reminder".into(), &"critical".into()));
    assert_eq!((&body["service"], &body["key"]), (&"app".into(), &"app/site/london".into()));
    assert_eq!(body["text"], "london is down <& out>: \"refused\".");
    assert_eq!(
        (&body["at"], &body["since"]),
        (&"2026-11-29T00:00:00Z".into(), &"2026-11-28T23:58:00Z".into())
    );
}

#[tokio::test]
async fn a_template_makes_the_body_and_a_wrong_one_is_refused_before_it_is_needed() {
    let server = Receiver::start(vec![ok("")]).await;
    let with = |template: &str, content_type: Option<&str>| {
        let mut options = WebhookOptions::new(server.url.clone().into());
        options.template = Some(template.to_owned());
        options.content_type = content_type.map(str::to_owned);
        Webhook::new(options, transport())
    };
    let channel = with(r#"{"content": {{ headline | tojson }}}"#, None).expect("a channel");
    channel.deliver(&message(Kind::Raised), soon()).await.expect("delivered");
    let body = server.seen()[0].json();
    assert_eq!(body["content"], "CRITICAL app: london is down <& out>: \"refused\".");
    let plain = with("{{ severity }}: {{ text }}", Some("text/plain")).expect("a channel");
    plain.deliver(&message(Kind::Raised), soon()).await.expect("delivered");
    assert_eq!(server.seen()[1].body, "critical: london is down <& out>: \"refused\".");
    assert_eq!(server.seen()[1].header("content-type"), "text/plain");
    let refused = |template| with(template, None).expect_err(template).to_string();
    assert!(refused(r#"{"content": "{{ text }}"}"#).contains("gives no JSON"));
    assert!(refused("{{ txet }}").contains("cannot be used"));
    assert!(refused("{{ text ").contains("cannot be used"));
}
