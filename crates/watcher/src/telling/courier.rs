//! The task of one channel: one message after the other, each until it is delivered or given up.
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, UNIX_EPOCH};

use cloud_http::{Failure, Retry};
use failover_core::{Severity, Timestamp};
use notify::Message;
use tokio::sync::mpsc;
use tokio::time::sleep_until;

use super::desk::broken;
use super::{ChannelSpec, Delivery, DeliveryCounts, News, Notification, Outcome};
use crate::alert::Alert;
use crate::clock::Clock;
use crate::driver::Fact;
use crate::journal::Notes;

/// Messages that wait for a channel; the oldest beyond are given up.
const WAITING_MAX: usize = 1024;
/// Pauses between two tries.
const RETRY_MIN: Duration = Duration::from_secs(1);
const RETRY_MAX: Duration = Duration::from_secs(300);
/// No server's wish makes a message wait longer.
const WISH_MAX: Duration = Duration::from_secs(3600);
/// How long a channel may fail before others are told.
const FAILING: Duration = Duration::from_secs(60);
/// Beyond the time for a try: a channel that does not keep to it is left.
const SLACK: Duration = Duration::from_secs(1);

/// The driver's end of a channel's queue; never waits.
#[derive(Debug)]
pub(crate) struct Sender {
    pub(crate) channel: String,
    queue: mpsc::UnboundedSender<Notification>,
    /// How many were given to it and have not come to an end.
    open: Arc<AtomicUsize>,
}

impl Sender {
    pub(crate) fn send(&self, notification: Notification) {
        self.open.fetch_add(1, Ordering::SeqCst);
        // Without a courier it stays in the journal.
        let _ = self.queue.send(notification);
    }

    /// Whether everything has come to an end, well or not.
    pub(crate) fn is_done(&self) -> bool {
        self.open.load(Ordering::SeqCst) == 0
    }
}

/// Delivers the messages of one channel.
#[derive(Debug)]
pub(crate) struct Courier {
    spec: ChannelSpec,
    queue: mpsc::UnboundedReceiver<Notification>,
    waiting: VecDeque<Notification>,
    about: About,
    counts: DeliveryCounts,
    open: Arc<AtomicUsize>,
    notes: Notes,
    facts: mpsc::Sender<Fact>,
    /// The pause after the next failure.
    pause: Duration,
    /// Before this moment no try is made.
    until: Option<Instant>,
    /// The other side has asked for it.
    asked: bool,
    /// Since when every try has failed.
    failing: Option<Instant>,
    /// Others have been told.
    said: bool,
}

/// What stands in every message.
#[derive(Clone, Debug)]
pub(crate) struct About {
    pub(crate) vantage: String,
    pub(crate) panel: Option<String>,
    pub(crate) clock: Clock,
}

impl Courier {
    /// A courier who begins with what an earlier watcher has left.
    pub(crate) fn new(
        spec: ChannelSpec,
        left: Vec<Notification>,
        about: About,
        counts: DeliveryCounts,
        notes: Notes,
        facts: mpsc::Sender<Fact>,
    ) -> (Self, Sender) {
        let (sender, queue) = mpsc::unbounded_channel();
        let open = Arc::new(AtomicUsize::new(left.len()));
        let sender = Sender { channel: spec.name.clone(), queue: sender, open: open.clone() };
        let courier = Self {
            spec,
            queue,
            waiting: left.into(),
            about,
            counts,
            open,
            notes,
            facts,
            pause: RETRY_MIN,
            until: None,
            asked: false,
            failing: None,
            said: false,
        };
        (courier, sender)
    }

    /// Delivers until the driver has gone and nothing can be delivered any more at once.
    pub(crate) async fn run(mut self) {
        loop {
            while let Ok(notification) = self.queue.try_recv() {
                self.take(notification).await;
            }
            self.count();
            if self.waiting.is_empty() {
                let Some(notification) = self.queue.recv().await else { return };
                self.take(notification).await;
                continue;
            }
            if let Some(until) = self.until {
                tokio::select! {
                    () = sleep_until(until.into()) => self.until = None,
                    more = self.queue.recv() => {
                        // What is left is in the journal.
                        let Some(notification) = more else { return };
                        self.take(notification).await;
                        continue;
                    }
                }
            }
            self.try_first().await;
        }
    }

    async fn take(&mut self, notification: Notification) {
        let urgent = notification.severity == Severity::Critical;
        if urgent && !self.asked && self.pause > RETRY_MIN {
            // Whoever is to be woken shall not wait for a long pause to end.
            self.pause = RETRY_MIN;
            self.until = self.until.map(|until| until.min(Instant::now() + RETRY_MIN));
        }
        self.waiting.push_back(notification);
        if self.waiting.len() > WAITING_MAX {
            self.give_up("too many messages wait for this channel").await;
        }
    }

