//! Pages, filters and sorting.

use serde_json::json;

use super::{Hetzner, RRSETS, rrset};

async fn with_sets(number: usize) -> Hetzner {
    let hetzner = Hetzner::start().await;
    for place in 0..number {
        let mut set = rrset(&format!("h{place:02}"), "A", &["192.0.2.1"]);
        set["labels"] = json!({"parity": if place % 2 == 0 { "even" } else { "odd" }});
        assert_eq!(hetzner.post(RRSETS, set).await.status, 201);
    }
    hetzner
}

#[tokio::test]
async fn a_page_says_where_it_stands_in_the_body_and_in_the_link_header() {
    let hetzner = with_sets(7).await;
    // SOA, NS, app and seven more: ten.
    let middle = hetzner.get(&format!("{RRSETS}?page=2&per_page=3&type=A&type=NS&type=SOA")).await;
    assert_eq!(
        middle.json["meta"]["pagination"],
        json!({"page": 2, "per_page": 3, "previous_page": 1, "next_page": 3, "last_page": 4,
               "total_entries": 10})
    );
    assert_eq!(middle.json["rrsets"].as_array().map(Vec::len), Some(3));
    let base = format!("{}{RRSETS}", hetzner.emulator.info().hetzner);
    let rest = "per_page=3&type=A&type=NS&type=SOA";
    let expected = format!(
        "<{base}?page=1&{rest}>; rel=\"prev\", <{base}?page=3&{rest}>; rel=\"next\", \
         <{base}?page=4&{rest}>; rel=\"last\""
    );
    assert_eq!(middle.header("link"), expected);
    let first = hetzner.get(&format!("{RRSETS}?per_page=3")).await;
    assert_eq!(first.json["meta"]["pagination"]["previous_page"], json!(null));
    let last = hetzner.get(&format!("{RRSETS}?page=4&per_page=3")).await;
    assert_eq!(last.json["meta"]["pagination"]["next_page"], json!(null));
    assert_eq!(last.json["rrsets"].as_array().map(Vec::len), Some(1));
    let beyond = hetzner.get(&format!("{RRSETS}?page=9")).await;
    assert_eq!((beyond.status, &beyond.json["rrsets"]), (200, &json!([])));
}

#[tokio::test]
async fn following_next_page_visits_everything_once() {
    let hetzner = with_sets(7).await;
    let (mut seen, mut page) = (Vec::new(), json!(1));
    while !page.is_null() {
        let answer = hetzner.get(&format!("{RRSETS}?page={page}&per_page=4")).await;
        seen.extend(answer.ids("rrsets"));
        page = answer.json["meta"]["pagination"]["next_page"].clone();
    }
    let all = hetzner.get(&format!("{RRSETS}?per_page=100")).await;
    assert_eq!(seen, all.ids("rrsets"));
    assert_eq!(seen.len(), 10);
}

#[tokio::test]
async fn pages_hold_25_and_at_most_50_but_100_rrsets() {
    let hetzner = Hetzner::start().await;
    for (path, most) in [("/zones", 50), (RRSETS, 100), ("/zones/actions", 50)] {
        let size = async |query: &str| {
            let answer = hetzner.get(&format!("{path}{query}")).await;
            answer.json["meta"]["pagination"]["per_page"].clone()
        };
        assert_eq!(size("").await, 25);
        assert_eq!(size("?per_page=500").await, most);
        hetzner.get(&format!("{path}?per_page=0")).await.refuses("per_page");
        hetzner.get(&format!("{path}?page=x")).await.refuses("page");
    }
    let none = hetzner.get("/zones?name=none.example").await;
    assert_eq!(none.json["meta"]["pagination"]["last_page"], 1);
    assert_eq!(none.json["meta"]["pagination"]["total_entries"], 0);
}

#[tokio::test]
async fn rrsets_are_filtered_by_name_types_and_labels() {
    let hetzner = with_sets(4).await;
    let ids = async |query: &str| hetzner.get(&format!("{RRSETS}?{query}")).await.ids("rrsets");
    assert_eq!(ids("name=h01").await, ["h01/A"]);
    assert_eq!(ids("name=h0").await, [""; 0]);
    assert_eq!(ids("type=NS&type=SOA&sort=id").await, ["@/NS", "@/SOA"]);
    assert_eq!(ids("label_selector=parity%3Dodd").await, ["h01/A", "h03/A"]);
    assert_eq!(ids("label_selector=parity+in+(even)&name=h02").await, ["h02/A"]);
    assert_eq!(ids("label_selector=%21parity&type=A").await, ["app/A"]);
    hetzner.get(&format!("{RRSETS}?label_selector=%3D")).await.refuses("label_selector");
}

#[tokio::test]
async fn lists_are_sorted_as_asked_and_odd_wishes_ignored() {
    let hetzner = Hetzner::start().await;
    for (name, mode) in [("b.example", "primary"), ("a.example", "secondary")] {
        let created = hetzner.post("/zones", json!({"name": name, "mode": mode})).await;
        assert_eq!(created.status, 201, "{created:?}");
    }
    let names = async |query: &str| {
        let answer = hetzner.get(&format!("/zones?{query}")).await;
        let zones = answer.json["zones"].as_array().cloned().unwrap_or_default();
        zones.iter().map(|zone| zone["name"].as_str().unwrap()[..1].to_owned()).collect::<String>()
    };
    assert_eq!(names("").await, "sba");
    assert_eq!(names("sort=name").await, "abs");
    assert_eq!(names("sort=name:desc").await, "sba");
    assert_eq!(names("sort=created&sort=id:desc").await.len(), 3);
    assert_eq!(names("sort=id:desc").await, "abs");
    assert_eq!(names("sort=nonsense&sort=name:sideways").await, "sba");
    assert_eq!(names("mode=secondary").await, "a");
    assert_eq!(names("name=b.example").await, "b");
}
