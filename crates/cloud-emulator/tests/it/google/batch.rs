//! Batches: each part is answered as if it had come alone.

use super::{Google, send};

fn part(id: &str, request: &str, body: &str) -> String {
    format!(
        "--frontier\r\nContent-Type: application/http\r\nMIME-Version: 1.0\r\n\
         Content-Transfer-Encoding: binary\r\nContent-ID: <{id}>\r\n\r\n{request} HTTP/1.1\r\n\
         Content-Type: application/json\r\nAccept: application/json\r\nHost: dns.googleapis.com\r\n\
         \r\n{body}\r\n"
    )
}

async fn batch(google: &Google, path: &str, body: String) -> super::Answer {
    let info = google.emulator.info();
    let request = google.http.post(google.url(path)).bearer_auth(&info.tokens.google);
    let kind = "multipart/mixed; boundary=\"frontier\"";
    send(request.header("content-type", kind).body(body)).await
}

#[tokio::test]
async fn parts_are_answered_in_order_with_their_ids() {
    let google = Google::start().await;
    let zones = "/dns/v1/projects/schwenk-demo/managedZones";
    let body = [
        part("abc + 1", &format!("GET {zones}/schwenk-example?alt=json"), ""),
        part("abc + 2", &format!("GET {zones}/none"), ""),
        part(
            "abc + 3",
            &format!("POST {zones}"),
            r#"{"name": "batched", "dnsName": "batched.test.", "description": ""}"#,
        ),
        "--frontier--\r\n".to_owned(),
    ];
    for path in ["/batch", "/batch/dns/v1"] {
        let answer = batch(&google, path, body.concat()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let kind = answer.headers["content-type"].to_str().expect("text").to_owned();
        let boundary = kind.strip_prefix("multipart/mixed; boundary=").expect("a boundary");
        let marker = format!("--{boundary}");
        let parts: Vec<&str> = answer.text.split(marker.as_str()).collect();
        assert_eq!(parts.len(), 5, "{}", answer.text);
        for (part, (id, status)) in
            parts[1..4].iter().zip([("1", "200 OK"), ("2", "404 Not Found"), ("3", "")])
        {
            assert!(part.contains(&format!("Content-ID: <response-abc + {id}>")), "{part}");
            assert!(part.contains(&format!("HTTP/1.1 {status}")), "{part}");
        }
    }
    assert_eq!(google.get("/managedZones/batched").await.status, 200);
}

#[tokio::test]
async fn a_batch_needs_parts_and_credentials() {
    let google = Google::start().await;
    for body in ["", "--frontier--", "--frontier\r\nnonsense", "--frontier\r\n\r\n\r\n--frontier--"]
    {
        let answer = batch(&google, "/batch", body.to_owned()).await;
        assert_eq!(answer.status, 400, "{body}");
    }
    let body = part("x", "GET /dns/v1/projects/schwenk-demo", "") + "--frontier--";
    let request = google.http.post(google.url("/batch"));
    let request = request.header("content-type", "multipart/mixed; boundary=frontier");
    let answer = send(request.body(body)).await;
    assert!(answer.text.contains("HTTP/1.1 401"), "{}", answer.text);
}
