//! Handing over to those who tell people, and never waiting for them.
use std::time::Duration;

use failover_core::EventRecord;
use tokio::sync::mpsc;

use super::{Driver, Fact};
use crate::journal::{Journal, Told};
use crate::setup::Setup;
use crate::telling::{About, Courier, Delivery, DeliveryCounts, Desk, News, Notification, Sender};

/// How long after a start an alert of the time before may take to be raised again.
const SETTLED: Duration = Duration::from_secs(60);

/// Desk and couriers as they are at the start.
pub(super) struct Start {
    pub(super) desk: Desk,
    pub(super) senders: Vec<Sender>,
    pub(super) couriers: Vec<Courier>,
}

impl Start {
    /// Goes on with what the journal remembers; couriers begin with what was not delivered.
    pub(super) fn new(
        setup: &Setup,
        journal: &Journal,
        told: Told,
        counts: &DeliveryCounts,
        facts: &mpsc::Sender<Fact>,
    ) -> Self {
        let now = setup.clock.now();
        let services = setup.services.iter().map(|service| service.name().to_owned()).collect();
        let channels = setup.channels.clone();
        let vantage = setup.vantage.clone();
        let Told { conditions, mut waiting, latest } = told;
        let (desk, mut news) = Desk::new(channels, vantage, services, conditions, latest, now);
        let about = About {
            vantage: setup.vantage.clone(),
            panel: setup.panel.clone(),
            clock: setup.clock.clone(),
        };
        let (mut senders, mut couriers) = (Vec::new(), Vec::new());
        for spec in setup.channels.iter() {
            let own = |one: &Notification| one.channel == spec.name;
            let (left, rest) = waiting.into_iter().partition(own);
            waiting = rest;
            let (counts, notes) = (counts.clone(), journal.notes());
            let (courier, sender) =
                Courier::new(spec.clone(), left, about.clone(), counts, notes, facts.clone());
            senders.push(sender);
            couriers.push(courier);
        }
        for mut orphan in waiting {
            orphan.delivery = Delivery::GivenUp;
            orphan.ended = Some(now);
            orphan.problem = Some("the channel is not configured any more".to_owned());
            news.notifications.push(orphan);
        }
        journal.notes().tell(news);
        Self { desk, senders, couriers }
    }
}

impl Driver {
    /// What people are told of the records of a step.
    pub(super) fn news_of(&mut self, service: usize, records: &[EventRecord]) -> News {
        let setup = &self.services[service].setup;
        let mut news = News::default();
        for record in records {
            news.merge(self.desk.hear(record, setup));
        }
        news
    }

    /// What is due by the clock: reminders, and alerts that did not come back after a restart.
    pub(super) fn tell_in_time(&mut self) {
        let now = self.setup.clock.now();
        if !self.settled && now.since(self.started) > SETTLED {
            self.settled = true;
            let lasting: Vec<String> =
                self.alerts.shown().into_iter().map(|alert| alert.key).collect();
            let news = self.desk.settle(&lasting, now);
            self.tell(news);
        }
        let mut news = self.desk.remind(now);
        if !self.leads() {
            // Whoever leads reminds of the services; of itself each watcher does.
            news.notifications.retain(|notification| notification.service.is_none());
        }
        self.tell(news);
    }

    /// Tells people of something that is no event of a step.
    pub(super) fn tell(&mut self, news: News) {
        if news.is_empty() {
            return;
        }
        match &mut self.trouble {
            Some(trouble) => trouble.keep_news(&news),
            None => self.journal.notes().tell(news.clone()),
        }
        self.send(news);
    }

    /// Hands over to the couriers; what is told is in the journal, if it can be.
    pub(super) fn send(&self, news: News) {
        for notification in news.notifications {
            let sender = self.senders.iter().find(|sender| sender.channel == notification.channel);
            if let Some(sender) = sender {
                sender.send(notification);
            }
        }
    }
}
