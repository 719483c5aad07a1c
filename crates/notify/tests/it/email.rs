//! E-mail, taken by a mail server of another make (Debian's `aiosmtpd`).
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use cloud_http::{Kind as What, Retry};
use notify::{Channel, Email, EmailOptions, Kind, Tls};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use secrecy::SecretString;
use serde_json::Value;
use tempfile::TempDir;

use crate::receiver::{message, soon};

/// Whether the mail server is there (`cargo xtask test` says so in `SCHWENK_TEST_MAIL`). Without it
/// a test is left out and says so, but never in CI.
fn is_there() -> bool {
    let there = std::env::var_os("SCHWENK_TEST_MAIL").is_some();
    if !there {
        assert!(std::env::var_os("CI").is_none(), "in CI the mail server must be there");
        eprintln!(
            "LEFT OUT: aiosmtpd is missing; run cargo xtask test to see which package has it"
        );
    }
    there
}

/// A mail server with a certificate of its own authority; killed when dropped.
struct Server {
    child: Child,
    out: BufReader<ChildStdout>,
    port: u16,
    ca: String,
    _directory: TempDir,
}

impl Server {
    fn start(mode: &str, login: Option<(&str, &str)>) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let script = directory.path().join("mail_server.py");
        fs::write(&script, include_str!("mail_server.py")).expect("written");
        let mut command = Command::new("/usr/bin/python3");
        command.arg(&script).arg(mode);
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = params.self_signed(&key).expect("an authority");
        let ca = authority.pem();
        let issuer = Issuer::new(params, key);
        let own = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
        let certificate = params.signed_by(&own, &issuer).expect("a certificate");
        let (crt, pem) = (directory.path().join("crt.pem"), directory.path().join("key.pem"));
        fs::write(&crt, certificate.pem()).expect("written");
        fs::write(&pem, own.serialize_pem()).expect("written");
        if mode != "open" {
            command.arg(&crt).arg(&pem);
            let (user, password) = login.expect("a login");
            command.args([user, password]);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
        let hello = line(&mut out);
        let port = u16::try_from(hello["port"].as_u64().expect("a port")).expect("a port");
        Self { child, out, port, ca, _directory: directory }
    }

    /// The next mail it takes.
    fn mail(&mut self) -> Value {
        line(&mut self.out)
    }

