//! The API of a running watcher, as the command line uses it.
use std::path::PathBuf;
use std::time::{Duration, Instant};

use bytes::Bytes;
use clap::Args;
use cloud_http::{HttpOptions, HttpTransport, Transport, encode};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use web_api::{Problem, Snapshot};

use super::exit::{Exit, Failed};

/// Longer than a plan takes that waits for a provider that is down.
const PATIENCE: Duration = Duration::from_secs(30);

/// Which watcher, and who asks.
#[derive(Debug, Args)]
pub struct RemoteArgs {
    /// The watcher's address.
    #[arg(long, env = "SCHWENK_URL", default_value = "http://127.0.0.1:8420")]
    url: String,
    /// The file that holds the API token. The environment variable SCHWENK_TOKEN comes first.
    #[arg(long, value_name = "FILE", env = "SCHWENK_TOKEN_FILE")]
    token_file: Option<PathBuf>,
    /// Send the token over plain http to another machine.
    #[arg(long)]
    allow_plain: bool,
}

/// A running watcher.
#[derive(Debug)]
pub struct Remote {
    transport: HttpTransport,
    base: String,
    token: HeaderValue,
}

impl Remote {
    /// Finds the token; contacts nobody.
    pub fn new(args: &RemoteArgs) -> Result<Self, Failed> {
        let token = match (std::env::var("SCHWENK_TOKEN"), &args.token_file) {
            (Ok(token), _) => token,
            (Err(_), Some(path)) => std::fs::read_to_string(path).map_err(|error| {
                Failed::input(format!("cannot read the token in {}: {error}", path.display()))
            })?,
            (Err(_), None) => {
                return Err(Failed::input(
                    "a token is needed: set SCHWENK_TOKEN, or name a file with --token-file; \
                     `schwenk hash-password --generate` makes one for [[server.tokens]]",
                ));
            }
        };
        let mut token = HeaderValue::from_str(&format!("Bearer {}", token.trim()))
            .map_err(|_| Failed::input("the token has characters that no token has"))?;
        token.set_sensitive(true);
        let mut options = HttpOptions::default();
        options.allow_plain = args.allow_plain;
        let transport =
            HttpTransport::new(options).map_err(|error| Failed::other(error.to_string()))?;
        Ok(Self { transport, base: args.url.trim_end_matches('/').to_owned(), token })
    }

    /// The present state of everything.
    pub async fn snapshot(&self) -> Result<Snapshot, Failed> {
        self.get("/snapshot").await
    }

    /// Asks for `path` below `/api/v1`.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failed> {
        self.send(Method::GET, path, Bytes::new()).await
    }

    /// Sends `body` to `path` below `/api/v1`.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Failed> {
        let body = serde_json::to_vec(body);
        let body = body.map_err(|error| Failed::other(format!("no JSON form: {error}")))?;
        self.send(Method::POST, path, body.into()).await
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<T, Failed> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/api/v1{path}", self.base))
            .header(AUTHORIZATION, self.token.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(body)
            .map_err(|error| Failed::input(format!("--url {}: {error}", self.base)))?;
        let answer = self.transport.send(request, Instant::now() + PATIENCE).await;
        let answer = answer.map_err(|error| {
            let exit = match error.kind {
                cloud_http::TransportErrorKind::Request => Exit::Input,
                _ => Exit::Unreachable,
            };
            Failed::new(exit, format!("no answer from the watcher: {error}"))
        })?;
        let (status, body) = (answer.status(), answer.body());
        if !status.is_success() {
            return Err(refused(status, body));
        }
        serde_json::from_slice(body).map_err(|error| {
            let base = &self.base;
            Failed::other(format!("{base} does not answer like a watcher of this version: {error}"))
        })
    }
}

/// What a refusal of the API means for the command line.
fn refused(status: StatusCode, body: &[u8]) -> Failed {
    let exit = match status {
        StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND => Exit::Input,
        status if status.is_client_error() => Exit::Refused,
        _ => Exit::Failed,
    };
    match serde_json::from_slice::<Problem>(body) {
        Ok(problem) => Failed::new(exit, format!("{}: {}", problem.title, problem.detail)),
        Err(_) => Failed::new(exit, format!("the watcher answered {status}")),
    }
}

/// A part of a path or query.
pub fn escape(text: &str) -> String {
    encode(text)
}
