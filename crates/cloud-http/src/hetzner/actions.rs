//! Waiting for actions: everybody who waits shares the polls, since they cost of one allowance.
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use serde::Deserialize;
use tokio::sync::Notify;

use super::problem;
use crate::{Call, Client, Error, Failure, Kind, Request, Retry, lenient};

/// The most actions asked for at once, as the vendor's own clients do.
const BATCH: usize = 25;

/// An action that is missing from this many answers in a row is not known to the server.
const MISSING_MAX: u8 = 2;

/// An action as the API shows it.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Action {
    /// Its number.
    #[serde(deserialize_with = "lenient::number")]
    pub id: u64,
    /// `running`, `success` or `error`; this alone decides, since a success may carry an `error`.
    pub status: String,
    /// What is being done, such as `create_server`.
    #[serde(default)]
    pub command: String,
    /// Why it failed, if it did.
    #[serde(default)]
    pub error: Option<ActionError>,
}

impl Action {
    /// How an action ended; `None` while it runs, or while its status is one we do not know.
    pub fn result(&self) -> Option<Result<(), Failure>> {
        match self.status.as_str() {
            "success" => Some(Ok(())),
            "error" => {
                let error = self.error.clone().unwrap_or_default();
                let (kind, _) =
                    problem::meaning(&error.code).unwrap_or((Kind::Unavailable, Retry::Later));
                let why = if error.message.is_empty() { "no reason given" } else { &error.message };
                let text = format!("action {} failed: {why}", self.id);
                // What is stored and what is published are two things; reading back tells.
                let failure = Failure::new(kind, text).retry(Retry::AfterReread).maybe_applied();
                let code = Some(error.code).filter(|code| !code.is_empty());
                Some(Err(code.map_or(failure.clone(), |code| failure.code(code))))
            }
            _ => None,
        }
    }
}

/// Why an action failed.
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct ActionError {
    /// The vendor's code.
    #[serde(default)]
    pub code: String,
    /// The vendor's words.
    #[serde(default)]
    pub message: String,
}

#[derive(Deserialize)]
struct ActionsAnswer {
    #[serde(default)]
    actions: Vec<Action>,
}

/// The actions somebody waits for. One for each set of credentials.
#[derive(Debug)]
pub struct Actions {
    first: Duration,
    cap: Duration,
    open: Mutex<BTreeMap<u64, Open>>,
    /// Whoever holds this makes the next poll for all.
    turn: tokio::sync::Mutex<()>,
    /// An action has ended, or somebody began to wait for a new one.
    news: Notify,
}

#[derive(Debug)]
struct Open {
    waiters: usize,
    next: Instant,
    pause: Duration,
    missing: u8,
    ended: Option<Result<(), Failure>>,
}

/// Somebody waits for an action, until dropped.
struct Waiter<'a> {
    actions: &'a Actions,
    id: u64,
}

impl Actions {
    /// Actions are looked at after `first`, then ever more rarely up to `cap`.
    pub fn new(first: Duration, cap: Duration) -> Self {
        Self {
            first,
            cap,
            open: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            news: Notify::new(),
        }
    }

    /// Returns when the action has ended well; fails when it ended in an error, when the server
    /// does not know it, or at the deadline, always with an unknown effect.
    pub async fn ended(&self, client: &Client, id: u64, call: Call) -> Result<(), Failure> {
        let clock = client.clock();
        let _waiter = self.wait_for(id, clock.now());
        loop {
            let news = self.news.notified();
            let mut news = std::pin::pin!(news);
            news.as_mut().enable();
            if let Some(ended) = self.result(id) {
                return ended;
            }
            if clock.now() >= call.deadline {
                return Err(too_late(id));
            }
            futures_util::select_biased! {
                turn = self.turn.lock().fuse() => {
                    self.round(client, id, call).await?;
                    drop(turn);
                }
                () = news.fuse() => {}
                () = clock.sleep_until(call.deadline).fuse() => {}
            }
        }
    }