    fn options(&self, tls: Tls) -> EmailOptions {
        EmailOptions {
            host: "localhost".to_owned(),
            port: Some(self.port),
            tls,
            login: None,
            ca: Some(self.ca.clone()),
            from: "Schwenk <schwenk@example.com>".to_owned(),
            to: vec!["ops@example.com".to_owned(), "Anna Müller <anna@example.com>".to_owned()],
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn line(out: &mut impl BufRead) -> Value {
    let mut line = String::new();
    out.read_line(&mut line).expect("a line");
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_reaches_all_receivers_over_starttls_and_implicit_tls_after_a_login() {
    if !is_there() {
        return;
    }
    for (mode, tls) in [("starttls", Tls::StartTls), ("implicit", Tls::Implicit)] {
        let mut server = Server::start(mode, Some(("schwenk", "mail-password")));
        let login = Some(("schwenk".to_owned(), SecretString::from("mail-password")));
        let options = EmailOptions { login, ..server.options(tls) };
        let channel = Email::new(options).expect("a channel");
        channel.deliver(&message(Kind::Raised), soon()).await.expect("delivered");
        let mail = server.mail();
        assert_eq!(mail["from"], "schwenk@example.com", "{mode}");
        assert_eq!(mail["to"], serde_json::json!(["ops@example.com", "anna@example.com"]));
        assert_eq!((&mail["tls"], &mail["user"]), (&true.into(), &"schwenk".into()), "{mode}");
        let content = mail["content"].as_str().expect("a text");
        for expected in [
            "Subject: [Schwenk] CRITICAL app: london is down <& out>: \"refused\".",
            "Message-ID: <5f0c2d@example.com>",
            "Auto-Submitted: auto-generated",
            "X-Priority: 1",
            "Date: Sun, 29 Nov 2026 00:00:00 +0000",
            "https://schwenk.example.com",
        ] {
            assert!(content.contains(expected), "no {expected} in {content}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_on_this_machine_needs_neither_tls_nor_login() {
    if !is_there() {
        return;
    }
    let mut server = Server::start("open", None);
    let channel = Email::new(server.options(Tls::None)).expect("a channel");
    channel.deliver(&message(Kind::Test), soon()).await.expect("delivered");
    let content = server.mail()["content"].as_str().expect("a text").to_owned();
    assert!(content.contains("Subject: [Schwenk] TEST app"), "{content}");
    assert!(!content.contains("X-Priority"), "a test wakes nobody: {content}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_says_decides_whether_to_try_again() {
    if !is_there() {
        return;
    }
    let server = Server::start("starttls", Some(("schwenk", "mail-password")));
    let login = |password: &str| Some(("schwenk".to_owned(), SecretString::from(password)));
    let good = || EmailOptions { login: login("mail-password"), ..server.options(Tls::StartTls) };
    let failure = async |options: EmailOptions| {
        let channel = Email::new(options).expect("a channel");
        let failure = channel.deliver(&message(Kind::Raised), soon()).await.expect_err("refused");
        assert!(!failure.to_string().contains("wrong-password"), "{failure}");
        assert!(!format!("{channel:?}").contains("mail-password"), "{channel:?}");
        (failure.kind, failure.retry, failure.to_string())
    };
    let wrong = failure(EmailOptions { login: login("wrong-password"), ..good() }).await;
    assert_eq!((wrong.0, wrong.1), (What::Auth, Retry::Never), "{}", wrong.2);
    let nobody =
        failure(EmailOptions { to: vec!["nobody@example.com".to_owned()], ..good() }).await;
    assert_eq!(nobody.1, Retry::Never, "{}", nobody.2);
    assert!(nobody.2.contains("no such user"), "{}", nobody.2);
    let grey = failure(EmailOptions { to: vec!["later@example.com".to_owned()], ..good() }).await;
    assert_eq!(grey.1, Retry::Later, "{}", grey.2);
    let stranger = failure(EmailOptions { ca: None, ..good() }).await;
    assert_eq!(stranger.1, Retry::Later, "a certificate nobody vouches for: {}", stranger.2);
    let other = failure(EmailOptions { host: "127.0.0.1".to_owned(), ..good() }).await;
    assert_eq!(other.1, Retry::Later, "a certificate for another name: {}", other.2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_starttls_gets_no_password() {
    if !is_there() {
        return;
    }
    let server = Server::start("open", None);
    let login = Some(("schwenk".to_owned(), SecretString::from("mail-password")));
    let options = EmailOptions { login, ..server.options(Tls::StartTls) };
    let channel = Email::new(options).expect("a channel");
    let failure = channel.deliver(&message(Kind::Raised), soon()).await.expect_err("refused");
    assert_eq!(failure.retry, Retry::Never, "{failure}");
}

#[tokio::test]
async fn where_no_server_listens_it_is_tried_again() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = free.local_addr().expect("it is bound").port();
    drop(free);
    let options = EmailOptions {
        host: "127.0.0.1".to_owned(),
        port: Some(port),
        tls: Tls::None,
        login: None,
        ca: None,
        from: "schwenk@example.com".to_owned(),
        to: vec!["ops@example.com".to_owned()],
    };
    let channel = Email::new(options.clone()).expect("a channel");
    let failure = channel.deliver(&message(Kind::Raised), soon()).await.expect_err("nobody");
    assert_eq!(failure.retry, Retry::Later, "{failure}");
    let refused = |options| Email::new(options).expect_err("refused").to_string();
    let far = EmailOptions { host: "mail.example.com".to_owned(), ..options.clone() };
    assert!(refused(far).contains("unprotected"));
    let nobody = EmailOptions { to: Vec::new(), ..options.clone() };
    assert!(refused(nobody).contains("nobody would get it"));
    let nonsense = EmailOptions { from: "nonsense".to_owned(), ..options };
    assert!(refused(nonsense).contains("\"nonsense\" is not an address"));
}
