//! From events and alerts to conditions and messages: no repetition, reminders, all-clears.
use std::collections::BTreeMap;
use std::sync::Arc;

use failover_core::{Event, EventRecord, Severity, Timestamp};
use notify::Kind;

use super::{ChannelSpec, Condition, Delivery, News, Notification, topic};
use crate::alert::Alert;
use crate::setup::ServiceSetup;

/// Knows what lasts and decides who is told what. Waits for nobody.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    channels: Arc<[ChannelSpec]>,
    vantage: String,
    services: Vec<String>,
    conditions: BTreeMap<String, Condition>,
    /// How many reminders each channel has had, by key and the channel's place.
    reminded: BTreeMap<(String, usize), u128>,
    /// The number of the latest notification.
    latest: u64,
}

/// What is to be told, before it is known to whom.
struct Words<'w> {
    key: &'w str,
    kind: Kind,
    severity: Severity,
    service: Option<&'w str>,
    text: &'w str,
    since: Option<Timestamp>,
}

impl Desk {
    /// A desk that goes on where the journal ends. What concerns services that are not watched any
    /// more is forgotten, as the [`News`] say.
    pub(crate) fn new(
        channels: Arc<[ChannelSpec]>,
        vantage: String,
        services: Vec<String>,
        known: Vec<Condition>,
        latest: u64,
        now: Timestamp,
    ) -> (Self, News) {
        let mut desk = Self {
            channels,
            vantage,
            services,
            conditions: BTreeMap::new(),
            reminded: BTreeMap::new(),
            latest,
        };
        let mut news = News::default();
        for condition in known {
            let watched = condition.service.as_ref().is_none_or(|of| desk.services.contains(of));
            if watched {
                desk.conditions.insert(condition.key.clone(), condition);
            } else {
                news.over.push(condition.key);
            }
        }
        // Reminders that were due meanwhile are not made up for.
        for (key, condition) in &desk.conditions {
            for (place, channel) in desk.channels.iter().enumerate() {
                let due = reminders_due(channel, condition, now);
                desk.reminded.insert((key.clone(), place), due);
            }
        }
        (desk, news)
    }

    /// Takes in an event of a service.
    pub(crate) fn hear(&mut self, record: &EventRecord, setup: &ServiceSetup) -> News {
        let mut news = News::default();
        let topic = topic::of(&record.event, setup.policy(), setup.vantage);
        let key = |tail: &String| format!("{}/{tail}", record.service);
        if let Event::Acknowledged { .. } = record.event {
            self.acknowledge(&record.service, &mut news);
        }
        let mut ended = false;
        for tail in &topic.over {
            ended |= self.end(&key(tail), &record.text, record.at, &mut news);
        }
        // What is less than a warning begins nothing.
        let lasts = topic.lasts.filter(|_| record.severity >= Severity::Warning);
        if let Some(tail) = lasts {
            let condition = Condition {
                key: key(&tail),
                severity: record.severity,
                peak: record.severity,
                service: Some(record.service.clone()),
                text: record.text.clone(),
                since: record.at,
                acknowledged: false,
            };
            self.begin(condition, record.at, &mut news);
        } else if !ended && (topic.note || record.severity >= Severity::Warning) {
            let words = Words {
                key: &format!("{}/event", record.service),
                kind: Kind::Note,
                severity: record.severity,
                service: Some(&record.service),
                text: &record.text,
                since: None,
            };
            self.tell(&words, record.at, &mut news);
        }
        news
    }

    /// An alert was raised, or raised again in other words.
    pub(crate) fn raise(&mut self, alert: &Alert, now: Timestamp) -> News {
        let mut news = News::default();
        let condition = Condition {
            key: self.key_of(&alert.key),
            severity: alert.severity,
            peak: alert.severity,
            service: alert.service.clone(),
            text: alert.text.clone(),
            since: now,
            acknowledged: false,
        };
        self.begin(condition, now, &mut news);
        news
    }

    /// An alert is over.
    pub(crate) fn clear(&mut self, key: &str, text: &str, now: Timestamp) -> News {
        let mut news = News::default();
        self.end(&self.key_of(key), text, now, &mut news);
        news
    }

    /// Alerts that lasted before a restart and were not raised again are over; `lasting` are the
    /// keys of those that were.
    pub(crate) fn settle(&mut self, lasting: &[String], now: Timestamp) -> News {
        let lasting: Vec<String> = lasting.iter().map(|key| self.key_of(key)).collect();
        let of_service = |key: &str| {
            self.services.iter().any(|of| key.strip_prefix(of).is_some_and(|k| k.starts_with('/')))
        };
        let gone = self.conditions.keys().filter(|key| !of_service(key) && !lasting.contains(key));
        let gone: Vec<String> = gone.cloned().collect();
        let mut news = News::default();
        for key in gone {
            self.end(&key, "Not seen since the watcher was started again.", now, &mut news);
        }
        news
    }