    /// Waits until a look is due, and looks once at all actions that anybody waits for.
    async fn round(&self, client: &Client, own: u64, call: Call) -> Result<(), Failure> {
        let clock = client.clock();
        loop {
            let news = self.news.notified();
            let mut news = std::pin::pin!(news);
            news.as_mut().enable();
            let Some(due) = self.due(own) else { return Ok(()) };
            if due >= call.deadline {
                clock.sleep_until(call.deadline).await;
                return Err(too_late(own));
            }
            if clock.now() >= due {
                break;
            }
            futures_util::select_biased! {
                () = clock.sleep_until(due).fuse() => break,
                () = news.fuse() => {}
            }
        }
        let ids = self.batch(own, clock.now());
        let mut request = Request::read("look at actions", "/actions").urgent();
        for id in &ids {
            request = request.query("id", &id.to_string());
        }
        let answer: Result<ActionsAnswer, Error> = client.json(&request, call).await;
        match answer {
            Ok(answer) => {
                self.note(&ids, &answer.actions);
                Ok(())
            }
            Err(_) if clock.now() >= call.deadline => Err(too_late(own)),
            Err(error) => Err(error.failure.maybe_applied()),
        }
    }

    fn wait_for(&self, id: u64, now: Instant) -> Waiter<'_> {
        let mut open = self.lock();
        let entry = open.entry(id).or_insert_with(|| Open {
            waiters: 0,
            next: now + self.first,
            pause: self.first,
            missing: 0,
            ended: None,
        });
        entry.waiters += 1;
        drop(open);
        // Whoever sleeps until a later look must reckon with this one.
        self.news.notify_waiters();
        Waiter { actions: self, id }
    }

    fn result(&self, id: u64) -> Option<Result<(), Failure>> {
        self.lock().get(&id)?.ended.clone()
    }

    /// When the next look is due; `None` when there is nothing to wait for any more.
    fn due(&self, own: u64) -> Option<Instant> {
        let open = self.lock();
        open.get(&own).filter(|open| open.ended.is_none())?;
        open.values().filter(|open| open.ended.is_none()).map(|open| open.next).min()
    }

    /// What to ask for now: the own action, and others by their turn. Sets their next turns.
    fn batch(&self, own: u64, now: Instant) -> Vec<u64> {
        let mut open = self.lock();
        let waiting = open.iter().filter(|(_, open)| open.ended.is_none());
        let mut ids: Vec<(bool, Instant, u64)> =
            waiting.map(|(id, open)| (*id != own, open.next, *id)).collect();
        ids.sort();
        ids.truncate(BATCH);
        for (_, _, id) in &ids {
            if let Some(open) = open.get_mut(id) {
                open.pause = (open.pause * 8 / 5).min(self.cap);
                open.next = now + open.pause;
            }
        }
        ids.into_iter().map(|(_, _, id)| id).collect()
    }

    fn note(&self, asked: &[u64], answered: &[Action]) {
        let mut open = self.lock();
        for id in asked {
            let Some(entry) = open.get_mut(id) else { continue };
            match answered.iter().find(|action| action.id == *id) {
                Some(action) => {
                    entry.missing = 0;
                    entry.ended = action.result();
                }
                None => {
                    entry.missing += 1;
                    if entry.missing >= MISSING_MAX {
                        let text = format!("the server does not know action {id} (any more)");
                        let failure = Failure::new(Kind::NotFound, text);
                        entry.ended = Some(Err(failure.retry(Retry::AfterReread).maybe_applied()));
                    }
                }
            }
        }
        drop(open);
        self.news.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut open = self.actions.lock();
        if let Some(entry) = open.get_mut(&self.id) {
            entry.waiters -= 1;
            if entry.waiters == 0 {
                open.remove(&self.id);
            }
        }
    }
}

fn too_late(id: u64) -> Failure {
    let text = format!("action {id} was still running at the deadline");
    Failure::new(Kind::Timeout, text).retry(Retry::Later).maybe_applied()
}
