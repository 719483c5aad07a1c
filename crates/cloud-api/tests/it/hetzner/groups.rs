//! Networks, openings, addresses, images, types and prices.
use cloud_api::{
    AddressSpec, Amount, Architecture, ComputeProvider, Kind, NetworkSpec, OpeningSpec, Priced,
    Retry, SubnetSpec,
};
use serde_json::{Value, json};

use super::{action, client, error, list};
use crate::script::Script;
use crate::support::{call, name, owner, range};

fn locations() -> Value {
    list(
        "locations",
        &[
            json!({"id": 1, "name": "fsn1", "network_zone": "eu-central"}),
            json!({"id": 4, "name": "ash", "network_zone": "us-east"}),
        ],
    )
}

fn network(subnets: &[&str]) -> Value {
    let subnets: Vec<Value> = subnets
        .iter()
        .map(|range| json!({"type": "cloud", "ip_range": range, "network_zone": "eu-central"}))
        .collect();
    json!({"network": {"id": 991, "name": "edge", "ip_range": "10.20.0.0/16", "subnets": subnets,
        "labels": {"schwenk-owner": "acme"}}})
}

#[tokio::test]
async fn a_subnet_is_in_the_zone_of_its_location_and_waited_for_until_shown() {
    let script = Script::default();
    script
        .reply("GET /locations", 200, locations())
        .reply("GET /networks/991", 200, network(&[]))
        // Two changes of one network at once.
        .reply("POST /networks/991/actions/add_subnet", 409, error("conflict"))
        .reply(
            "POST /networks/991/actions/add_subnet",
            201,
            json!({"action": action(5, "running")}),
        )
        .reply("GET /actions?id=5", 200, json!({"actions": [action(5, "success")]}))
        .reply("GET /networks/991", 200, network(&[]))
        .reply("GET /networks/991", 200, network(&["10.20.1.0/24"]));
    let hetzner = client(&script);
    let spec = SubnetSpec::new("991", name("web"), owner(), "fsn1", range("10.20.1.0/24"));
    let creation = hetzner.networks().unwrap().create_subnet(&spec, call()).await.unwrap();
    assert_eq!(creation.id, "991/10.20.1.0/24");
    hetzner.settle(&creation.ticket.unwrap(), call()).await.unwrap();
    let body = script.body("POST /networks/991/actions/add_subnet");
    assert_eq!(body["network_zone"], "eu-central");
    script.finished();
}

#[tokio::test]
async fn a_network_that_exists_is_adopted() {
    let script = Script::default();
    script.reply("POST /networks", 409, error("uniqueness_error")).reply(
        "GET /networks?name=edge",
        200,
        list("networks", &[network(&[])["network"].clone()]),
    );
    let spec = NetworkSpec::new(name("edge"), owner(), range("10.20.0.0/16"));
    let hetzner = client(&script);
    let creation = hetzner.networks().unwrap().create_network(&spec, call()).await.unwrap();
    assert!(creation.adopted);
    assert_eq!(creation.id, "991");
    script.finished();
}

#[tokio::test]
async fn a_subnet_in_use_is_busy_and_not_hammered() {
    let script = Script::default();
    script.reply("GET /networks/991", 200, network(&["10.20.1.0/24"])).reply(
        "POST /networks/991/actions/delete_subnet",
        422,
        error("service_error"),
    );
    let hetzner = client(&script);
    let networks = hetzner.networks().unwrap();
    let failure = networks.delete_subnet("991/10.20.1.0/24", call()).await.unwrap_err().failure;
    assert_eq!((failure.kind, failure.retry), (Kind::Busy, Retry::Later));
    script.finished();
}

#[tokio::test]
async fn an_opening_is_taken_off_its_servers_before_it_goes() {
    let script = Script::default();
    let selector = json!({"type": "label_selector", "server": null,
        "label_selector": {"selector": "schwenk-owner=acme"}});
    script
        .reply(
            "GET /firewalls/38",
            200,
            json!({"firewall": {"id": 38, "name": "all",
            "rules": [], "applied_to": [selector]}}),
        )
        .reply(
            "POST /firewalls/38/actions/remove_from_resources",
            201,
            json!({"actions": [action(6, "success")]}),
        )
        .reply("DELETE /firewalls/38", 422, error("resource_in_use"))
        .reply("DELETE /firewalls/38", 204, Value::Null);
    let hetzner = client(&script);
    let ticket = hetzner.openings().unwrap().close("38", call()).await.unwrap().unwrap();
    hetzner.settle(&ticket, call()).await.unwrap();
    let body = script.body("POST /firewalls/38/actions/remove_from_resources");
    assert_eq!(
        body,
        json!({"remove_from": [{"type": "label_selector",
        "label_selector": {"selector": "schwenk-owner=acme"}}]})
    );
    script.finished();
}

#[tokio::test]
async fn opening_everything_means_every_port_from_everywhere() {
    let script = Script::default();
    script.reply(
        "POST /firewalls",
        201,
        json!({"firewall": {"id": 38}, "actions":
        [action(6, "success"), action(7, "success")]}),
    );
    let hetzner = client(&script);
    let spec = OpeningSpec::everything(name("all"), owner(), "991");
    let creation = hetzner.openings().unwrap().open(&spec, call()).await.unwrap();
    hetzner.settle(&creation.ticket.unwrap(), call()).await.unwrap();
    assert_eq!(
        script.body("POST /firewalls")["rules"][0],
        json!({"direction": "in",
        "protocol": "tcp", "port": "1-65535", "source_ips": ["0.0.0.0/0"]})
    );
    script.finished();
}

