//! Zones, regions, machine types and images.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Google, ZONE, instant, refused, send, wish};

/// Below another project than the caller's.
async fn in_project(google: &Google, method: Method, path: &str) -> super::Answer {
    let url = google.url(&format!("/compute/v1/projects/{path}"));
    let token = &google.emulator.info().tokens.google;
    send(google.http.request(method, url).bearer_auth(token)).await
}

#[tokio::test]
async fn a_family_is_its_newest_image_and_old_ones_say_so() {
    let google = instant().await;
    for family in ["debian-12", "debian-13"] {
        let path = format!("debian-cloud/global/images/family/{family}");
        let image = in_project(&google, Method::GET, &path).await.ok();
        assert_eq!((&image["family"], &image["status"]), (&json!(family), &json!("READY")));
        assert!(image.get("deprecated").is_none());
        let path = format!("debian-cloud/global/images/{}", image["name"].as_str().unwrap());
        assert_eq!(in_project(&google, Method::GET, &path).await.ok(), image);
        assert!(image["selfLink"].as_str().unwrap().ends_with(&path), "{image}");
    }
    let link = "debian-cloud/zones/-/imageFamilyViews/debian-12";
    let view = in_project(&google, Method::GET, link).await.ok();
    assert_eq!(view["image"]["family"], "debian-12", "as gcloud asks for it");
    google.network().await;
    let disk =
        json!({"boot": true, "initializeParams": {"sourceImage": format!("projects/{link}")}});
    google.made(&format!("{ZONE}/instances"), wish("a", json!({"disks": [disk]}))).await;
    let list = in_project(&google, Method::GET, "debian-cloud/global/images").await.ok();
    let old: Vec<&Value> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|image| !image["deprecated"].is_null())
        .collect();
    assert!(!old.is_empty() && old[0]["deprecated"]["replacement"].is_string());
    let absent = in_project(&google, Method::GET, "debian-cloud/global/images/family/x").await;
    assert_eq!(absent.error(), refused(404, "notFound"));
    for path in ["debian-cloud/zones", "somebody-else/global/images"] {
        let closed = in_project(&google, Method::GET, path).await;
        assert!([403, 404].contains(&closed.status), "{path}: {}", closed.text);
    }
    let post = in_project(&google, Method::POST, "debian-cloud/global/images").await;
    assert_eq!(post.error(), refused(403, "forbidden"));
}

#[tokio::test]
async fn zones_know_their_region_and_regions_their_zones_and_quotas() {
    let google = instant().await;
    let zone = google.look(ZONE).await.ok();
    let region = google.look("/regions/europe-west3").await.ok();
    assert_eq!((&zone["status"], &zone["region"]), (&json!("UP"), &region["selfLink"]));
    assert!(region["zones"].as_array().unwrap().contains(&zone["selfLink"]));
    let quota = |metric: &str| {
        let all = region["quotas"].as_array().unwrap().iter();
        all.clone().find(|one| one["metric"] == metric).cloned().expect("the quota")
    };
    assert_eq!(quota("CPUS")["usage"].to_string(), "0.0");
    for path in ["/zones/x", "/regions/x"] {
        assert_eq!(google.look(path).await.error(), refused(404, "notFound"));
    }
}

#[tokio::test]
async fn machine_types_are_those_of_the_zone() {
    let google = instant().await;
    let small = google.look(&format!("{ZONE}/machineTypes/e2-small")).await.ok();
    assert_eq!((&small["guestCpus"], &small["memoryMb"]), (&json!(2), &json!(2048)));
    assert!(small["maximumPersistentDisksSizeGb"].is_string(), "int64 are strings");
    let arm = "machineTypes/t2a-standard-1";
    assert_eq!(google.look(&format!("{ZONE}/{arm}")).await.error(), refused(404, "notFound"));
    let there = google.look(&format!("/zones/europe-west4-a/{arm}")).await.ok();
    assert_eq!(there["architecture"], "ARM64");
    google.look(&format!("{ZONE}/diskTypes/pd-balanced")).await.ok();
}
