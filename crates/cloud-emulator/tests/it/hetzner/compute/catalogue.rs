//! What there is to be had, where, and what it costs.

use cloud_emulator::{Cloud, Fault};
use serde_json::{Value, json};

use super::instant;

#[tokio::test]
async fn locations_types_and_images_are_found_by_name_and_number() {
    let hetzner = instant().await;
    for (many, one, name) in [
        ("locations", "location", "nbg1"),
        ("server_types", "server_type", "cax11"),
        ("images", "image", "debian-12"),
    ] {
        let list = hetzner.get(&format!("/{many}?name={name}")).await;
        let found = &list.json[many][0];
        assert_eq!(found["name"], name);
        assert!(list.json["meta"]["pagination"]["total_entries"].is_u64());
        let same = hetzner.get(&format!("/{many}/{}", found["id"])).await;
        assert_eq!(same.json[one], *found);
        hetzner.get(&format!("/{many}/999999999")).await.is_error(404, "not_found");
        assert_eq!(hetzner.get(&format!("/{many}?name=nothing")).await.ids(many).len(), 0);
    }
    assert_eq!(hetzner.get("/images?name=debian-12").await.ids("images").len(), 2);
    hetzner.get("/datacenters").await.is_error(410, "deprecated_api_endpoint");
}

#[tokio::test]
async fn prices_are_decimal_strings_and_the_same_in_both_places() {
    let hetzner = instant().await;
    let pricing = hetzner.get("/pricing").await.json["pricing"].clone();
    assert_eq!(pricing["currency"], "EUR");
    let types = hetzner.get("/server_types?per_page=50").await.json["server_types"].clone();
    for kind in types.as_array().unwrap() {
        let same = |one: &&Value| one["id"] == kind["id"];
        let priced = pricing["server_types"].as_array().unwrap().iter().find(same).unwrap();
        assert_eq!(priced["prices"], kind["prices"]);
        for price in kind["prices"].as_array().unwrap() {
            let amount = |which: &str| {
                price[which]["net"].as_str().unwrap().parse::<f64>().expect("a decimal string")
            };
            assert!(amount("price_hourly") * 730.0 > amount("price_monthly"), "{kind}");
        }
    }
}

#[tokio::test]
async fn an_announced_stock_out_shows_in_the_list_of_types() {
    let hetzner = instant().await;
    hetzner.emulator.faults().set(Fault::StockOut {
        cloud: Cloud::Hetzner,
        place: Some("fsn1".to_owned()),
        server_type: Some("cx23".to_owned()),
        announced: true,
    });
    let kind = hetzner.get("/server_types?name=cx23").await.json["server_types"][0].clone();
    for place in kind["locations"].as_array().unwrap() {
        assert_eq!(place["available"], json!(place["name"] != "fsn1"), "{place}");
    }
}
