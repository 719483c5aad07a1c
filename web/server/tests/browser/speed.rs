//! How smoothly the panel shows many services: a server of made-up snapshots, and a real browser.
//!
//! A measurement, not a test: `cargo xtask bench panel` runs it and prints what it found.
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::{Stream, stream};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::demo::Demo;
use crate::driver::{Browser, Failed};

const SERVICES: usize = 200;
const VANTAGES: usize = 3;
const EVERY: Duration = Duration::from_millis(500);
const SECONDS: u64 = 20;
/// Snapshots that are made beforehand; each has some 20 MB.
const TICKS: usize = 12;

/// Watches frames and long tasks for a while.
const WATCH: &str = "
    const [seconds] = arguments;
    return new Promise((done) => {
        const gaps = [], tasks = [];
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) tasks.push(entry.duration);
        }).observe({ type: 'longtask' });
        const begun = performance.now();
        let last = begun;
        const frame = (now) => {
            gaps.push(now - last);
            last = now;
            if (now - begun < seconds * 1000) return requestAnimationFrame(frame);
            gaps.sort((a, b) => a - b);
            const part = (share) => gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))];
            done({ frames: gaps.length, p50: part(0.5), p99: part(0.99), max: part(1),
                long_tasks: tasks.length, longest_task: Math.max(0, ...tasks) });
        };
        requestAnimationFrame(frame);
    });";

/// When the first sentence was on screen, on the clock that starts with the navigation.
const FIRST: &str = "
    return new Promise((done) => {
        const look = () => document.querySelector('[data-test=sentence]')
            ? done(performance.now()) : setTimeout(look, 2);
        look();
    });";

#[tokio::test(flavor = "multi_thread")]
async fn many_services_are_shown_and_the_gaps_between_frames_are_told() -> Result<(), Failed> {
    // It measures and asserts nothing of time, so a test run need not wait for it.
    if std::env::var_os("SCHWENK_MEASURE_PANEL").is_none() {
        eprintln!("a measurement of some 30 s: cargo xtask bench panel");
        return Ok(());
    }
    let snapshot = template().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/", listener.local_addr()?);
    let many = (0..TICKS).map(|tick| many(&snapshot, tick).to_string()).collect::<Vec<_>>();
    println!("one snapshot is {} kB of JSON", many[0].len() / 1000);
    let server = tokio::spawn(async move { axum::serve(listener, router(Arc::new(many))).await });
    let browser = Browser::start("speed").await?;
    let measured = measure(&browser, &url).await;
    browser.quit().await?;
    server.abort();
    println!("{:#}", measured?);
    Ok(())
}

async fn measure(browser: &Browser, url: &str) -> Result<Value, Failed> {
    browser.open(url).await?;
    let cold = browser.script(FIRST, Vec::new()).await?;
    browser.open(url).await?;
    let warm = browser.script(FIRST, Vec::new()).await?;
    let mut frames = browser.script(WATCH, vec![json!(SECONDS)]).await?;
    let rows = browser.script("return document.querySelectorAll('.service-row').length", vec![]);
    frames["rows"] = rows.await?;
    frames["first_sentence_ms"] = json!({ "cold": cold, "warm": warm });
    Ok(frames)
}

/// A snapshot as the product really sends it.
async fn template() -> Result<Value, Failed> {
    let demo = Demo::start().await?;
    let browser = reqwest::Client::builder().no_proxy().build()?;
    let url = demo.url.trim_end_matches('/');
    let login = json!({ "user": demo.user, "password": demo.password }).to_string();
    let login = browser.post(format!("{url}/api/v1/login")).body(login);
    let login = login.header("content-type", "application/json").send().await?;
    let cookie = login.headers()["set-cookie"].to_str()?.split(';').next().unwrap_or_default();
    // Until the beat bars are full.
    tokio::time::sleep(Duration::from_secs(15)).await;
    let snapshot = browser.get(format!("{url}/api/v1/snapshot")).header("cookie", cookie);
    Ok(serde_json::from_str(&snapshot.send().await?.text().await?)?)
}

/// The same for many services and vantages, as it might be `tick` snapshots later.
fn many(snapshot: &Value, tick: usize) -> Value {
    let mut all = snapshot.clone();
    let one = snapshot["services"][0].clone();
    let services = (0..SERVICES).map(|place| service(&one, place, tick)).collect();
    all["services"] = Value::Array(services);
    let at = snapshot["at"].as_u64().unwrap_or_default();
    all["at"] = json!(at + tick as u64 * EVERY.as_millis() as u64);
    all["number"] = json!(tick);
    all
}

fn service(one: &Value, place: usize, tick: usize) -> Value {
    let mut service = one.clone();
    service["view"]["service"] = json!(format!("app-{place}"));
    service["name"] = json!(format!("app-{place}.schwenk.example"));
    for site in service["view"]["sites"].as_array_mut().into_iter().flatten() {
        let vote = site["votes"][0].clone();
        site["votes"] = Value::Array(vec![vote; VANTAGES]);
    }
    let series = service["series"].as_array().cloned().unwrap_or_default();
    let all = (0..VANTAGES).flat_map(|vantage| {
        series.iter().map(move |series| {
            let mut series = series.clone();
            series["vantage"] = json!(vantage);
            if let Some(samples) = series["samples"].as_array_mut()
                && !samples.is_empty()
            {
                let by = (tick + place) % samples.len();
                samples.rotate_left(by);
            }
            series
        })
    });
    service["series"] = Value::Array(all.collect());
    service
}

fn router(snapshots: Arc<Vec<String>>) -> Router {
    let session = json!({ "user": "bench", "role": "operate", "demo": false }).to_string();
    Router::new()
        .route("/api/v1/session", get(move || async move { session }))
        .route("/api/v1/live", get(move || async move { Sse::new(live(snapshots)) }))
        .fallback(file)
}

fn live(snapshots: Arc<Vec<String>>) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold((snapshots, 0), |(snapshots, tick)| async move {
        if tick > 0 {
            tokio::time::sleep(EVERY).await;
        }
        let event = Event::default().data(&snapshots[tick % snapshots.len()]);
        Some((Ok(event), (snapshots, tick + 1)))
    })
}

/// The panel's files as the program sends them.
async fn file(uri: axum::http::Uri) -> Response {
    let asset = panel_dist::get(uri.path()).unwrap_or_else(panel_dist::index);
    let mime = (CONTENT_TYPE, asset.mime);
    match asset.br {
        Some(br) => ([mime, (CONTENT_ENCODING, "br")], br).into_response(),
        None => ([mime], asset.raw).into_response(),
    }
}