    /// The reminders that are due.
    pub(crate) fn remind(&mut self, now: Timestamp) -> News {
        let mut due = Vec::new();
        for condition in self.conditions.values().filter(|condition| !condition.acknowledged) {
            for (place, channel) in self.channels.iter().enumerate() {
                let count = reminders_due(channel, condition, now);
                let had = self.reminded.get(&(condition.key.clone(), place)).copied().unwrap_or(0);
                if count > had && self.is_told(channel, condition) {
                    due.push((condition.clone(), place, count));
                }
            }
        }
        let mut news = News::default();
        for (condition, place, count) in due {
            self.reminded.insert((condition.key.clone(), place), count);
            let name = self.channels[place].name.clone();
            news.notifications.push(self.notification(name, &condition.words(Kind::Reminder), now));
        }
        news
    }

    fn acknowledge(&mut self, service: &str, news: &mut News) {
        let own = |one: &&mut Condition| one.service.as_deref() == Some(service);
        for condition in self.conditions.values_mut().filter(own) {
            condition.acknowledged = true;
            news.begun.push(condition.clone());
        }
    }

    fn begin(&mut self, mut condition: Condition, now: Timestamp, news: &mut News) {
        let known = self.conditions.get(&condition.key);
        let anew = known.is_none_or(|known| known.severity != condition.severity);
        if let Some(known) = known {
            condition.since = known.since;
            condition.peak = known.peak.max(condition.severity);
            condition.acknowledged = known.acknowledged && !anew;
        }
        if known != Some(&condition) {
            self.conditions.insert(condition.key.clone(), condition.clone());
            news.begun.push(condition.clone());
        }
        if anew {
            self.tell(&condition.words(Kind::Raised), now, news);
        }
    }

    /// Says whether it lasted.
    fn end(&mut self, key: &str, text: &str, now: Timestamp, news: &mut News) -> bool {
        let Some(condition) = self.conditions.remove(key) else { return false };
        self.reminded.retain(|(of, _), _| of != key);
        news.begun.retain(|begun| begun.key != key);
        news.over.push(key.to_owned());
        let text = format!("{text} It was: {}", condition.text);
        let words = Words { severity: condition.peak, text: &text, ..condition.words(Kind::Over) };
        self.tell(&words, now, news);
        true
    }

    fn is_told(&self, channel: &ChannelSpec, condition: &Condition) -> bool {
        channel.wants(condition.severity, condition.service.as_deref())
            && condition.key != self.key_of(&broken(&channel.name))
    }

    fn tell(&mut self, words: &Words<'_>, now: Timestamp, news: &mut News) {
        let channels = self.channels.clone();
        // That a channel is broken is not told by that channel.
        for channel in channels.iter() {
            let broken = self.key_of(&broken(&channel.name));
            if !channel.wants(words.severity, words.service) || words.key == broken {
                continue;
            }
            let notification = self.notification(channel.name.clone(), words, now);
            news.notifications.push(notification);
        }
    }

    fn notification(&mut self, channel: String, words: &Words<'_>, at: Timestamp) -> Notification {
        self.latest += 1;
        Notification {
            id: self.latest,
            uid: uid(),
            at,
            channel,
            key: words.key.to_owned(),
            kind: words.kind,
            severity: words.severity,
            service: words.service.map(str::to_owned),
            text: words.text.to_owned(),
            since: words.since,
            attempts: 0,
            delivery: Delivery::Waiting,
            ended: None,
            problem: None,
        }
    }

    /// Alerts of several watchers that tell the same people are not one another's.
    fn key_of(&self, alert: &str) -> String {
        format!("{}:{alert}", self.vantage)
    }
}

impl Condition {
    fn words(&self, kind: Kind) -> Words<'_> {
        Words {
            key: &self.key,
            kind,
            severity: self.severity,
            service: self.service.as_deref(),
            text: &self.text,
            since: Some(self.since),
        }
    }
}

/// The key of the alert that a channel does not deliver.
pub(super) fn broken(channel: &str) -> String {
    format!("notify/{channel}")
}

fn reminders_due(channel: &ChannelSpec, condition: &Condition, now: Timestamp) -> u128 {
    let every = channel.remind_every.map_or(0, |every| every.as_millis());
    now.since(condition.since).as_millis().checked_div(every).unwrap_or(0)
}

/// A name that no other message has, whatever becomes of the journal.
fn uid() -> String {
    let (high, low) = (getrandom::u64().unwrap_or(0), getrandom::u64().unwrap_or(0));
    format!("{high:016x}{low:016x}")
}
