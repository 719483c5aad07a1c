//! The ways to reach people as the panel shows and tries them.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use cloud_http::Retry;
use notify::{Kind, Message, Severity};
use watcher::ChannelSpec;
use web_api::{ChannelTested, HeartbeatState};

use crate::heartbeat::Heard;

/// Between two test messages through one channel.
const PAUSE: Duration = Duration::from_secs(10);

/// The channels and the dead man's switch; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Telling(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    channels: Vec<ChannelSpec>,
    vantage: String,
    panel: Option<String>,
    heartbeat: Option<Heard>,
    tried: Mutex<BTreeMap<String, Instant>>,
}

/// Why no test message was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untried {
    /// There is no such channel.
    Unknown,
    /// The last one was sent too short a time ago; again after so many seconds.
    TooSoon(u64),
}

impl Telling {
    /// The ways of a configuration, with what is heard from its dead man's switch.
    pub fn new(
        config: &crate::config::Config,
        channels: Vec<ChannelSpec>,
        heartbeat: Option<Heard>,
    ) -> Self {
        Self(Arc::new(Inner {
            channels,
            vantage: config.vantage.clone(),
            panel: config.server.public_origin.clone(),
            heartbeat,
            tried: Mutex::default(),
        }))
    }

    /// The channel of this name.
    pub fn channel(&self, name: &str) -> Option<&ChannelSpec> {
        self.0.channels.iter().find(|channel| channel.name == name)
    }

    /// How the dead man's switch was last reached.
    pub fn heartbeat(&self) -> Option<HeartbeatState> {
        self.0.heartbeat.as_ref().map(Heard::state)
    }

    /// The right to send a test message through a channel, once in a while.
    pub fn turn(&self, name: &str) -> Result<&ChannelSpec, Untried> {
        let channel = self.channel(name).ok_or(Untried::Unknown)?;
        let mut tried = self.0.tried.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let since = tried.get(name).map(|at| now.saturating_duration_since(*at));
        if let Some(since) = since.filter(|since| *since < PAUSE) {
            return Err(Untried::TooSoon((PAUSE - since).as_secs() + 1));
        }
        tried.insert(name.to_owned(), now);
        Ok(channel)
    }

    /// Sends a test message through `channel`.
    pub async fn try_one(&self, channel: &ChannelSpec) -> ChannelTested {
        try_channel(channel, &self.0.vantage, self.0.panel.as_deref()).await
    }
}

/// Sends a quiet message through a channel and says what has become of it.
pub async fn try_channel(spec: &ChannelSpec, vantage: &str, panel: Option<&str>) -> ChannelTested {
    let started = Instant::now();
    let deadline = started + spec.timeout;
    let message = message(vantage, panel);
    let delivering = spec.channel.deliver(&message, deadline);
    let late = tokio::time::timeout_at((deadline + Duration::from_secs(1)).into(), delivering);
    let (problem, again) = match late.await {
        Ok(Ok(())) => (None, false),
        Ok(Err(failure)) => (Some(failure.to_string()), failure.retry != Retry::Never),
        Err(_) => (Some("it does not come to an end".to_owned()), true),
    };
    ChannelTested {
        channel: spec.name.clone(),
        kind: spec.channel.kind().to_owned(),
        delivered: problem.is_none(),
        problem,
        again,
        millis: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}

fn message(vantage: &str, panel: Option<&str>) -> Message {
    Message {
        id: format!("test{:016x}", getrandom::u64().unwrap_or(0)),
        key: format!("{vantage}:test"),
        kind: Kind::Test,
        severity: Severity::Info,
        service: None,
        text: "somebody wants to know whether messages arrive. Nothing has happened.".to_owned(),
        at: SystemTime::now(),
        since: None,
        vantage: vantage.to_owned(),
        panel: panel.map(str::to_owned),
        quiet: true,
    }
}
