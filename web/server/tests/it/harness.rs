//! A whole Schwenk in this process: emulated clouds, a watcher, the backend on a free port.
use std::sync::Arc;
use std::time::{Duration, Instant};

use failover_core::{Snapshot, View};
use reqwest::{Client, Method, RequestBuilder, Response};
use schwenk::config::{Account, Server};
use schwenk::demo::{Demo, World};
use schwenk::http::auth::hash;
use schwenk::serve::{Ended, serve};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use web_api::Role;

/// Far longer than anything takes, even on a machine that is busy with other tests.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The token of somebody who may only look.
pub const VIEWER: &str = "viewers-token";

pub struct Running {
    pub url: String,
    pub world: Arc<World>,
    pub password: String,
    token: String,
    client: Client,
    stop: watch::Sender<bool>,
    task: JoinHandle<Result<(), Ended>>,
}

impl Running {
    pub async fn start() -> Self {
        Self::start_as(|_| ()).await
    }

    /// The same, served as `adapt` says.
    pub async fn start_as(adapt: impl FnOnce(&mut Server)) -> Self {
        let mut demo = Demo::start(None).await.expect("the demo starts");
        adapt(&mut demo.server);
        let hash = hash(VIEWER).expect("it hashes");
        demo.server.tokens.push(Account { name: "viewer".to_owned(), hash, role: Role::View });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let (stop, stopped) = watch::channel(false);
        let Demo { world, watcher, beside, server, password, token, .. } = demo;
        let task =
            tokio::spawn(async move { serve(watcher, listener, &server, beside, &stopped).await });
        let client = Client::builder().no_proxy().build().expect("a client");
        Self { url, world, password, token, client, stop, task }
    }

    /// Ends it as SIGTERM would; returns how long that took.
    pub async fn stop(self) -> Duration {
        let started = Instant::now();
        self.stop.send_replace(true);
        let ended = tokio::time::timeout(PATIENCE, self.task).await.expect("it ends");
        ended.expect("no panic").expect("no failure");
        let elapsed = started.elapsed();
        self.world.end().await;
        elapsed
    }

    /// A request without any credentials.
    pub fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url)).timeout(PATIENCE)
    }

    /// A request of the demo's operator.
    pub fn operator(&self, method: Method, path: &str) -> RequestBuilder {
        self.ask(method, &format!("/api/v1{path}")).bearer_auth(&self.token)
    }

    /// A JSON body sent by the demo's operator.
    pub async fn post(&self, path: &str, body: &Value) -> Response {
        let request = self.operator(Method::POST, path).header("content-type", "application/json");
        request.body(body.to_string()).send().await.expect("an answer")
    }

    /// What the API answers to the demo's operator.
    pub async fn get(&self, path: &str) -> Value {
        let response = self.operator(Method::GET, path).send().await.expect("an answer");
        assert!(response.status().is_success(), "{path}: {}", response.status());
        json(response).await
    }

    /// Breaks or mends one thing of the demo.
    pub async fn fault(&self, id: &str, on: bool) {
        let body = serde_json::json!({ "id": id, "on": on });
        let response = self.post("/demo/fault", &body).await;
        assert_eq!(response.status(), 200, "{id}");
    }

    pub async fn snapshot(&self) -> Snapshot {
        serde_json::from_value(self.get("/snapshot").await).expect("a snapshot")
    }

    /// Waits until the only service looks as wanted.
    pub async fn until(&self, what: &str, wanted: impl Fn(&View) -> bool) -> Snapshot {
        let started = Instant::now();
        loop {
            let snapshot = self.snapshot().await;
            let view = &snapshot.services[0].view;
            if wanted(view) {
                return snapshot;
            }
            assert!(started.elapsed() < PATIENCE, "never {what}: {view:#?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until both sites are known to be up.
    pub async fn ready(&self) -> Snapshot {
        let up = |view: &View| {
            view.sites.iter().all(|site| site.verdict == failover_core::Verdict::Up)
                && !view.desired.is_empty()
        };
        self.until("ready", up).await
    }
}

/// The body as JSON.
pub async fn json(response: Response) -> Value {
    let bytes = response.bytes().await.expect("a body");
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{error}: {bytes:?}"))
}
