//! The programs a run needs: an emulator and a watcher, ended when the run ends.
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cloud_http::{HttpOptions, HttpTransport, Transport};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_schwenk");
/// Only ever seen by processes of this benchmark on loopback.
const TOKEN: &str = "a-token-of-the-benchmark-and-of-nobody-else";

/// A running `schwenk`.
pub struct Program {
    /// Killed when dropped.
    pub child: Child,
    http: Arc<dyn Transport>,
    url: String,
}

/// The emulator and what it printed.
pub struct Clouds {
    _child: Child,
    http: Arc<dyn Transport>,
    pub info: Value,
}

pub fn transport() -> Result<Arc<dyn Transport>, String> {
    let made = HttpTransport::new(HttpOptions::default()).map_err(|e| e.to_string())?;
    Ok(Arc::new(made))
}

fn program(args: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(args).stdin(Stdio::null()).kill_on_drop(true);
    command
}

impl Clouds {
    /// Starts an emulator whose sites have addresses of their own lane.
    pub async fn start(lane: u8) -> Result<Self, String> {
        let (one, two) = (20 + 2 * lane, 21 + 2 * lane);
        let sites = [format!("one=127.0.{one}.1"), format!("two=127.0.{two}.1")];
        let mut command = program(&["emulate", "--json", "--site", &sites[0], "--site", &sites[1]]);
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(|e| e.to_string())?;
        let stdout = child.stdout.take().ok_or("the emulator has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let line = lines.next_line().await.map_err(|e| e.to_string())?;
        let line = line.ok_or("the emulator said nothing")?;
        let info = serde_json::from_str(&line).map_err(|e| format!("{e}: {line}"))?;
        Ok(Self { _child: child, http: transport()?, info })
    }

    /// Breaks something.
    pub async fn fault(&self, fault: &Value) -> Result<(), String> {
        let url = self.info["fault"].as_str().ok_or("the emulator has no fault switch")?;
        let body = Bytes::from(fault.to_string());
        let request = http::Request::post(url).header("content-type", "application/json");
        let request = request.body(body).map_err(|e| e.to_string())?;
        let answer = send(&*self.http, request).await?;
        if answer.status().is_success() {
            return Ok(());
        }
        Err(format!("the emulator refused {fault}: {}", answer.status()))
    }

    /// The addresses of all name servers.
    pub fn name_servers(&self) -> Vec<std::net::SocketAddr> {
        let list = self.info["dns"].as_array().into_iter().flatten();
        list.filter_map(|server| server["address"].as_str()?.parse().ok()).collect()
    }
}

impl Program {
    /// Starts `schwenk run` with this configuration; `top` stands before its first section.
    pub async fn start(folder: &Path, top: &str, config: &str) -> Result<Self, String> {
        let path = folder.join("schwenk.toml");
        let port = free_port()?;
        let hash = token_hash().await?;
        let head = format!(
            "{top}[server]\nlisten = \"127.0.0.1:{port}\"\n[[server.tokens]]\nname = \"bench\"\n\
             token_hash = \"{hash}\"\nrole = \"operate\"\n[journal]\npath = \"journal.db\"\n"
        );
        std::fs::write(&path, head + config).map_err(|e| e.to_string())?;
        let path = path.display().to_string();
        let mut command = program(&["run", "--config", &path, "--log", "error"]);
        let child = command.stdout(Stdio::null()).spawn().map_err(|e| e.to_string())?;
        let url = format!("http://127.0.0.1:{port}");
        Ok(Self { child, http: transport()?, url })
    }

    /// `GET` of the API.
    pub async fn get(&self, path: &str) -> Result<Value, String> {
        let request = http::Request::get(format!("{}{path}", self.url))
            .header("authorization", format!("Bearer {TOKEN}"))
            .body(Bytes::new())
            .map_err(|e| e.to_string())?;
        let answer = send(&*self.http, request).await?;
        serde_json::from_slice(answer.body()).map_err(|e| format!("{path}: {e}"))
    }

    /// Waits until the snapshot is as wanted.
    pub async fn until(&self, wanted: impl Fn(&Value) -> bool) -> Result<(), String> {
        let give_up = Instant::now() + Duration::from_secs(90);
        let mut last = String::new();
        while Instant::now() < give_up {
            match self.get("/api/v1/snapshot").await {
                Ok(snapshot) if wanted(&snapshot) => return Ok(()),
                Ok(snapshot) => last = snapshot["services"][0]["view"]["next"].to_string(),
                Err(why) => last = why,
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("the watcher did not come so far within 90 s; last: {last}"))
    }
}

async fn send(
    http: &dyn Transport,
    request: http::Request<Bytes>,
) -> Result<http::Response<Bytes>, String> {
    let deadline = Instant::now() + Duration::from_secs(10);
    http.send(request, deadline).await.map_err(|e| e.to_string())
}

/// The hash of the token, made once by the program itself.
async fn token_hash() -> Result<String, String> {
    static HASH: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    let made = HASH.get_or_try_init(|| async {
        use tokio::io::AsyncWriteExt;
        let mut command = program(&["hash-password"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|e| e.to_string())?;
        let mut stdin = child.stdin.take().ok_or("no input")?;
        stdin.write_all(format!("{TOKEN}\n").as_bytes()).await.map_err(|e| e.to_string())?;
        drop(stdin);
        let output = child.wait_with_output().await.map_err(|e| e.to_string())?;
        Ok::<_, String>(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    });
    made.await.cloned()
}

fn free_port() -> Result<u16, String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
    listener.local_addr().map(|address| address.port()).map_err(|e| e.to_string())
}

/// The providers' part of a configuration, from what the emulator printed.
pub fn providers(folder: &Path, info: &Value) -> Result<String, String> {
    let token = folder.join("hetzner.token");
    let hetzner = info["tokens"]["hetzner"].as_str().unwrap_or_default();
    std::fs::write(&token, hetzner).map_err(|e| e.to_string())?;
    let servers = |cloud: &str| {
        let list = info["dns"].as_array().into_iter().flatten();
        let mine = list.filter(|server| server["provider"] == cloud);
        let lines: Vec<String> = mine
            .map(|s| format!("{{ name = {}, addresses = [{}] }}", s["server"], s["address"]))
            .collect();
        lines.join(", ")
    };
    let key = json!(format!("file:{}", info["key_file"].as_str().unwrap_or_default()));
    Ok(format!(
        "[[providers]]\nid = \"google\"\nkind = \"google\"\nproject = {}\ncredentials = {key}\n\
         endpoint = {}\nname_servers = [{}]\n\
         [[providers]]\nid = \"hetzner\"\nkind = \"hetzner\"\ntoken = {}\nendpoint = {}\n\
         name_servers = [{}]\n",
        info["project"],
        info["google"],
        servers("google"),
        json!(format!("file:{}", token.display())),
        info["hetzner"],
        servers("hetzner"),
    ))
}
