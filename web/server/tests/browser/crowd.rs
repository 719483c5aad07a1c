//! Very many services: a server whose snapshots are made up and sent as the product sends its own.
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use failover_core::{Sample, SampleSeries, ServiceSnapshot, Snapshot, VantageId, Verdict};
use futures_util::{Stream, stream};
use schwenk::http::changes::BREATH;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use web_api::changes::{Change, Picture, Teller};

use crate::demo::Demo;
use crate::driver::Failed;

const VANTAGES: u8 = 3;
const SAMPLES: usize = 120;
/// As many as the panel asks for.
const SHOWN: usize = 40;
const PATIENCE: Duration = Duration::from_secs(60);

/// The server; it ends when this is dropped.
pub struct Crowd {
    pub url: String,
    latest: watch::Sender<Arc<Snapshot>>,
    lose_one: Arc<AtomicBool>,
    server: JoinHandle<()>,
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Crowd {
    pub async fn start(services: usize) -> Result<Self, Failed> {
        let template = template().await?;
        let one = &template.services[0];
        let services = (0..services).map(|place| service(one, place)).collect();
        let (latest, _) = watch::channel(Arc::new(Snapshot { services, ..template }));
        let lose_one = Arc::new(AtomicBool::new(false));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/", listener.local_addr()?);
        let router = router(latest.clone(), lose_one.clone());
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url, latest, lose_one, server })
    }

    /// The next snapshot is like this one after `change`.
    pub fn change(&self, change: impl FnOnce(&mut Snapshot)) {
        let mut all = Snapshot::clone(&self.latest.borrow());
        all.number += 1;
        change(&mut all);
        self.latest.send_replace(Arc::new(all));
    }

    /// Every check of every site is made once more from every vantage.
    pub fn probe(&self, later: Duration) {
        self.change(|all| {
            all.at = all.at.plus(later);
            for (place, service) in all.services.iter_mut().enumerate() {
                beat(service, all.at, all.number as usize + place);
            }
        });
    }

    /// One event is lost on the way to whoever listens.
    pub fn lose_one(&self) {
        self.lose_one.store(true, Ordering::Relaxed);
    }
}

/// A snapshot as the product really sends it, when all is well.
async fn template() -> Result<Snapshot, Failed> {
    let demo = Demo::start().await?;
    let browser = reqwest::Client::builder().no_proxy().build()?;
    let url = demo.url.trim_end_matches('/');
    let login = json!({ "user": demo.user, "password": demo.password }).to_string();
    let login = browser.post(format!("{url}/api/v1/login")).body(login);
    let login = login.header("content-type", "application/json").send().await?;
    let cookie = login.headers()["set-cookie"].to_str()?.split(';').next().unwrap_or_default();
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        let snapshot = browser.get(format!("{url}/api/v1/snapshot")).header("cookie", cookie);
        let snapshot: Snapshot = serde_json::from_str(&snapshot.send().await?.text().await?)?;
        let view = &snapshot.services[0].view;
        let settled = |p: &failover_core::ProviderView| {
            p.step == failover_core::ProviderStep::Settled && p.drift.is_none()
        };
        if view.sites.iter().all(|site| site.verdict == Verdict::Up)
            && !view.desired.is_empty()
            && view.open_move.is_none()
            && view.providers.iter().all(settled)
        {
            return Ok(snapshot);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err("the demo is never well".into())
}

/// The same service under another name, from several vantages, with all the samples there can be.
fn service(one: &ServiceSnapshot, place: usize) -> ServiceSnapshot {
    let mut service = one.clone();
    service.view.service = format!("app-{place}");
    service.name = format!("app-{place}.schwenk.example");
    for site in &mut service.view.sites {
        site.tally = [VANTAGES, 0, 0];
        let vote = site.votes[0].clone();
        site.votes = (0..VANTAGES).map(|_| vote.clone()).collect();
        for (number, vote) in site.votes.iter_mut().enumerate().skip(1) {
            vote.vantage = format!("vantage-{number}");
        }
    }
    let from = |vantage: u8| {
        let series = one.series.iter().cloned();
        series.map(move |series| SampleSeries { vantage: VantageId(vantage), ..series })
    };
    service.series = (0..VANTAGES).flat_map(from).collect();
    let now = service.view.now;
    for tick in 0..SAMPLES {
        beat(&mut service, now, tick + place);
    }
    service
}

fn beat(service: &mut ServiceSnapshot, at: failover_core::Timestamp, tick: usize) {
    service.view.now = at;
    for (place, series) in service.series.iter_mut().enumerate() {
        // Up and down like a real one, and never the same as the one before.
        let latency_ms = Some(0.4 + ((tick * 7 + place * 3) % 23) as f32 / 9.0);
        series.samples.push(Sample { at, ok: true, latency_ms, text: None });
        let gone = series.samples.len().saturating_sub(SAMPLES);
        series.samples.drain(..gone);
    }
    for check in service.view.sites.iter_mut().flat_map(|site| &mut site.votes) {
        check.checks.iter_mut().for_each(|check| check.reported = Some(at));
    }
}

fn router(latest: watch::Sender<Arc<Snapshot>>, lose_one: Arc<AtomicBool>) -> Router {
    let session = json!({ "user": "crowd", "role": "operate", "demo": false }).to_string();
    let changes = move || {
        let listener = Listener {
            updates: latest.subscribe(),
            teller: Teller::new(SHOWN),
            waiting: VecDeque::new(),
            in_a_hurry: true,
            lose_one: lose_one.clone(),
        };
        async move { Sse::new(listener.events()) }
    };
    Router::new()
        .route("/api/v1/session", get(move || async move { session }))
        .route("/api/v1/changes", get(changes))
        .fallback(file)
}

/// Somebody who listens, in the product's own pace.
struct Listener {
    updates: watch::Receiver<Arc<Snapshot>>,
    teller: Teller,
    waiting: VecDeque<Change>,
    in_a_hurry: bool,
    lose_one: Arc<AtomicBool>,
}

impl Listener {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, async |mut listener| {
            let change = listener.next().await?;
            let change = match listener.lose_one.swap(false, Ordering::Relaxed) {
                true => listener.next().await?,
                false => change,
            };
            let event = Event::default().json_data(change).ok()?;
            Some((Ok(event), listener))
        })
    }

    async fn next(&mut self) -> Option<Change> {
        if let Some(change) = self.waiting.pop_front() {
            if !self.in_a_hurry {
                tokio::time::sleep(BREATH).await;
            }
            return Some(change);
        }
        self.in_a_hurry = self.teller.number().is_none();
        if self.teller.is_complete() {
            self.updates.changed().await.ok()?;
        }
        let snapshot = self.updates.borrow_and_update().clone();
        self.waiting = self.teller.tell(Arc::new(Picture::of(snapshot).ok()?)).into();
        self.waiting.pop_front()
    }
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