#[tokio::test]
async fn an_address_stays_when_its_server_goes_and_cannot_go_before() {
    let script = Script::default();
    script.reply("POST /primary_ips", 201, json!({"primary_ip": {"id": 42}, "action": null}));
    let hetzner = client(&script);
    let addresses = hetzner.addresses().unwrap();
    let spec = AddressSpec::new(name("web"), owner(), "fsn1");
    let creation = addresses.reserve(&spec, call()).await.unwrap();
    assert_eq!((creation.id.as_str(), creation.ticket), ("42", None));
    let body = script.body("POST /primary_ips");
    assert_eq!((&body["auto_delete"], &body["type"]), (&json!(false), &json!("ipv4")));
    let ip = |id: u64, kind: &str, ip: &str| {
        json!({"id": id, "name": "web", "ip": ip,
        "type": kind, "location": {"id": 1, "name": "fsn1"}, "assignee_type": "server",
        "assignee_id": 501, "labels": {"schwenk-owner": "acme"}})
    };
    script
        .reply(
            "GET /primary_ips",
            200,
            list("primary_ips", &[ip(42, "ipv4", "203.0.113.10"), ip(43, "ipv6", "2001:db8::/64")]),
        )
        .reply("DELETE /primary_ips/42", 422, error("must_be_unassigned"));
    let all = addresses.addresses(Some(&owner()), call()).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].server.as_deref(), all[0].region.as_str()), (Some("501"), "fsn1"));
    let failure = addresses.release("42", call()).await.unwrap_err().failure;
    assert_eq!(failure.kind, Kind::Busy);
    script.finished();
}

#[tokio::test]
async fn types_are_shown_where_they_are_offered() {
    let script = Script::default();
    let offers = json!([
        {"id": 1, "name": "fsn1", "available": true,
            "deprecation": {"announced": "x", "unavailable_after": "2027-01-01T00:00:00Z"}},
        {"id": 4, "name": "ash", "available": false, "deprecation": null}]);
    let cax = json!({"id": 45, "name": "cax11", "cores": 2, "memory": 4.0, "disk": 40.0,
        "architecture": "arm", "locations": offers});
    for _ in 0..2 {
        script.reply("GET /locations", 200, locations()).reply(
            "GET /server_types",
            200,
            list("server_types", std::slice::from_ref(&cax)),
        );
    }
    let hetzner = client(&script);
    let here = hetzner.machines("fsn1", call()).await.unwrap();
    assert_eq!((here[0].memory_mib, here[0].disk_gb), (4096, Some(40)));
    assert_eq!(here[0].architecture, Some(Architecture::Arm));
    assert!(here[0].available && here[0].note.as_ref().unwrap().contains("2027-01-01"));
    assert!(!hetzner.machines("ash", call()).await.unwrap()[0].available);
    script.reply("GET /locations", 200, locations());
    let failure = hetzner.machines("mars", call()).await.unwrap_err().failure;
    assert!(failure.message.contains("there are fsn1, ash"), "{failure}");
    script.finished();
}

#[tokio::test]
async fn one_image_name_stands_for_each_architecture() {
    let script = Script::default();
    let image = |architecture: &str| {
        json!({"id": 1, "name": "debian-12", "type": "system",
        "status": "available", "architecture": architecture, "deprecated": null})
    };
    script.reply("GET /images?name=debian-12", 200, list("images", &[image("x86"), image("arm")]));
    let found = client(&script).image("debian-12", call()).await.unwrap().unwrap();
    assert_eq!(found.architectures, [Architecture::X86, Architecture::Arm]);
    script.finished();
}

#[tokio::test]
async fn prices_are_net_and_exact() {
    let script = Script::default();
    let price = |location: &str, monthly: &str| {
        json!({"location": location,
        "price_hourly": {"net": "0.0061000000", "gross": "0.0072590000000000"},
        "price_monthly": {"net": monthly, "gross": "4.5101000000000000"}})
    };
    script.reply(
        "GET /pricing",
        200,
        json!({"pricing": {"currency": "EUR", "vat_rate": "19.00",
        "server_types": [{"id": 1, "name": "cx23", "prices":
            [price("fsn1", "3.7900000000"), price("ash", "not a number")]}],
        "primary_ips": [{"type": "ipv4", "prices": [price("fsn1", "0.5000000000")]},
            {"type": "ipv8", "prices": [price("fsn1", "1")]}]}}),
    );
    let hetzner = client(&script);
    let prices = hetzner.pricing().unwrap().prices(call()).await.unwrap();
    assert_eq!((prices.currency.as_str(), prices.prices.len()), ("EUR", 2));
    let server = prices.of(&Priced::Machine("cx23".to_owned()), "fsn1").unwrap();
    assert_eq!(server.monthly, Amount::parse("3.79").unwrap());
    assert_eq!(server.hourly, Some(Amount::parse("0.0061").unwrap()));
    assert_eq!(prices.of(&Priced::AddressV4, "fsn1").unwrap().monthly.cents(), "0.50");
}