    async fn try_first(&mut self) {
        let now = self.about.clock.now();
        let Some(first) = self.waiting.front_mut() else { return };
        if now.since(first.at) > self.spec.give_up_after {
            let why = first.problem.clone().unwrap_or_else(|| "it is too old".to_owned());
            self.give_up(&why).await;
            return;
        }
        first.attempts += 1;
        let message = message(first, &self.about, self.spec.quiet);
        let deadline = Instant::now() + self.spec.timeout;
        let delivering = self.spec.channel.deliver(&message, deadline);
        let patience = (deadline + SLACK).into();
        match tokio::time::timeout_at(patience, delivering).await {
            Ok(Ok(())) => self.delivered(now).await,
            Ok(Err(failure)) if failure.retry == Retry::Never => self.refused(&failure).await,
            Ok(Err(failure)) => {
                let wish = match failure.retry {
                    Retry::After(wish) => Some(wish),
                    _ => None,
                };
                self.failed(failure.to_string(), wish).await;
            }
            Err(_) => self.failed("it does not come to an end".to_owned(), None).await,
        }
    }

    async fn delivered(&mut self, now: Timestamp) {
        let Some(mut first) = self.waiting.pop_front() else { return };
        (self.pause, self.failing) = (RETRY_MIN, None);
        tracing::debug!(channel = self.spec.name, key = first.key, "delivered");
        first.delivery = Delivery::Delivered;
        first.ended = Some(now.max(first.at));
        first.problem = None;
        self.note(first);
        self.counts.of(&self.spec.name, |counts| counts.problem = None);
        self.add(Outcome::Delivered);
        if std::mem::take(&mut self.said) {
            let text = format!("The channel {} delivers again.", self.spec.name);
            let over = Fact::Over { key: broken(&self.spec.name), text };
            let _ = self.facts.send(over).await;
        }
    }

    async fn refused(&mut self, failure: &Failure) {
        let Some(mut first) = self.waiting.pop_front() else { return };
        self.until = None;
        first.delivery = Delivery::Refused;
        first.ended = Some(self.about.clock.now());
        first.problem = Some(failure.to_string());
        let what = first.text.clone();
        self.note(first);
        self.add(Outcome::Refused);
        self.say(&format!("refuses a message for good ({failure}): {what}"), failure).await;
    }

    /// Gives up the first.
    async fn give_up(&mut self, why: &str) {
        let Some(mut first) = self.waiting.pop_front() else { return };
        first.delivery = Delivery::GivenUp;
        first.ended = Some(self.about.clock.now());
        first.problem = Some(why.to_owned());
        let what = first.text.clone();
        self.note(first);
        self.add(Outcome::GivenUp);
        self.say(&format!("has not delivered a message, which is given up ({why}): {what}"), &why)
            .await;
    }

    async fn failed(&mut self, problem: String, wish: Option<Duration>) {
        self.asked = wish.is_some();
        let pause = wish.map_or(self.pause, |wish| wish.clamp(RETRY_MIN, WISH_MAX));
        self.until = Some(Instant::now() + pause);
        self.pause = (self.pause * 2).min(RETRY_MAX);
        let since = *self.failing.get_or_insert_with(Instant::now);
        let name = &self.spec.name;
        tracing::info!(channel = name, "not delivered, tried again in {pause:?}: {problem}");
        self.add(Outcome::Retried);
        let Some(first) = self.waiting.front_mut() else { return };
        first.problem = Some(problem.clone());
        let first = first.clone();
        self.note(first);
        if since.elapsed() > FAILING {
            let waiting = self.waiting.len();
            let text = format!("does not deliver; {waiting} wait ({problem}).");
            self.say(&text, &problem).await;
        } else {
            self.counts.of(&self.spec.name, |counts| counts.problem = Some(problem));
        }
    }

    /// Tells the others what is wrong with this channel.
    async fn say(&mut self, text: &str, problem: &(dyn std::fmt::Display + Sync)) {
        let problem = problem.to_string();
        self.counts.of(&self.spec.name, |counts| counts.problem = Some(problem));
        self.said = true;
        let text = format!("The channel {} {text}", self.spec.name);
        let alert = Alert::new(broken(&self.spec.name), Severity::Warning, text);
        let _ = self.facts.send(Fact::Raised(alert)).await;
    }

    fn note(&self, notification: Notification) {
        self.notes.tell(News { notifications: vec![notification], ..News::default() });
    }

    fn add(&self, outcome: Outcome) {
        if outcome != Outcome::Retried {
            self.open.fetch_sub(1, Ordering::SeqCst);
        }
        self.counts.of(&self.spec.name, |counts| *counts.outcomes.entry(outcome).or_default() += 1);
        self.count();
    }

    fn count(&self) {
        let waiting = self.waiting.len() as u64;
        self.counts.of(&self.spec.name, |counts| counts.waiting = waiting);
    }
}

fn message(notification: &Notification, about: &About, quiet: bool) -> Message {
    let moment = |at: Timestamp| UNIX_EPOCH + Duration::from_millis(at.as_millis());
    Message {
        id: notification.uid.clone(),
        key: notification.key.clone(),
        kind: notification.kind,
        severity: match notification.severity {
            Severity::Info => notify::Severity::Info,
            Severity::Warning => notify::Severity::Warning,
            Severity::Critical => notify::Severity::Critical,
        },
        service: notification.service.clone(),
        text: notification.text.clone(),
        at: moment(notification.at),
        since: notification.since.map(moment),
        vantage: about.vantage.clone(),
        panel: about.panel.clone(),
        quiet,
    }
}
