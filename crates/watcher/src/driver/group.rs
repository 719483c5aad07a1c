//! A driver's part in its group: what it knows of the others, and what it tells them.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use failover_core::{Actor, Command, Refusal, State};
use tokio::sync::{mpsc, watch};

use super::step::{Job, Reply};
use super::task::Task;
use super::{Driver, Fact, in_hand, mirror, peers, shared_power};
use crate::alert::Alert;
use crate::cluster::{
    self, Cluster, Group, Holder, LoneMove, Membership, News, OwnFacts, Probe, Seat, Term, Voice,
};
use crate::error::CommandError;
use crate::setup::Setup;

/// The key of the alert that the shared store is not reached.
const STORE: &str = "cluster";
/// Probes that wait to be told.
const WAITING_MAX: usize = 1024;

/// What the voice takes over when it begins to speak.
type Heard = (mpsc::Receiver<(Probe, Instant)>, watch::Receiver<OwnFacts>);

/// What a driver that is one of several knows.
#[derive(Debug)]
pub(crate) struct Seated {
    pub(super) group: Arc<Group>,
    membership: Arc<Membership>,
    /// Set while this watcher leads.
    pub(super) term: Option<Term>,
    /// The revisions that wrote the states in the log, by service.
    pub(super) revisions: BTreeMap<String, u64>,
    /// The number of the log's latest event.
    pub(super) number: u64,
    pub(super) mirror: mirror::Mirror,
    pub(super) in_hand: in_hand::InHand,
    /// What is turned on and off, on its way into the store.
    pub(super) power: mpsc::UnboundedSender<shared_power::Note>,
    notes: Option<mpsc::UnboundedReceiver<shared_power::Note>>,
    /// Moves made alone that are in the log, by id, with the revisions that wrote them.
    pub(super) lone: BTreeMap<String, (u64, LoneMove)>,
    /// Those that were ever made here.
    pub(super) own: BTreeSet<String>,
    /// Those that were handed over since this watcher began, with their services.
    pub(super) handed: BTreeMap<String, String>,
    pub(super) handing: Option<Task>,
    /// Whether it was tried to reach the store.
    pub(super) tried: bool,
    /// Since when the store is reached again, until the others have been heard.
    pub(super) returned: Option<Instant>,
    /// Who leads, as the store says.
    pub(super) holder: Option<Holder>,
    /// Since when nobody does.
    pub(super) vacant: Option<Instant>,
    /// Why this watcher is no member of its group.
    pub(super) away: Option<String>,
    pub(super) peers: BTreeMap<String, peers::Peer>,
    /// When they were looked after last.
    pub(super) looked: Instant,
    pub(super) probes: mpsc::Sender<(Probe, Instant)>,
    pub(super) facts: watch::Sender<OwnFacts>,
    heard: Option<Heard>,
    tasks: Vec<Task>,
}

impl Seated {
    /// What is known of the log, and the moves that were ever made here alone.
    pub(crate) fn new(
        cluster: Cluster,
        setup: &Setup,
        mirrored: BTreeMap<String, u64>,
        own: BTreeSet<String>,
    ) -> Self {
        let (probes, waiting) = mpsc::channel(WAITING_MAX);
        let (sender, facts) = watch::channel(OwnFacts::default());
        let (power, notes) = mpsc::unbounded_channel();
        Self {
            group: Arc::new(Group::new(cluster, &setup.vantage)),
            membership: Arc::new(watch::channel(None).0),
            term: None,
            revisions: BTreeMap::new(),
            number: 0,
            mirror: mirror::Mirror::new(mirrored),
            in_hand: in_hand::InHand::default(),
            power,
            notes: Some(notes),
            lone: BTreeMap::new(),
            own,
            handed: BTreeMap::new(),
            handing: None,
            tried: false,
            returned: None,
            holder: None,
            vacant: Some(Instant::now()),
            away: Some("it was not reached yet".to_owned()),
            peers: peers::expected(setup),
            looked: Instant::now(),
            probes,
            facts: sender,
            heard: Some((waiting, facts)),
            tasks: Vec::new(),
        }
    }

