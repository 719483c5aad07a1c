//! A watcher and its backend in one process, until both have ended.
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use watcher::Watcher;

use crate::config::Server;
use crate::heartbeat::{self, Beating};
use crate::http::app::{App, Estate};
use crate::http::demo::Breakable;
use crate::metrics::Calls;
use crate::records::Records;
use crate::telling::Telling;

/// SIGTERM to the end of the process; the watcher's own grace for an open move is shorter.
const GRACE: Duration = Duration::from_millis(4400);

/// Why the process ended by itself.
#[derive(Debug)]
pub struct Ended(pub String);

/// What is served beside the watcher itself.
#[derive(Debug, Default)]
pub struct Beside {
    /// What can be broken, if this is the demo.
    pub demo: Option<Arc<dyn Breakable>>,
    /// What counts the calls of the watcher's providers.
    pub calls: Calls,
    /// Where the metrics are served without a login.
    pub metrics: Option<TcpListener>,
    /// The zones and records of all providers.
    pub records: Option<Records>,
    /// The ways to reach people.
    pub telling: Telling,
    /// The dead man's switch.
    pub heartbeat: Option<Beating>,
    /// The configuration and the clouds it names.
    pub estate: Estate,
}

/// Runs `watcher` and serves it on `listener` until `stop` turns true, then ends both.
///
/// The backend lives as long as the watcher: somebody may want to see how a move ends.
pub async fn serve(
    watcher: Watcher,
    listener: TcpListener,
    server: &Server,
    beside: Beside,
    stop: &watch::Receiver<bool>,
) -> Result<(), Ended> {
    let (ended, ending) = watch::channel(false);
    let mut beside = beside;
    let metrics = beside.metrics.take();
    let beating = beside.heartbeat.take();
    let beating = beating.map(|beating| tokio::spawn(heartbeat::beat(beating, watcher.handle())));
    let app = App::new(watcher.handle(), server, beside, ending.clone());
    let metrics = metrics.map(|listener| {
        tokio::spawn(crate::http::serve_metrics(listener, app.clone(), wait(ending.clone())))
    });
    let backend = tokio::spawn(crate::http::serve(listener, app, wait(ending)));
    let watching = tokio::spawn(watcher.run(wait(stop.clone())));
    let overdue = async {
        wait(stop.clone()).await;
        tokio::time::sleep(GRACE).await;
    };
    let result = tokio::select! {
        result = watching => match result {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Ended(format!("the watcher has stopped: {error}"))),
            Err(error) => Err(Ended(format!("the watcher has stopped: {error}"))),
        },
        () = overdue => {
            tracing::warn!("an open move did not end in time; the next start continues it");
            Ok(())
        }
    };
    beating.inspect(tokio::task::JoinHandle::abort);
    ended.send_replace(true);
    if let Some(metrics) = metrics {
        let _ = tokio::time::timeout(Duration::from_millis(500), metrics).await;
    }
    match tokio::time::timeout(Duration::from_millis(500), backend).await {
        Ok(Ok(Err(error))) => Err(Ended(format!("the backend has stopped: {error}"))),
        _ => result,
    }
}

async fn wait(mut flag: watch::Receiver<bool>) {
    let _ = flag.wait_for(|set| *set).await;
}
