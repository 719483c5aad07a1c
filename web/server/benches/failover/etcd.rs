//! An etcd of three members on loopback, ended when the run ends.
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};

/// The members.
pub struct Etcd {
    /// Killed when dropped.
    _members: Vec<Child>,
    pub endpoints: Vec<String>,
}

impl Etcd {
    /// Starts three and waits until each listens.
    pub async fn start(folder: &Path) -> Result<Self, String> {
        let mut ports = Vec::new();
        for _ in 0..6 {
            ports.push(free_port()?);
        }
        let (clients, peers) = ports.split_at(3);
        let url = |port: &u16| format!("http://127.0.0.1:{port}");
        let all: Vec<String> =
            peers.iter().enumerate().map(|(at, port)| format!("m{at}={}", url(port))).collect();
        let mut members = Vec::new();
        for (at, (client, peer)) in clients.iter().zip(peers).enumerate() {
            let member = Command::new("etcd")
                .args(["--name", &format!("m{at}"), "--data-dir"])
                .arg(folder.join(format!("m{at}")))
                .args([
                    "--listen-client-urls",
                    &url(client),
                    "--advertise-client-urls",
                    &url(client),
                ])
                .args(["--listen-peer-urls", &url(peer)])
                .args(["--initial-advertise-peer-urls", &url(peer)])
                .args(["--initial-cluster", &all.join(",")])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .kill_on_drop(true)
                .spawn()
                .map_err(|e| format!("etcd: {e}; install it (Debian: etcd-server)"))?;
            members.push(member);
        }
        let give_up = Instant::now() + Duration::from_secs(60);
        for port in clients {
            while tokio::net::TcpStream::connect(("127.0.0.1", *port)).await.is_err() {
                if Instant::now() > give_up {
                    return Err("etcd did not come up within a minute".to_owned());
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        Ok(Self { _members: members, endpoints: clients.iter().map(url).collect() })
    }
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
    listener.local_addr().map(|address| address.port()).map_err(|e| e.to_string())
}
