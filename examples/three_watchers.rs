//! Three watchers share a lead: one vantage's trouble moves nothing, and when the leader dies,
//! another one moves the service.
//!
//! `cargo run -p examples --bin three_watchers`. With `etcd` in `PATH` a real one of three members
//! stands between them, otherwise a store in memory.
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use cloud_emulator::{Emulator, Fault};
use examples::{Failed, Stage, emulator, google_at, hetzner_at, name_servers, service_at};
use failover_core::{Snapshot, Verdict};
use tokio::task::JoinHandle;
use watcher::cluster::{Cluster, Coordination, EtcdCoordination, EtcdOptions, MemoryCoordination};
use watcher::{Handle, ProviderSpec, Watcher};

const VANTAGES: [&str; 3] = ["frankfurt", "london", "zurich"];

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let emulator = emulator().await?;
    let members = Members::start(folder.path())?;
    let memory = MemoryCoordination::new();
    println!("between the watchers: {}", if members.is_some() { "etcd" } else { "memory" });
    let mut running: Vec<(Handle, JoinHandle<()>)> = Vec::new();
    for vantage in VANTAGES {
        let store: Arc<dyn Coordination> = match &members {
            Some(members) => Arc::new(EtcdCoordination::new(members.options())?),
            None => Arc::new(memory.connect()),
        };
        running.push(watch(vantage, store, &emulator, folder.path())?);
    }
    for (handle, _) in &running {
        until(handle, |now| {
            let view = &now.services[0].view;
            let up = view.sites.iter().filter(|site| site.verdict == Verdict::Up).count();
            up == 2 && !view.desired.is_empty()
        })
        .await;
    }
    let leads = |handle: &Handle| handle.snapshot().cluster.as_ref().is_some_and(|c| c.leads);
    let leader = running.iter().position(|(handle, _)| leads(handle)).unwrap_or(0);
    println!("{} leads; killing it, and site {}", VANTAGES[leader], emulator.info().sites[0].name);
    running.remove(leader).1.abort();
    emulator.faults().set(Fault::SiteKilled { site: emulator.info().sites[0].name.clone() });
    for (handle, _) in &running {
        until(handle, |now| {
            let moved = &now.services[0].view.last_move;
            moved.as_ref().is_some_and(|done| done.completed.is_some())
        })
        .await;
    }
    let now = running[0].0.snapshot();
    let leader = now.cluster.as_ref().and_then(|cluster| cluster.leader.clone());
    println!("{} leads now", leader.unwrap_or_default());
    for record in now.recent.iter().rev() {
        println!("{:3} {}", record.seq, record.text);
    }
    running.into_iter().for_each(|(_, task)| task.abort());
    Ok(())
}

/// Starts a watcher at one vantage.
fn watch(
    vantage: &str,
    store: Arc<dyn Coordination>,
    emulator: &Arc<Emulator>,
    folder: &Path,
) -> Result<(Handle, JoinHandle<()>), Failed> {
    let stages: [Stage; 2] = [google_at(emulator.clone())?, hetzner_at(emulator.clone())?];
    let mut builder = Watcher::builder(vantage)
        .journal(folder.join(format!("{vantage}.db")))
        .cluster(Cluster::new(store).lease(Duration::from_secs(3)));
    for stage in &stages {
        let servers = name_servers(emulator, stage.provider.id())?;
        let spec = ProviderSpec::new(stage.provider.id(), stage.provider.clone());
        builder = builder.provider(spec.servers(servers));
    }
    let watcher = builder.service(service_at(emulator, &stages, &VANTAGES)?).build()?;
    let handle = watcher.handle();
    let running = tokio::spawn(async move {
        if let Err(error) = watcher.run(std::future::pending()).await {
            eprintln!("{error}");
        }
    });
    Ok((handle, running))
}

async fn until(handle: &Handle, wanted: impl Fn(&Snapshot) -> bool) {
    let mut updates = handle.updates();
    while let Some(now) = updates.next().await {
        if wanted(&now) {
            return;
        }
    }
}

/// An etcd of three members, ended with the program.
struct Members {
    children: Vec<Child>,
    endpoints: Vec<String>,
}

impl Members {
    /// `None`: etcd is not in `PATH`.
    fn start(folder: &Path) -> Result<Option<Self>, Failed> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        if !std::env::split_paths(&path).any(|place| place.join("etcd").exists()) {
            return Ok(None);
        }
        let mut urls = Vec::new();
        for _ in 0..6 {
            let socket = std::net::TcpListener::bind("127.0.0.1:0")?;
            urls.push(format!("http://{}", socket.local_addr()?));
        }
        let (clients, peers) = urls.split_at(3);
        let named = peers.iter().enumerate();
        let all: Vec<String> = named.map(|(at, url)| format!("m{at}={url}")).collect();
        let mut members = Self { children: Vec::new(), endpoints: clients.to_vec() };
        for (at, (client, peer)) in clients.iter().zip(peers).enumerate() {
            let child = Command::new("etcd")
                .args(["--name", &format!("m{at}"), "--data-dir"])
                .arg(folder.join(format!("m{at}")))
                .args(["--listen-client-urls", client, "--advertise-client-urls", client])
                .args(["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer])
                .args(["--initial-cluster", &all.join(",")])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()?;
            members.children.push(child);
        }
        Ok(Some(members))
    }

    fn options(&self) -> EtcdOptions {
        EtcdOptions::new(self.endpoints.clone())
    }
}

impl Drop for Members {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