    /// Begins to listen, to speak and to campaign.
    fn start(&mut self, setup: &Setup, floor: u64, facts: &mpsc::Sender<Fact>) {
        let (group, membership) = (self.group.clone(), self.membership.clone());
        let seat = Seat { group: group.clone(), facts: facts.clone(), membership, floor };
        self.tasks.push(Task::spawn(seat.hold()));
        self.tasks.push(Task::spawn(cluster::hear_leaders(group.clone(), facts.clone())));
        self.tasks.push(Task::spawn(cluster::hear_log(group.clone(), facts.clone())));
        self.tasks.push(Task::spawn(cluster::hear_reports(group.clone(), facts.clone())));
        self.tasks.push(Task::spawn(cluster::hear_commands(group.clone(), facts.clone())));
        if let Some(notes) = self.notes.take() {
            self.tasks.push(Task::spawn(shared_power::note_power(self.group.clone(), notes)));
        }
        if let Some((probes, facts)) = self.heard.take() {
            let membership = self.membership.clone();
            let freshness = setup.services.iter().map(|service| service.policy().freshness);
            let quiet = freshness.min().unwrap_or_default() / 4;
            let quiet = quiet.min(std::time::Duration::from_millis(500));
            let version = setup.version.clone();
            let voice = Voice { group, membership, probes, facts, version, quiet };
            self.tasks.push(Task::spawn(voice.speak()));
        }
    }

    pub(super) fn leads(&self) -> bool {
        self.term.is_some()
    }

    /// Whether the store is reached and knows this watcher.
    pub(super) fn is_member(&self) -> bool {
        self.membership.borrow().is_some()
    }

    /// Gives lead and lease back, so that the next one need not wait for their end.
    pub(super) async fn leave(&mut self) {
        if let Some(term) = self.term.take() {
            term.finish();
        }
        self.tasks.clear();
        self.handing = None;
        let member = *self.membership.borrow();
        if let Some(lease) = member {
            let _ = self.group.store.end(lease).await;
        }
    }
}

impl Driver {
    pub(super) fn join_group(&mut self) {
        // Before the others hear of this watcher.
        self.tell_of_oneself();
        let floor = self.services.iter().map(|service| service.machine.state().epoch()).max();
        if let Some(seated) = &mut self.seated {
            seated.start(&self.setup, floor.unwrap_or(0), &self.facts.0);
        }
    }

    /// Whether this watcher may decide: alone, or as the one of several that leads.
    pub(super) fn leads(&self) -> bool {
        self.seated.as_ref().is_none_or(Seated::leads)
    }

    pub(super) fn hear(&mut self, news: News) {
        match news {
            News::Joined => {
                if let Some(seated) = &mut self.seated {
                    (seated.away, seated.tried) = (None, true);
                    seated.returned = Some(Instant::now());
                }
                self.hand_over();
                self.clear(STORE, "This watcher is a member of its group again.");
            }
            News::Away(problem) => self.away(problem),
            News::Leads(term, log) => self.lead(term, *log),
            News::Prolonged => self.prolonged(),
            News::Holder(holder) => self.holder(holder),
            News::Log(log) => self.mirror(*log),
            News::Said(said) => self.said(*said),
            News::Gone(vantage) => self.gone(&vantage),
            News::Mail(id, created, mail) => {
                let who = Actor(mail.who);
                tracing::info!("a command of {} comes through {}", who.0, mail.through);
                self.take_mail(id, created, mail.service, who, mail.command);
            }
        }
    }

    fn away(&mut self, problem: String) {
        self.lose_lead();
        let text =
            format!("This watcher is no member of its group, so it moves nothing: {problem}.");
        if let Some(seated) = &mut self.seated {
            (seated.away, seated.tried, seated.handing) = (Some(problem), true, None);
        }
        self.raise(Alert::new(STORE, failover_core::Severity::Critical, text));
        self.resume_alone();
    }

