//! etcd with an authority of its own, certificates on both sides, and users.
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType};
use tempfile::TempDir;
use watcher::cluster::{Coordination, EtcdCoordination, EtcdOptions, StoreError, Write};

use super::members::{available, free};

/// One member that speaks TLS only, and only with those who show a certificate.
struct Secure {
    child: Child,
    directory: TempDir,
    client: SocketAddr,
    ca: String,
    identity: (String, String),
}

impl Secure {
    async fn start() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.distinguished_name.push(DnType::CommonName, "the tests' authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = params.self_signed(&key).expect("a certificate").pem();
        let issuer = Issuer::new(params, key);
        let (server, server_key) = issue(&issuer, "etcd");
        let identity = issue(&issuer, "watcher");
        for (file, text) in [
            ("ca.pem", &ca),
            ("server.pem", &server),
            ("server.key", &server_key),
            ("watcher.pem", &identity.0),
            ("watcher.key", &identity.1),
        ] {
            std::fs::write(directory.path().join(file), text).expect("written");
        }
        let (client, peer) = (free(), free());
        let file = |name: &str| directory.path().join(name).display().to_string();
        let child = Command::new("etcd")
            .args(["--name", "m0", "--data-dir", &file("data")])
            .args(["--listen-client-urls", &format!("https://{client}")])
            .args(["--advertise-client-urls", &format!("https://{client}")])
            .args(["--listen-peer-urls", &format!("http://{peer}")])
            .args(["--initial-advertise-peer-urls", &format!("http://{peer}")])
            .args(["--initial-cluster", &format!("m0=http://{peer}")])
            .args(["--cert-file", &file("server.pem"), "--key-file", &file("server.key")])
            .args(["--client-cert-auth", "--trusted-ca-file", &file("ca.pem")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("etcd starts");
        let secure = Self { child, directory, client, ca, identity };
        let store = secure.store(None);
        while store.grant(Duration::from_secs(5)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        secure
    }

    fn options(&self) -> EtcdOptions {
        EtcdOptions::new(vec![format!("https://{}", self.client)])
    }

    fn store(&self, user: Option<(&str, &str)>) -> EtcdCoordination {
        let mut options = self.options();
        options.ca = Some(self.ca.clone());
        options.identity = Some((self.identity.0.clone(), self.identity.1.clone().into()));
        options.user = user.map(|(name, password)| (name.to_owned(), password.to_owned().into()));
        EtcdCoordination::new(options).expect("endpoints")
    }

    fn etcdctl(&self, args: &[&str]) {
        let file = |name: &str| self.directory.path().join(name).display().to_string();
        let done = Command::new("etcdctl")
            .env("ETCDCTL_API", "3")
            .args(["--endpoints", &format!("https://{}", self.client)])
            .args(["--cacert", &file("ca.pem"), "--cert", &file("watcher.pem")])
            .args(["--key", &file("watcher.key")])
            .args(args)
            .output()
            .expect("etcdctl is there");
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

impl Drop for Secure {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn issue(issuer: &Issuer<'_, KeyPair>, name: &str) -> (String, String) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
    params.distinguished_name.push(DnType::CommonName, name);
    let address = "127.0.0.1".parse().expect("an address");
    params.subject_alt_names.push(SanType::IpAddress(address));
    let certificate = params.signed_by(&key, issuer).expect("a certificate");
    (certificate.pem(), key.serialize_pem())
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|place| Path::new(&place).join(program).exists())
}

async fn put(store: &EtcdCoordination, key: &str) -> Result<(), StoreError> {
    store.commit(&[], &[Write::put(key, b"1".to_vec())]).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn etcd_is_spoken_to_with_certificates_and_a_user_that_has_its_prefix_only() {
    if !available() || !is_there("etcdctl") {
        return;
    }
    let secure = Secure::start().await;
    put(&secure.store(None), "/schwenk/a").await.expect("written");
    // Whoever shows no certificate, or believes another authority, gets nowhere.
    let mut options = secure.options();
    options.ca = Some(secure.ca.clone());
    let nobody = EtcdCoordination::new(options).expect("endpoints");
    put(&nobody, "/schwenk/a").await.expect_err("no certificate");
    let mut options = secure.options();
    options.identity = Some((secure.identity.0.clone(), secure.identity.1.clone().into()));
    let credulous = EtcdCoordination::new(options).expect("endpoints");
    put(&credulous, "/schwenk/a").await.expect_err("an authority nobody knows");

    secure.etcdctl(&["user", "add", "root:secret"]);
    secure.etcdctl(&["user", "add", "schwenk:hush"]);
    secure.etcdctl(&["role", "add", "schwenk"]);
    let grant = ["role", "grant-permission", "schwenk", "--prefix=true", "readwrite", "/schwenk/"];
    secure.etcdctl(&grant);
    secure.etcdctl(&["user", "grant-role", "schwenk", "schwenk"]);
    secure.etcdctl(&["user", "grant-role", "root", "root"]);
    secure.etcdctl(&["auth", "enable"]);
    let store = secure.store(Some(("schwenk", "hush")));
    put(&store, "/schwenk/a").await.expect("its own prefix");
    let lease = store.grant(Duration::from_secs(5)).await.expect("a lease");
    assert_eq!(store.prolong(lease).await, Ok(true));
    let mut changes = store.watch("/schwenk/", 0).await.expect("a watch");
    changes.next().await.expect("changes");
    let refused = put(&store, "/other/a").await.expect_err("not its own");
    assert!(!refused.maybe && refused.message.contains("permission denied"), "{refused}");
    let wrong = secure.store(Some(("schwenk", "wrong")));
    let refused = put(&wrong, "/schwenk/a").await.expect_err("a wrong password");
    assert!(!refused.maybe && !refused.message.contains("wrong"), "{refused}");
    assert!(refused.message.contains("authentication failed"), "{refused}");
}
