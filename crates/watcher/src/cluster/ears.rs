//! Listening to the shared store: leaders, the log, reports, commands; again after every break.
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::Group;
use super::ledger::{Log, holder};
use super::news::{News, Said};
use super::record::decode;
use super::store::{Change, StoreError};
use crate::driver::Fact;

/// Between two tries to listen.
const PAUSE: Duration = Duration::from_millis(500);
/// How long the store may take to begin.
const PATIENCE: Duration = Duration::from_secs(10);

type Facts = mpsc::Sender<Fact>;

/// Tells who leads, and calls for a campaign when nobody does.
pub(crate) async fn hear_leaders(group: Arc<Group>, facts: Facts) {
    loop {
        let hearing = async {
            let prefix = group.keys.lead();
            let reading = begun(group.store.read(&prefix)).await?;
            let mut changes = begun(group.store.watch(&prefix, reading.revision)).await?;
            let mut known = holder(&group, &reading).map(|(_, holder)| holder);
            loop {
                if known.is_none() {
                    group.calls.send_replace(());
                }
                tell(&facts, News::Holder(known.clone())).await;
                for change in changes.next().await? {
                    let key = group.keys.holder();
                    match change {
                        Change::Put(entry) if entry.key == key => {
                            known = decode(&key, &entry.value);
                        }
                        Change::Removed { key: gone } if gone == key => known = None,
                        _ => {}
                    }
                }
            }
        };
        rest(hearing.await).await;
    }
}

/// Tells what is new in the log.
pub(crate) async fn hear_log(group: Arc<Group>, facts: Facts) {
    loop {
        let hearing = async {
            let log = begun(group.log()).await?;
            let (mut id, prefix) = (log.id.clone(), group.keys.log());
            let mut changes = begun(group.store.watch(&prefix, log.revision)).await?;
            tell(&facts, News::Log(Box::new(log))).await;
            loop {
                let news = changes.next().await?;
                if id.is_none() {
                    // It has only just been begun.
                    id = begun(group.log()).await?.id;
                }
                let mut log = Log { id: id.clone(), ..Log::default() };
                for change in news {
                    if let Change::Put(entry) = change {
                        group.take_in(&mut log, &entry.key, &entry.value, entry.changed);
                    }
                }
                tell(&facts, News::Log(Box::new(log))).await;
            }
        };
        rest(hearing.await).await;
    }
}

/// Tells what other watchers say. What they said before this one listened is too old to count.
pub(crate) async fn hear_reports(group: Arc<Group>, facts: Facts) {
    loop {
        let hearing = async {
            let prefix = group.keys.reports();
            let reading = begun(group.store.read(&prefix)).await?;
            let mut changes = begun(group.store.watch(&prefix, reading.revision)).await?;
            loop {
                let news = changes.next().await?;
                let heard = Instant::now();
                for change in news {
                    let key = change.key().to_owned();
                    let Some(vantage) = key.strip_prefix(&prefix) else { continue };
                    let vantage = vantage.to_owned();
                    if vantage == group.vantage {
                        continue;
                    }
                    match change {
                        Change::Put(entry) => {
                            if let Some(report) = decode(&key, &entry.value) {
                                let said = Box::new(Said { vantage, report, heard });
                                tell(&facts, News::Said(said)).await;
                            }
                        }
                        Change::Removed { .. } => tell(&facts, News::Gone(vantage)).await,
                    }
                }
            }
        };
        rest(hearing.await).await;
    }
}

/// Tells of commands that are passed on to whoever leads.
pub(crate) async fn hear_commands(group: Arc<Group>, facts: Facts) {
    loop {
        let hearing = async {
            let prefix = group.keys.mails();
            let reading = begun(group.store.read(&prefix)).await?;
            let mut changes = begun(group.store.watch(&prefix, reading.revision)).await?;
            let mut news: Vec<Change> = reading.entries.into_iter().map(Change::Put).collect();
            loop {
                for change in news {
                    let Change::Put(entry) = change else { continue };
                    let Some(id) = entry.key.strip_prefix(&prefix) else { continue };
                    if let Some(mail) = decode(&entry.key, &entry.value) {
                        let mail = News::Mail(id.to_owned(), entry.created, Box::new(mail));
                        tell(&facts, mail).await;
                    }
                }
                news = changes.next().await?;
            }
        };
        rest(hearing.await).await;
    }
}

/// A store that hangs is asked again.
async fn begun<T>(asking: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    match tokio::time::timeout(PATIENCE, asking).await {
        Ok(answer) => answer,
        Err(_) => Err(StoreError::refused("no answer")),
    }
}

async fn tell(facts: &Facts, news: News) {
    let _ = facts.send(Fact::Cluster(Box::new(news))).await;
}

/// Listening never ends well.
async fn rest(ended: Result<std::convert::Infallible, StoreError>) {
    let Err(error) = ended;
    tracing::debug!("listening to the shared store begins anew: {error}");
    tokio::time::sleep(PAUSE).await;
}
