//! ICMP checks.
use std::net::IpAddr;
use std::time::Duration;

use health::{Check, Kind, Prober};

/// Where ICMP is not allowed, the outcome must say what to do; where it is, loopback must answer.
/// As root (CI) it is always allowed.
async fn loopback_answers_or_says_why(address: &str) {
    let check = Check::new(Kind::Icmp, Duration::from_secs(20));
    let address: IpAddr = address.parse().unwrap();
    let outcome = Prober::new().probe(&check, address).await;
    let root = std::process::Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    match outcome.problem {
        None => {}
        Some(problem) if root => panic!("root must be able to ping: {problem}"),
        Some(problem) => assert!(problem.to_string().contains("ping_group_range"), "{problem}"),
    }
}

#[tokio::test]
async fn loopback_answers_over_ipv4() {
    loopback_answers_or_says_why("127.0.0.1").await;
}

#[tokio::test]
async fn loopback_answers_over_ipv6_where_there_is_ipv6() {
    let has_v6 = tokio::net::UdpSocket::bind("[::1]:0").await.is_ok();
    if has_v6 {
        loopback_answers_or_says_why("::1").await;
    } else {
        let check = Check::new(Kind::Icmp, Duration::from_secs(5));
        let outcome = Prober::new().probe(&check, "::1".parse().unwrap()).await;
        assert!(!outcome.is_ok(), "without IPv6 nothing can answer");
    }
}

#[tokio::test]
async fn many_echoes_at_once_do_not_take_each_others_replies() {
    let check = Check::new(Kind::Icmp, Duration::from_secs(20));
    let prober = Prober::new();
    let address: IpAddr = "127.0.0.1".parse().unwrap();
    let all = futures_util::future::join_all((0..50).map(|_| prober.probe(&check, address))).await;
    let first = all[0].is_ok();
    assert!(all.iter().all(|outcome| outcome.is_ok() == first));
}
