//! Making servers: actions, adoption, lost answers, capacity.
use std::net::Ipv4Addr;

use cloud_api::{Attachment, ComputeProvider, Effect, Kind, Power, SshKey, Status};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{TOKEN, action, client, error, list, server, shown, web};
use crate::script::Script;
use crate::support::{call, name, owner};

fn made() -> Value {
    json!({"server": server("initializing", "cx23"), "action": action(8001, "running"),
        "next_actions": [action(8002, "running")], "root_password": "hunter2-hunter2"})
}

fn nobody(script: &Script) {
    script.reply("GET /servers?name=web-1", 200, list("servers", &[]));
}

#[tokio::test]
async fn a_server_is_ready_when_all_its_actions_are_and_it_runs() {
    let script = Script::default();
    nobody(&script);
    script
        .reply("POST /servers", 201, made())
        .reply("GET /actions?id=8001", 200, json!({"actions": [action(8001, "success")]}))
        .reply("GET /actions?id=8002", 200, json!({"actions": [action(8002, "running")]}))
        .reply("GET /actions?id=8002", 200, json!({"actions": [action(8002, "success")]}))
        .reply("GET /servers/501", 200, shown("starting", "cx23"))
        .reply("GET /servers/501", 200, shown("running", "cx23"));
    let hetzner = client(&script);
    let mut spec = web();
    spec.boot_script = Some(SecretString::from("#!/bin/sh\n"));
    let creation = hetzner.create(&spec, call()).await.unwrap();
    let ticket = creation.ticket.unwrap();
    assert!(!format!("{ticket:?}").contains("hunter2"));
    let found = hetzner.settle(&ticket, call()).await.unwrap().server.unwrap();
    assert_eq!((found.id.as_str(), found.place.as_str()), ("501", "fsn1"));
    assert_eq!(found.public_v6, Some("2001:db8:7::1".parse().unwrap()));
    let body = script.body("POST /servers");
    assert_eq!(body["location"], "fsn1");
    assert_eq!(body.get("datacenter"), None);
    assert_eq!(body["user_data"], "#!/bin/sh\n");
    assert_eq!(body["labels"]["schwenk-owner"], "acme");
    script.finished();
}

#[tokio::test]
async fn a_server_made_without_an_answer_is_adopted_and_not_made_twice() {
    let script = Script::default();
    nobody(&script);
    script.lose("POST /servers").reply(
        "GET /servers?name=web-1",
        200,
        list("servers", &[server("starting", "cx23")]),
    );
    let hetzner = client(&script);
    let creation = hetzner.create(&web(), call()).await.unwrap();
    assert!(creation.adopted);
    script.reply("GET /servers/501", 200, shown("running", "cx23"));
    let settled = hetzner.settle(&creation.ticket.unwrap(), call()).await.unwrap();
    assert_eq!(settled.server.unwrap().status, Status::Running);
    assert_eq!(script.count("POST"), 1);
    script.finished();
}

#[tokio::test]
async fn a_request_lost_on_its_way_is_sent_again_after_a_look() {
    let script = Script::default();
    nobody(&script);
    script.lose("POST /servers");
    nobody(&script);
    script.reply("POST /servers", 201, made());
    assert!(!client(&script).create(&web(), call()).await.unwrap().adopted);
    script.finished();
}

#[tokio::test]
async fn a_name_of_somebody_else_is_taken() {
    let script = Script::default();
    let mut foreign = server("running", "cx23");
    foreign["labels"] = json!({"schwenk-owner": "other"});
    script.reply("GET /servers?name=web-1", 200, list("servers", &[foreign]));
    let failure = client(&script).create(&web(), call()).await.unwrap_err().failure;
    assert_eq!((failure.kind, failure.effect), (Kind::AlreadyExists, Effect::NotApplied));
    assert!(failure.message.contains("other's"), "{failure}");
    assert_eq!(script.count("POST"), 0);
}

#[tokio::test]
async fn no_capacity_names_where_there_is_some_and_a_limit_does_not() {
    let script = Script::default();
    nobody(&script);
    let offer = |name: &str, available: bool| json!({"name": name, "available": available});
    let offers = [offer("fsn1", true), offer("nbg1", true), offer("hel1", false)];
    script.reply("POST /servers", 412, error("resource_unavailable")).reply(
        "GET /server_types",
        200,
        list("server_types", &[json!({"id": 114, "name": "cx23", "locations": offers})]),
    );
    let failure = client(&script).create(&web(), call()).await.unwrap_err().failure;
    assert_eq!(
        (failure.kind, failure.alternatives.as_slice()),
        (Kind::NoCapacity, &["nbg1".to_owned()][..])
    );
    nobody(&script);
    script.reply("POST /servers", 403, error("resource_limit_exceeded"));
    let failure = client(&script).create(&web(), call()).await.unwrap_err().failure;
    assert_eq!(failure.kind, Kind::Quota);
    script.finished();
}