    fn holder(&mut self, holder: Option<Holder>) {
        let Some(seated) = &mut self.seated else { return };
        seated.vacant = holder.is_none().then(|| seated.vacant.unwrap_or_else(Instant::now));
        if seated.holder != holder {
            match &holder {
                Some(known) => tracing::info!("{} leads (epoch {})", known.vantage, known.epoch),
                None => tracing::info!("nobody leads"),
            }
            seated.holder = holder;
            self.pictures.hurry();
        }
    }

    /// Obeys a command, or passes it on to whoever leads.
    pub(super) fn command(&mut self, place: usize, who: Actor, command: Command, reply: Reply) {
        let Some(seated) = self.seated.as_ref().filter(|seated| !seated.leads()) else {
            let input = failover_core::Input::Operator { who, command };
            self.queue.push_back(Job { service: place, input, reply: Some(reply) });
            return;
        };
        let member = *seated.membership.borrow();
        let Some(member) = member else {
            let why = seated.away.clone().unwrap_or_default();
            let text = format!(
                "nothing was changed: the watchers' shared store is not reached: {why}. This watcher \
                     can be ordered to move the service alone, with a forced move that says so"
            );
            drop(reply.send(Err(CommandError::Elsewhere(text))));
            return;
        };
        let group = seated.group.clone();
        let service = self.services[place].setup.name().to_owned();
        self.tasks.retain(Task::is_running);
        self.tasks.push(Task::spawn(async move {
            let answer = cluster::ask(&group, member, service, who, command).await;
            let _ = reply.send(answer);
        }));
    }

    /// A command that another watcher has passed on.
    fn take_mail(
        &mut self,
        id: String,
        created: u64,
        service: String,
        who: Actor,
        command: Command,
    ) {
        let Some(seated) = &self.seated else { return };
        let Some(term) = seated.term.clone() else { return };
        let member = *seated.membership.borrow();
        let Some(member) = member else { return };
        let (group, facts) = (seated.group.clone(), self.facts.0.clone());
        self.tasks.retain(Task::is_running);
        self.tasks.push(Task::spawn(async move {
            if !cluster::take(&group, &term, &id, created).await {
                return;
            }
            let (reply, answer) = tokio::sync::oneshot::channel();
            let _ = facts.send(Fact::Command { service, who, command, reply }).await;
            let answer = answer.await.unwrap_or(Err(CommandError::Stopped));
            cluster::answer(&group, member, &id, &answer.into()).await;
        }));
    }

    /// A command that was passed on is here; it is not passed on again.
    pub(super) fn commanded(
        &mut self,
        service: String,
        who: Actor,
        command: Command,
        reply: Reply,
    ) {
        let place = self.services.iter().position(|one| one.setup.name() == service);
        let Some(service) = place else {
            drop(reply.send(Err(CommandError::UnknownService(service))));
            return;
        };
        if self.leads() {
            let input = failover_core::Input::Operator { who, command };
            self.queue.push_back(Job { service, input, reply: Some(reply) });
        } else {
            let text = Refusal::NotLeader.text(self.services[service].setup.policy());
            drop(reply.send(Err(CommandError::Refused(Refusal::NotLeader, text))));
        }
    }

    /// The state that all watchers have agreed upon, as far as this one knows.
    pub(super) fn agreed(&self, service: usize) -> &State {
        let service = &self.services[service];
        let shared = service.shared.as_ref().filter(|_| service.alone.is_none());
        shared.unwrap_or(&service.machine).state()
    }
}

impl From<Result<Vec<failover_core::EventRecord>, CommandError>> for cluster::MailAnswer {
    fn from(result: Result<Vec<failover_core::EventRecord>, CommandError>) -> Self {
        match result {
            Ok(events) => Self::Obeyed(events),
            Err(CommandError::Refused(refusal, text)) => Self::Refused(refusal, text),
            Err(other) => Self::Failed(other.to_string()),
        }
    }
}
