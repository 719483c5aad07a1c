//! Carrying out what a machine asks for, each intent in a task of its own.
use std::sync::Arc;
use std::time::Instant;

use cloud_http::Call;
use failover_core::{AttemptId, Output, ProviderId, Severity, SiteId, SiteSet};

use super::step::{Reply, Taken};
use super::task::Task;
use super::{Driver, Fact};
use crate::error::CommandError;
use crate::handle::{ProviderDiff, Request};
use crate::power::Act;
use crate::publish::{self, Attempt};
use crate::{observe, zone};

impl Driver {
    /// Carries out a step whose records are durable, or that is only heard of while they cannot be.
    pub(super) fn carry_out(&mut self, taken: Taken, reply: Option<Reply>) {
        let outcome = reply.is_some().then(|| self.outcome(&taken));
        if let Some(outcome) = &outcome {
            self.setup.counts.commanded(taken.service, outcome.is_err());
        }
        let service = taken.service;
        let acts = taken.outputs.iter().any(|output| !matches!(output, Output::Record(_)));
        if acts || !taken.records.is_empty() {
            self.pictures.hurry();
        }
        for record in &taken.records {
            self.remember(service, record);
        }
        self.follow_moves(service, &taken.records);
        for output in taken.outputs {
            match output {
                Output::Publish { attempt, provider, sites, .. } => {
                    self.publish(service, provider, attempt, sites);
                }
                Output::ReadBack { provider } => self.read_back(service, provider),
                Output::Verify { provider, sites, .. } => self.verify(service, provider, sites),
                Output::Fence { site } => self.power(service, site, Act::Fence),
                Output::Start { site } => self.power(service, site, Act::Start),
                Output::Notify { severity, event } => {
                    // What is recorded stands in the log already.
                    let mut recorded = taken.records.iter().chain(&self.recent);
                    if recorded.any(|record| record.event == event) {
                        continue;
                    }
                    let setup = &self.services[service].setup;
                    log(severity, setup.name(), &event.text(setup.policy()));
                }
                _ => {}
            }
        }
        self.send(taken.news);
        if let (Some(reply), Some(outcome)) = (reply, outcome) {
            // Whoever commands looks at the snapshot next, and must find the command in it.
            self.publish_picture();
            // Whoever asked may have gone away; the command stands.
            let _ = reply.send(outcome);
        }
    }

    fn publish(
        &mut self,
        service: usize,
        provider: ProviderId,
        attempt: AttemptId,
        sites: SiteSet,
    ) {
        if self.trouble.is_some() {
            // The machine knows that there is no journal; this is the second lock on the door.
            tracing::error!("an attempt to publish without a journal was suppressed");
            return;
        }
        let Some(gate) = self.gate_of(service) else { return };
        let (setup, facts) = (self.setup.clone(), self.facts.0.clone());
        let known = self.services[service].setup.clone();
        let Some(place) = self.services[service].places.get_mut(provider.index()) else { return };
        place.changed();
        place.verifying = None;
        let previous = [place.publishing.take().map(|(_, task)| task), place.reading.take()];
        let home = place.home.subscribe();
        let at = known.providers[provider.index()];
        let task = Task::spawn(async move {
            for task in previous.into_iter().flatten() {
                task.stop().await;
            }
            let spec = &setup.providers[at];
            let ended = match zone::known(home, spec).await {
                Ok(home) => {
                    publish::publish(&setup.options, &known, spec, &home, sites, &gate).await
                }
                Err(problem) => Attempt::refused(problem),
            };
            let _ = facts.send(Fact::Attempt { service, provider, attempt, ended }).await;
        });
        place.publishing = Some((attempt, task));
    }

    fn read_back(&mut self, service: usize, provider: ProviderId) {
        let (setup, facts) = (self.setup.clone(), self.facts.0.clone());
        let known = self.services[service].setup.clone();
        let Some(place) = self.services[service].places.get_mut(provider.index()) else { return };
        // What an attempt that is given up still does must have happened before it is read.
        let given_up = place.publishing.take().map(|(_, task)| task);
        if given_up.is_some() {
            place.changed();
        }
        let previous = [given_up, place.reading.take()];
        let (mark, home) = (place.mark(), place.home.subscribe());
        let at = known.providers[provider.index()];
        place.reading = Some(Task::spawn(async move {
            for task in previous.into_iter().flatten() {
                task.stop().await;
            }
            let spec = &setup.providers[at];
            let stored = match zone::known(home, spec).await {
                Ok(home) => {
                    let call = Call::until(Instant::now() + spec.call_timeout);
                    publish::read(&known, spec, &home, call).await
                }
                Err(problem) => Err(problem),
            };
            let read_back = true;
            let _ = facts.send(Fact::Stored { service, provider, mark, stored, read_back }).await;
        }));
    }

