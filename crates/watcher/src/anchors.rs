//! Whether this vantage itself has a network.
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::driver::Fact;
use crate::setup::Setup;

/// Tries the anchors for ever and reports each change, and the first finding.
pub(crate) async fn watch(setup: Arc<Setup>, facts: mpsc::Sender<Fact>) {
    let (anchors, every) = (&setup.options.anchors, setup.options.anchor_interval);
    if anchors.is_empty() {
        return;
    }
    let mut known = None;
    let mut rounds = tokio::time::interval(every.max(Duration::from_millis(10)));
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        let tries = anchors.iter().map(|anchor| answers(*anchor, every));
        let isolated = !join_all(tries).await.contains(&true);
        if known != Some(isolated) {
            known = Some(isolated);
            if facts.send(Fact::Isolated(isolated)).await.is_err() {
                return;
            }
        }
    }
}

/// A refusal came from the anchor, so the way there works.
async fn answers(anchor: SocketAddr, patience: Duration) -> bool {
    match tokio::time::timeout(patience, TcpStream::connect(anchor)).await {
        Ok(Ok(_)) => true,
        Ok(Err(error)) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        Err(_) => false,
    }
}