#[tokio::test]
async fn keys_are_kept_first_and_the_same_key_goes_by_its_present_name() {
    let script = Script::default();
    nobody(&script);
    let line = format!("ssh-ed25519 {}", "A".repeat(68));
    let kept = json!({"id": 7, "name": "old-name", "public_key": format!("{line} a comment")});
    script.reply("GET /ssh_keys", 200, list("ssh_keys", &[kept])).reply(
        "POST /servers",
        201,
        made(),
    );
    let mut spec = web();
    spec.ssh_keys.push(SshKey::new(name("ops"), "root", format!("{line} another comment")));
    client(&script).create(&spec, call()).await.unwrap();
    assert_eq!(script.body("POST /servers")["ssh_keys"], json!(["old-name"]));
    script.finished();
}

#[tokio::test]
async fn a_server_with_a_wanted_address_is_attached_before_it_starts() {
    let script = Script::default();
    nobody(&script);
    let wanted = Ipv4Addr::new(10, 20, 0, 5);
    let with_address = |status: &str| {
        let mut server = server(status, "cx23");
        server["private_net"] = json!([{"network": 991, "ip": "10.20.0.5", "alias_ips": []}]);
        json!({"server": server})
    };
    let done = |id| json!({"action": action(id, "success")});
    script
        .reply(
            "POST /servers",
            201,
            json!({"server": server("initializing", "cx23"),
            "action": action(8001, "success"), "next_actions": []}),
        )
        .reply("GET /servers/501", 200, shown("off", "cx23"))
        // The subnet was made a moment ago.
        .reply("POST /servers/501/actions/attach_to_network", 422, error("no_subnet_available"))
        .reply("POST /servers/501/actions/attach_to_network", 201, done(8003))
        .reply("GET /servers/501", 200, with_address("off"))
        .reply("POST /servers/501/actions/poweron", 201, done(8004))
        .reply("GET /servers/501", 200, with_address("running"));
    let hetzner = client(&script);
    let mut spec = web();
    spec.attachments.push(Attachment::new("991", "991/10.20.0.0/24").address(wanted));
    let ticket = hetzner.create(&spec, call()).await.unwrap().ticket.unwrap();
    let body = script.body("POST /servers");
    assert_eq!(body["start_after_create"], json!(false));
    assert_eq!(body.get("networks"), None);
    let server = hetzner.settle(&ticket, call()).await.unwrap().server.unwrap();
    assert_eq!(server.private[0].address, wanted);
    let attach = script.body("POST /servers/501/actions/attach_to_network");
    assert_eq!(attach, json!({"network": 991, "ip": "10.20.0.5"}));
    script.finished();
}

#[tokio::test]
async fn servers_are_listed_page_by_page_for_their_owner() {
    let script = Script::default();
    let mut first = list("servers", &[server("running", "cx23")]);
    first["meta"]["pagination"]["next_page"] = json!(2);
    let mut odd = server("brand_new_status", "cx23");
    odd["id"] = json!(502);
    script
        .reply("GET /servers?label_selector=schwenk-owner%3Dacme&page=1&per_page=50", 200, first)
        .reply(
            "GET /servers?label_selector=schwenk-owner%3Dacme&page=2&per_page=50",
            200,
            list("servers", &[odd, json!({"id": "no number"})]),
        );
    let servers = client(&script).servers(Some(&owner()), call()).await.unwrap();
    let seen: Vec<_> = servers.iter().map(|s| (s.id.as_str(), s.status.clone())).collect();
    let other = Status::Other("brand_new_status".to_owned());
    assert_eq!(seen, [("501", Status::Running), ("502", other)]);
    script.finished();
}

#[tokio::test]
async fn the_token_is_in_no_message() {
    let script = Script::default();
    let echo =
        format!("Limit of '3600' requests per hour for token '{}...' reached.", &TOKEN[..32]);
    for _ in 0..4 {
        script.reply(
            "GET /servers/501",
            429,
            json!({"error": {"code": "rate_limit_exceeded", "message": echo}}),
        );
    }
    let hetzner = client(&script);
    let error = hetzner.power("501", Power::Start, crate::support::short()).await.unwrap_err();
    assert!(!format!("{error} {error:?} {hetzner:?}").contains(&TOKEN[..12]), "{error}");
    assert_eq!(error.failure.kind, Kind::RateLimited);
}