    fn verify(&mut self, service: usize, provider: ProviderId, sites: SiteSet) {
        let (setup, facts) = (self.setup.clone(), self.facts.0.clone());
        let known = self.services[service].setup.clone();
        let Some(place) = self.services[service].places.get_mut(provider.index()) else { return };
        let (mark, silent) = (place.mark(), place.silent());
        let mut home = place.home.subscribe();
        place.verifying = Some(Task::spawn(async move {
            let news = facts.clone();
            let hear = |heard| {
                let (heard, tell) = (vec![heard], false);
                let _ = news.try_send(Fact::Heard { service, provider, mark, heard, tell });
            };
            loop {
                let found = home.borrow_and_update().clone().and_then(Result::ok);
                let servers = found.map(|home| home.servers.clone()).unwrap_or_default();
                let agreed = observe::until_all_answer(
                    &known,
                    &servers,
                    sites,
                    &silent,
                    &setup.options,
                    hear,
                );
                tokio::select! {
                    () = agreed => break,
                    moved = home.changed() => if moved.is_err() { return },
                }
            }
            setup.options.reached(known.name(), "verified").await;
            let _ = facts.send(Fact::Verified { service, provider, mark, sites }).await;
        }));
    }

    pub(super) fn obey(&mut self, request: Request) {
        let place = |name: &str| self.services.iter().position(|one| one.setup.name() == name);
        match request {
            Request::Command { service, who, command, reply } => match place(&service) {
                Some(at) => self.command(at, who, command, reply),
                None => drop(reply.send(Err(CommandError::UnknownService(service)))),
            },
            Request::Alone { service, who, sites, reply } => match place(&service) {
                Some(at) => self.command_alone(at, who, sites, reply),
                None => drop(reply.send(Err(CommandError::UnknownService(service)))),
            },
            Request::Plan { service, to, reply } => match place(&service) {
                Some(at) => self.plan(at, to, reply),
                None => drop(reply.send(Err(CommandError::UnknownService(service)))),
            },
            Request::Note { deed, reply } => self.note(deed, reply),
            Request::Raise(alert) => self.raise(alert),
            Request::Clear { key, text } => self.clear(&key, &text),
        }
    }

    fn plan(
        &mut self,
        service: usize,
        to: SiteId,
        reply: tokio::sync::oneshot::Sender<Result<Vec<ProviderDiff>, CommandError>>,
    ) {
        let setup = self.setup.clone();
        let Some(service) = self.services.get(service) else { return };
        let known = service.setup.clone();
        if known.spec.sites.get(to.index()).is_none() {
            let refusal = failover_core::Refusal::UnknownSite;
            let text = refusal.text(known.policy());
            let _ = reply.send(Err(CommandError::Refused(refusal, text)));
            return;
        }
        let homes: Vec<_> = service.places.iter().map(|place| place.home.subscribe()).collect();
        self.tasks.retain(Task::is_running);
        self.tasks.push(Task::spawn(async move {
            let diffs = known.providers.iter().zip(homes).map(async |(at, home)| {
                let spec = &setup.providers[*at];
                let home = zone::known(home, spec).await;
                let home = home.as_ref().map(Arc::as_ref);
                publish::diff(&known, spec, home, SiteSet::one(to)).await
            });
            let _ = reply.send(Ok(futures_util::future::join_all(diffs).await));
        }));
    }
}

/// What people should know stands in the log, too, as urgent as it is.
fn log(severity: Severity, service: &str, text: &str) {
    match severity {
        Severity::Info => tracing::info!(%service, "{text}"),
        Severity::Warning => tracing::warn!(%service, "{text}"),
        Severity::Critical => tracing::error!(%service, "{text}"),
    }
}
