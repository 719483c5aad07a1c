//! A real etcd of three members on loopback, gone with the test, and ways to it that can be broken.
use std::net::{SocketAddr, TcpListener as Socket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use watcher::cluster::{Coordination, EtcdCoordination, EtcdOptions};

/// Whether etcd is there. In CI it must be; elsewhere its absence is said loudly.
pub fn available() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |place: PathBuf| place.join("etcd").exists();
    if std::env::split_paths(&path).any(is_there) {
        return true;
    }
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
    assert!(!in_ci, "etcd is missing, and in CI nothing may be left out");
    eprintln!("!! etcd is missing: a test against a real etcd is LEFT OUT.");
    eprintln!("!! Install it with: apt-get install --no-install-recommends etcd-server");
    false
}

/// Three members.
pub struct Members {
    directory: TempDir,
    /// Where each listens: for clients, for the others.
    addresses: Vec<(SocketAddr, SocketAddr)>,
    running: Vec<Option<Child>>,
}

impl Members {
    /// Starts three and waits until they take writes.
    pub async fn start() -> Self {
        let mut members = Self {
            directory: tempfile::tempdir().expect("a directory"),
            addresses: (0..3).map(|_| (free(), free())).collect(),
            running: vec![None, None, None],
        };
        for member in 0..3 {
            members.run(member);
        }
        members.are_ready().await;
        members
    }

    /// Starts a member, or starts it anew.
    pub fn run(&mut self, member: usize) {
        let (client, peer) = self.addresses[member];
        let all = self.addresses.iter().enumerate();
        let all: Vec<String> = all.map(|(at, (_, peer))| format!("m{at}=http://{peer}")).collect();
        let directory = self.directory.path().join(format!("m{member}"));
        let child = Command::new("etcd")
            .args(["--name", &format!("m{member}"), "--data-dir"])
            .arg(&directory)
            .args(["--listen-client-urls", &format!("http://{client}")])
            .args(["--advertise-client-urls", &format!("http://{client}")])
            .args(["--listen-peer-urls", &format!("http://{peer}")])
            .args(["--initial-advertise-peer-urls", &format!("http://{peer}")])
            .args(["--initial-cluster", &all.join(","), "--initial-cluster-state", "new"])
            .args(["--heartbeat-interval", "100", "--election-timeout", "1000"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("etcd starts");
        self.running[member] = Some(child);
    }

    async fn are_ready(&mut self) {
        let store = self.store();
        while store.grant(Duration::from_secs(5)).await.is_err() {
            for child in self.running.iter_mut().flatten() {
                let ended = child.try_wait().expect("it can be asked");
                assert!(ended.is_none(), "etcd has ended at its start: {ended:?}");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    pub fn endpoints(&self) -> Vec<String> {
        self.addresses.iter().map(|(client, _)| format!("http://{client}")).collect()
    }

    /// A watcher's way to them, without anything between.
    pub fn store(&self) -> EtcdCoordination {
        EtcdCoordination::new(EtcdOptions::new(self.endpoints())).expect("endpoints")
    }

    pub fn kill(&mut self, member: usize) {
        if let Some(mut child) = self.running[member].take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Stops a member as it is; it answers nobody and closes nothing.
    pub fn freeze(&self, member: usize) {
        self.signal(member, "-STOP");
    }

    pub fn thaw(&self, member: usize) {
        self.signal(member, "-CONT");
    }

    fn signal(&self, member: usize, signal: &str) {
        if let Some(child) = &self.running[member] {
            send_signal(child.id(), signal);
        }
    }
}

impl Drop for Members {
    fn drop(&mut self) {
        for member in 0..self.running.len() {
            self.kill(member);
        }
    }
}

pub fn send_signal(process: u32, signal: &str) {
    let sent = Command::new("kill").args([signal, &process.to_string()]).status();
    assert!(sent.expect("kill is there").success(), "{signal} to {process}");
}

/// An address that nobody else takes while its server is away: from below the ports that systems give
/// to outgoing connections, where even a client that asks in vain may come to sit on the port it
/// asks for; and no test of this process gets it again.
pub fn free() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Processes that run side by side begin at different places.
    let first = 10_000 + u16::try_from(std::process::id() % 100).expect("small") * 200;
    loop {
        let port = first + NEXT.fetch_add(1, Ordering::Relaxed);
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if Socket::bind(address).is_ok() {
            return address;
        }
    }
}

/// One watcher's way to all members, which can be stalled or cut.
pub struct Line {
    endpoints: Vec<String>,
    state: watch::Sender<State>,
    tasks: Vec<JoinHandle<()>>,
}

/// What a way is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Open,
    /// Connections stay, and nothing passes.
    Stalled,
    /// Connections are refused.
    Cut,
}

impl Line {
    pub async fn to(members: &Members) -> Self {
        let state = watch::channel(State::Open).0;
        let (mut endpoints, mut tasks) = (Vec::new(), Vec::new());
        for (target, _) in members.addresses.clone() {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let address = listener.local_addr().expect("bound");
            endpoints.push(format!("http://{address}"));
            tasks.push(tokio::spawn(pass(listener, target, state.subscribe())));
        }
        Self { endpoints, state, tasks }
    }

    pub fn set(&self, state: State) {
        self.state.send_replace(state);
    }

    pub fn store(&self) -> EtcdCoordination {
        EtcdCoordination::new(EtcdOptions::new(self.endpoints.clone())).expect("endpoints")
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn pass(listener: TcpListener, target: SocketAddr, state: watch::Receiver<State>) {
    while let Ok((client, _)) = listener.accept().await {
        tokio::spawn(carry(client, target, state.clone()));
    }
}

/// A connection that was stalled once is closed when the way is open again.
async fn carry(mut client: TcpStream, target: SocketAddr, mut state: watch::Receiver<State>) {
    let now = *state.borrow_and_update();
    if now == State::Open
        && let Ok(mut server) = TcpStream::connect(target).await
    {
        tokio::select! {
            _ = copy_bidirectional(&mut client, &mut server) => return,
            _ = state.changed() => {}
        }
        let _ = state.wait_for(|state| *state != State::Stalled).await;
        return;
    }
    let _ = state.wait_for(|state| *state != State::Stalled).await;
}
