//! The servers of a location: made role by role, and changed.
use std::collections::BTreeMap;

use cloud_http::{Error, Failure, Kind};
use futures_util::future::join_all;

use super::round::{Done, Round};
use crate::blueprint::labels;
use crate::blueprint::model::LocationSpec;
use crate::blueprint::names::Wanted;
use crate::blueprint::scripts::{of_keys, of_script};
use crate::blueprint::step::{Action, Step, Thing};
use crate::layout::Role;
use crate::provider::ComputeProvider;
use crate::server::{Power, Server, Status};

impl Round<'_> {
    /// The new servers of a location: the roles one after the other, the servers of one together.
    pub(super) async fn servers(&self, location: &LocationSpec) {
        let wanted = self.job.blueprint.wanted();
        for role in Role::ALL {
            let own = wanted
                .iter()
                .filter(|one| one.location.name == location.name && one.servers.role == role);
            if join_all(own.map(|one| self.begin(one))).await.contains(&false) {
                return;
            }
        }
    }

    /// Makes or finishes a server, if that is to be done; whether it went well.
    async fn begin(&self, wanted: &Wanted<'_>) -> bool {
        let Some((cloud, inventory)) = self.at(&wanted.location.provider) else { return false };
        let step = self.making(wanted.location, Thing::Server, wanted.name.as_str());
        let Some((number, step)) = step else { return true };
        self.run((number, step), self.make(cloud, inventory, wanted, step)).await
    }

    /// Changes the servers that are there, one after the other everywhere: a resized server is
    /// stopped, and what serves beside it must not be stopped at the same time.
    pub(super) async fn changes(&self) {
        let wanted = self.job.blueprint.wanted();
        let changes = self.steps(|step| {
            step.thing == Thing::Server
                && !matches!(step.action, Action::Create | Action::Adopt | Action::Delete)
        });
        for (number, step) in changes {
            let found = wanted.iter().find(|one| one.name.as_str() == step.name);
            let Some((wanted, (cloud, _))) = found.zip(self.at(&step.provider)) else { continue };
            if !self.run((number, step), self.change(cloud, wanted, step)).await {
                return;
            }
        }
    }

    async fn change(
        &self,
        cloud: &dyn ComputeProvider,
        wanted: &Wanted<'_>,
        step: &Step,
    ) -> Result<Done, Error> {
        let id = step.id.as_deref().unwrap_or_default();
        match &step.action {
            Action::Resize { to, .. } => self.resize(cloud, id, to).await?,
            Action::ReplaceScript => return self.replace_script(cloud, wanted, id).await,
            Action::ReplaceKeys => self.replace_keys(cloud, id).await?,
            _ => {
                let place = labels::place(wanted.location, wanted.servers.role);
                self.relabel(cloud, id, labels::made(place)).await?;
            }
        }
        Ok(Done::default())
    }

    /// Gives a server another type. One that runs says beforehand that it shall run again: nobody
    /// could tell afterwards why it is off.
    async fn resize(&self, cloud: &dyn ComputeProvider, id: &str, to: &str) -> Result<(), Error> {
        let (terms, call) = (&self.job.terms, self.job.terms.call());
        let server = self.read(cloud, id).await?;
        let runs = server.status != Status::Off || labels::is_changing(&server);
        if runs {
            self.relabel(cloud, id, labels::changing()).await?;
        }
        let resized = |call| cloud.resize(id, to, call);
        let ticket = terms.again(call, resized).await?;
        terms.settled(cloud, ticket.as_ref(), call).await?;
        if runs {
            let started = |call| cloud.power(id, Power::Start, call);
            let ticket = terms.again(call, started).await?;
            terms.settled(cloud, ticket.as_ref(), call).await?;
            self.relabel(cloud, id, labels::made(BTreeMap::new())).await?;
        }
        Ok(())
    }

    async fn replace_script(
        &self,
        cloud: &dyn ComputeProvider,
        wanted: &Wanted<'_>,
        id: &str,
    ) -> Result<Done, Error> {
        let (terms, call) = (&self.job.terms, self.job.terms.call());
        let script = self.script(cloud, wanted)?;
        let digest = of_script(script.as_ref());
        let server = self.read(cloud, id).await?;
        if server.labels.get(labels::SCRIPT) == Some(&digest) {
            let note = Some("the script is the same all the same".to_owned());
            return Ok(Done { adopted: false, note });
        }
        // An empty script would be refused; one that does nothing is not.
        let script = script.unwrap_or_else(|| "#!/bin/sh\n".into());
        if let Some(group) = cloud.boot_data() {
            let replaced = |call| group.set_boot_script(id, &script, call);
            let ticket = terms.again(call, replaced).await?;
            terms.settled(cloud, ticket.as_ref(), call).await?;
        }
        self.relabel(cloud, id, [(labels::SCRIPT.to_owned(), digest)].into()).await?;
        let note = Some("it runs at the next boot".to_owned());
        Ok(Done { adopted: false, note })
    }

    async fn replace_keys(&self, cloud: &dyn ComputeProvider, id: &str) -> Result<(), Error> {
        let (terms, call) = (&self.job.terms, self.job.terms.call());
        let keys = self.stored_keys();
        if let Some(group) = cloud.boot_data() {
            let replaced = |call| group.set_ssh_keys(id, &keys, call);
            let ticket = terms.again(call, replaced).await?;
            terms.settled(cloud, ticket.as_ref(), call).await?;
        }
        let digest = of_keys(&self.job.blueprint.keys);
        self.relabel(cloud, id, [(labels::KEYS.to_owned(), digest)].into()).await
    }

    /// Adds labels to those that are there.
    pub(super) async fn relabel(
        &self,
        cloud: &dyn ComputeProvider,
        id: &str,
        with: BTreeMap<String, String>,
    ) -> Result<(), Error> {
        let (terms, call) = (&self.job.terms, self.job.terms.call());
        let mut labels = self.read(cloud, id).await?.labels;
        labels.extend(with);
        let relabelled = |call| cloud.relabel(id, &labels, call);
        let ticket = terms.again(call, relabelled).await?;
        terms.settled(cloud, ticket.as_ref(), call).await?;
        Ok(())
    }

    async fn read(&self, cloud: &dyn ComputeProvider, id: &str) -> Result<Server, Error> {
        let found = cloud.server(id, self.job.terms.call()).await?;
        found.ok_or_else(|| {
            let failure = Failure::new(Kind::NotFound, "somebody has removed it meanwhile");
            Error::new(cloud.id(), format!("read server {id}"), failure)
        })
    }

    /// The boot script of a server, with the addresses as they are now.
    pub(super) fn script(
        &self,
        cloud: &dyn ComputeProvider,
        wanted: &Wanted<'_>,
    ) -> Result<Option<secrecy::SecretString>, Error> {
        let layout = self.layout();
        let Some((_, host)) = layout.host(wanted.name.as_str()) else { return Ok(None) };
        let scripts = self.job.scripts;
        let made = scripts.prepare(&layout).and_then(|()| scripts.script(&layout, host));
        made.map_err(|failure| {
            Error::new(cloud.id(), format!("make the boot script of {}", wanted.name), failure)
        })
    }
}
