//! Who may call Compute Engine.

use reqwest::Method;
use serde_json::{Value, json};

use super::{instant, refused, send};

#[tokio::test]
async fn without_a_token_the_answer_names_the_service() {
    let google = instant().await;
    let url = google.url("/compute/v1/projects/schwenk-demo/zones");
    let answer = send(google.http.get(url)).await;
    assert_eq!(answer.error().0, 401);
    let service = &answer.json()["error"]["details"][0]["metadata"]["service"];
    assert_eq!(service, "compute.googleapis.com");
}

#[tokio::test]
async fn a_token_for_reading_reads_and_waits_and_one_for_dns_does_neither() {
    let google = instant().await;
    let metadata = &google.emulator.info().metadata;
    let token = async |scope: &str| {
        let path = "computeMetadata/v1/instance/service-accounts/default/token";
        let url =
            format!("http://{metadata}/{path}?scopes=https://www.googleapis.com/auth/{scope}");
        let answer = google.http.get(url).header("Metadata-Flavor", "Google").send().await.unwrap();
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        body["access_token"].as_str().unwrap().to_owned()
    };
    let network = json!({"name": "edge", "autoCreateSubnetworks": false});
    let operation = google.made("/global/networks", network.clone()).await;
    let wait = format!("global/operations/{}/wait", operation["name"].as_str().unwrap());
    for (scope, get, post) in [
        ("compute.readonly", 200, 403),
        ("compute", 200, 409),
        ("cloud-platform.read-only", 200, 403),
        ("ndev.clouddns.readwrite", 403, 403),
    ] {
        let token = token(scope).await;
        let call = async |method: Method, path: &str| {
            let url = google.url(&format!("/compute/v1/projects/schwenk-demo/{path}"));
            let body = network.to_string();
            send(google.http.request(method, url).bearer_auth(&token).body(body)).await
        };
        assert_eq!(call(Method::GET, "zones").await.status, get, "{scope}");
        assert_eq!(call(Method::POST, &wait).await.status, get, "{scope} waits");
        let write = call(Method::POST, "global/networks").await;
        assert_eq!(write.status, post, "{scope}: {}", write.text);
        if post == 403 {
            assert_eq!(write.error(), refused(403, "insufficientPermissions"));
        }
    }
}
