//! Checks that cannot be sent are found before they are needed.
use std::time::Duration;

use health::{Check, DnsCheck, HttpCheck, Kind, Prober, Problem, TlsCheck};

fn check(kind: Kind) -> Check {
    Check::new(kind, Duration::from_secs(30))
}

fn http(adjust: impl FnOnce(&mut HttpCheck)) -> Check {
    let mut http = HttpCheck::get(80, "/health");
    adjust(&mut http);
    check(Kind::Http(http))
}

fn field(check: &Check) -> Option<&'static str> {
    check.validate().err().map(|error| error.field)
}

#[test]
fn what_can_be_sent_is_fine() {
    for check in [
        check(Kind::Icmp),
        check(Kind::Tcp { port: 5432 }),
        http(|_| ()),
        http(|c| c.path = "/a%20b?c=d".to_owned()),
        http(|c| c.host = Some("xn--ldchen-5ta.example".to_owned())),
        http(|c| c.host = Some("[2001:db8::1]".to_owned())),
        http(|c| (c.https, c.host) = (true, Some("www.example.com".to_owned()))),
        check(Kind::Tls(TlsCheck::new(443, None))),
        check(Kind::Dns(DnsCheck::new("www.example.com.", "aaaa"))),
    ] {
        assert_eq!(check.validate(), Ok(()), "{check:?}");
    }
}

#[test]
fn what_cannot_be_sent_names_its_field() {
    for (wrong, check) in [
        ("path", http(|c| c.path = "health".to_owned())),
        ("path", http(|c| c.path = "/a b".to_owned())),
        ("path", http(|c| c.path = "/a\r\nX: y".to_owned())),
        ("path", http(|c| c.path = String::new())),
        ("path", http(|c| c.path = "/a#b".to_owned())),
        ("method", http(|c| c.method = "GET /".to_owned())),
        ("host", http(|c| c.host = Some("a b".to_owned()))),
        ("host", http(|c| c.host = Some("a.example:80".to_owned()))),
        ("host", http(|c| c.host = Some("me@a.example".to_owned()))),
        ("host", http(|c| c.host = Some(String::new()))),
        ("host", check(Kind::Tls(TlsCheck::new(443, Some("-".repeat(300)))))),
        ("name", check(Kind::Dns(DnsCheck::new("a..b", "A")))),
        ("rtype", check(Kind::Dns(DnsCheck::new("a.example", "QQ")))),
    ] {
        assert_eq!(field(&check), Some(wrong), "{check:?}");
    }
}

#[tokio::test]
async fn a_probe_of_one_says_that_it_was_not_run() {
    let check = http(|c| c.path = "/a b".to_owned());
    let outcome = Prober::new().probe(&check, "127.0.0.1".parse().unwrap()).await;
    assert!(matches!(outcome.problem, Some(Problem::NotRun { .. })), "{outcome:?}");
}
