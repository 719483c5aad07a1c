//! Overlapped probing: what matters is when probes start, so starts are counted at the site.
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use health::{Check, HttpCheck, Kind, Pace, Prober, Report};
use tokio::net::TcpListener;

use crate::server::{answering, nobody, response};

async fn watch_for(
    check: &Check,
    address: std::net::IpAddr,
    pace: Pace,
    time: Duration,
) -> Vec<Report> {
    let reports = Arc::new(Mutex::new(Vec::new()));
    let into = reports.clone();
    let prober = Prober::new();
    let jitter = Duration::ZERO;
    let watch = prober.watch(check, address, pace, jitter, |r| into.lock().unwrap().push(r));
    let _ = tokio::time::timeout(time, watch).await;
    reports.lock().unwrap().split_off(0)
}

#[tokio::test]
async fn probes_of_a_black_hole_overlap() {
    // Accepts connections in the kernel and never answers.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let kind = Kind::Http(HttpCheck::get(address.port(), "/"));
    let check = Check::new(kind, Duration::from_millis(600));
    let pace =
        Pace { interval: Duration::from_millis(300), fast_interval: Duration::from_millis(100) };
    let reports = watch_for(&check, address.ip(), pace, Duration::from_millis(2500)).await;
    assert!(reports.len() >= 2);
    // One after the other, two starts would lie a whole timeout apart.
    let overlap = reports.windows(2).any(|w| w[1].started - w[0].started < check.timeout);
    assert!(overlap, "{reports:?}");
}

#[tokio::test]
async fn a_failure_quickens_the_pace() {
    let address = nobody().await;
    let check = Check::new(Kind::Tcp { port: address.port() }, Duration::from_secs(5));
    let pace =
        Pace { interval: Duration::from_secs(3600), fast_interval: Duration::from_millis(20) };
    let reports = watch_for(&check, address.ip(), pace, Duration::from_secs(3)).await;
    assert!(reports.len() >= 3, "only {} probes within 3 s", reports.len());
}

#[tokio::test]
async fn a_healthy_site_is_not_probed_more_often_than_asked() {
    let address = answering(response("200 OK", "")).await;
    let kind = Kind::Http(HttpCheck::get(address.port(), "/"));
    let check = Check::new(kind, Duration::from_secs(10));
    let pace = Pace { interval: Duration::from_millis(400), fast_interval: Duration::from_secs(5) };
    let reports = watch_for(&check, address.ip(), pace, Duration::from_millis(1500)).await;
    assert!((1..=4).contains(&reports.len()), "{}", reports.len());
    let close = |w: &[Report]| w[1].started - w[0].started < Duration::from_millis(395);
    assert!(!reports.windows(2).any(close));
}

#[tokio::test]
async fn the_first_probe_waits_for_a_part_of_the_jitter_only() {
    let address = nobody().await;
    let check = Check::new(Kind::Tcp { port: address.port() }, Duration::from_secs(5));
    let pace = Pace { interval: Duration::from_secs(60), fast_interval: Duration::from_secs(60) };
    let first = Mutex::new(None);
    let begin = Instant::now();
    let prober = Prober::new();
    let watch = prober.watch(&check, address.ip(), pace, Duration::from_millis(300), |r| {
        first.lock().unwrap().get_or_insert(r.started);
    });
    let _ = tokio::time::timeout(Duration::from_secs(4), watch).await;
    let waited = first.lock().unwrap().expect("one probe") - begin;
    assert!(waited < Duration::from_secs(3), "{waited:?}");
}
