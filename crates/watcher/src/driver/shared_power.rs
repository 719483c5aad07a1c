//! What the leader turns on and off stands in the store, so that the next one goes on with it.
use failover_core::SiteId;
use tokio::sync::{mpsc, oneshot};

use super::Driver;
use super::power::Work;
use crate::cluster::{Group, SharedPower, Term};
use crate::journal::Batch;
use crate::power::{Act, PowerChange};

/// A change on its way into the store, and who waits for it.
pub(super) type Note = (Term, SharedPower, oneshot::Sender<bool>);

/// Writes changes of power into the store, one after the other.
pub(super) async fn note_power(
    group: std::sync::Arc<Group>,
    mut notes: mpsc::UnboundedReceiver<Note>,
) {
    while let Some((term, change, reply)) = notes.recv().await {
        let _ = reply.send(group.note_power(&term, &change).await);
    }
}

impl Driver {
    /// Tells the store of the latest change of a site. `None`: this watcher shares its power with nobody,
    /// or moves alone.
    pub(super) fn share_power(
        &self,
        place: usize,
        site: SiteId,
    ) -> Option<oneshot::Receiver<bool>> {
        let seated = self.seated.as_ref()?;
        let term = seated.term.clone()?;
        let change = self.services[place].works.change(site)?;
        let (reply, written) = oneshot::channel();
        let _ = seated.power.send((term, SharedPower::of(change), reply));
        Some(written)
    }

    /// What the leaders before have turned on and off is known here from now on.
    pub(super) fn take_over_power(&mut self, all: Vec<SharedPower>) {
        for shared in all {
            let place = self.services.iter().position(|one| one.setup.name() == shared.service);
            let Some(place) = place else { continue };
            let sites = &self.services[place].setup.policy().sites;
            let site = sites.iter().position(|site| site.name == shared.site);
            let site = site.and_then(|site| u8::try_from(site).ok()).map(SiteId);
            let act = Act::ALL.into_iter().find(|act| act.word() == shared.act);
            // What a later version does is none of this one's business.
            let (Some(site), Some(act)) = (site, act) else { continue };
            self.take_over(place, site, act, shared);
        }
    }

    fn take_over(&mut self, place: usize, site: SiteId, act: Act, shared: SharedPower) {
        let SharedPower { service, site: name, act: _, asked, ended, served, given_up } = shared;
        let works = &mut self.services[place].works;
        let known = works.change(site).filter(|own| own.act == act && own.asked == asked);
        let id = known.map(|own| own.id);
        if works.change(site).is_some_and(|own| own.asked > asked) {
            return;
        }
        let id = id.unwrap_or_else(|| {
            self.power_changes += 1;
            self.power_changes
        });
        let change = PowerChange { id, service, site: name, act, asked, ended, served, given_up };
        if works.change(site) == Some(&change) {
            return;
        }
        works.take_over(site, Work { change: change.clone(), task: None });
        let batch = Batch { power: vec![change], ..Batch::default() };
        drop(self.journal.commit(batch));
    }
}

impl SharedPower {
    fn of(change: &PowerChange) -> Self {
        let PowerChange { id: _, service, site, act, asked, ended, served, given_up } =
            change.clone();
        Self { service, site, act: act.word().to_owned(), asked, ended, served, given_up }
    }
}
