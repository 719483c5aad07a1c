//! Application Default Credentials: where they are looked for, and in which order.
use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::time::Duration;

use cloud_http::google::{Credentials, Surroundings, Wiring, application_default};
use cloud_http::{Backoff, Failure, HttpOptions, HttpTransport, Kind};
use serde_json::json;

use crate::server::{Server, answer};
use crate::service_account::{EMAIL, key_file};
use crate::support::{later, nobody};
use crate::user;

#[derive(Default)]
struct Place {
    variables: HashMap<String, String>,
    files: HashMap<String, Result<String, io::ErrorKind>>,
}

impl Place {
    fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    fn file(mut self, path: &str, text: impl ToString) -> Self {
        self.files.insert(path.to_owned(), Ok(text.to_string()));
        self
    }

    async fn find(&self) -> Result<Credentials, Failure> {
        let mut options = HttpOptions::default();
        options.connect_timeout = Duration::from_secs(30);
        let backoff = Backoff::new(Duration::ZERO, Duration::ZERO, 1);
        let transport = HttpTransport::new(options).unwrap();
        let wiring = Wiring::new(std::sync::Arc::new(transport)).with_backoff(backoff);
        application_default(self, &["scope"], &wiring, later()).await
    }

    async fn told(&self) -> String {
        self.find().await.unwrap_err().message
    }
}

impl Surroundings for Place {
    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        let file = self.files.get(path.to_str().unwrap());
        match file.cloned().unwrap_or(Err(io::ErrorKind::NotFound)) {
            Ok(text) => Ok(text),
            Err(kind) => Err(kind.into()),
        }
    }
}

const NAMED: &str = "GOOGLE_APPLICATION_CREDENTIALS";
const WELL_KNOWN: &str = "/home/me/.config/gcloud/application_default_credentials.json";

async fn metadata() -> Server {
    Server::start(|_, seen| match seen.target.as_str() {
        "/computeMetadata/v1/project/project-id" => {
            answer(200, &[("metadata-flavor", "Google")], "machine-project")
        }
        _ => answer(404, &[("metadata-flavor", "Google")], ""),
    })
    .await
}

#[tokio::test]
async fn the_named_file_comes_first() {
    let found = Place::default()
        .variable(NAMED, "/keys/a.json")
        .variable("HOME", "/home/me")
        .file("/keys/a.json", key_file("https://oauth2.googleapis.com/token"))
        .file(WELL_KNOWN, user::file("https://x"))
        .find()
        .await
        .unwrap();
    assert_eq!(found.account.as_deref(), Some(EMAIL));
    assert!(found.origin.contains("/keys/a.json") && found.origin.contains(NAMED), "{found:?}");
    let project = found.project.unwrap();
    assert_eq!(project.id, "acme-prod");
    assert!(project.origin.contains("key file"), "{}", project.origin);
}

#[tokio::test]
async fn a_named_file_that_cannot_be_used_ends_the_search() {
    let place = Place::default()
        .variable(NAMED, "/keys/a.json")
        .variable("HOME", "/home/me")
        .file(WELL_KNOWN, user::file("https://x"));
    let missing = place.told().await;
    assert!(missing.contains("/keys/a.json") && missing.contains(NAMED), "{missing}");
    let broken = place.file("/keys/a.json", "{").told().await;
    assert!(broken.contains("/keys/a.json") && broken.contains("not JSON"), "{broken}");
}

#[tokio::test]
async fn types_that_are_not_supported_are_refused_by_name() {
    for kind in
        ["external_account", "impersonated_service_account", "gdch_service_account", "novelty"]
    {
        let place = Place::default()
            .variable(NAMED, "/a.json")
            .file("/a.json", json!({"type": kind, "secret": "hunter2"}));
        let failure = place.find().await.unwrap_err();
        assert_eq!(failure.kind, Kind::Unsupported);
        let text = failure.message;
        assert!(text.contains(&format!("\"{kind}\"")) && !text.contains("hunter2"), "{text}");
    }
    let client_id = json!({"installed": {"client_id": "x"}});
    let told = Place::default().variable(NAMED, "/a.json").file("/a.json", client_id).told().await;
    assert!(told.contains("OAuth client id"), "{told}");
}

#[tokio::test]
async fn gclouds_own_file_comes_second() {
    let found = Place::default()
        .variable(NAMED, "  ")
        .variable("HOME", "/home/me")
        .file(WELL_KNOWN, user::file("https://x"))
        .find()
        .await
        .unwrap();
    assert!(found.origin.contains(WELL_KNOWN), "{found:?}");
    assert_eq!(found.project, None);
    let found = Place::default()
        .variable("HOME", "/home/me")
        .variable("CLOUDSDK_CONFIG", "/etc/gcloud")
        .file("/etc/gcloud/application_default_credentials.json", user::file("https://x"))
        .find()
        .await
        .unwrap();
    assert!(found.origin.contains("/etc/gcloud/"), "{found:?}");
}

#[tokio::test]
async fn a_file_of_gcloud_that_cannot_be_read_is_an_error_not_a_gap() {
    let mut place = Place::default().variable("HOME", "/home/me").variable("NO_GCE_CHECK", "true");
    place.files.insert(WELL_KNOWN.to_owned(), Err(io::ErrorKind::PermissionDenied));
    let told = place.told().await;
    assert!(told.contains(WELL_KNOWN) && told.contains("cannot be read"), "{told}");
}

#[tokio::test]
async fn the_metadata_server_comes_last() {
    let server = metadata().await;
    let place = Place::default().variable("GCE_METADATA_HOST", server.host());
    let found = place.find().await.unwrap();
    assert_eq!(found.origin, format!("the metadata server {}", server.host()));
    assert_eq!(found.project.unwrap().id, "machine-project");
    let off = place.variable("NO_GCE_CHECK", "True").told().await;
    assert!(off.contains("NO_GCE_CHECK") && off.contains(NAMED), "{off}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn without_any_the_error_lists_what_was_tried() {
    let gone = nobody().to_string();
    let place = Place::default().variable("HOME", "/home/me").variable("GCE_METADATA_HOST", &gone);
    let told = place.told().await;
    for part in [NAMED, WELL_KNOWN, &gone, "refused the connection"] {
        assert!(told.contains(part), "{told}");
    }
}

#[tokio::test]
async fn the_environment_names_the_project_before_the_credentials_do() {
    let place = Place::default()
        .variable(NAMED, "/a.json")
        .variable("GCLOUD_PROJECT", "second")
        .file("/a.json", key_file("https://x"));
    let project = place.find().await.unwrap().project.unwrap();
    assert_eq!((&*project.id, &*project.origin), ("second", "GCLOUD_PROJECT"));
    let project =
        place.variable("GOOGLE_CLOUD_PROJECT", "first").find().await.unwrap().project.unwrap();
    assert_eq!((&*project.id, &*project.origin), ("first", "GOOGLE_CLOUD_PROJECT"));
}
