//! Boot scripts that people run, where the vendor runs one at the first boot only.
use cloud_http::{Error, Failure, Kind};
use secrecy::SecretString;

use super::Job;
use crate::blueprint::labels;
use crate::blueprint::scripts::of_script;
use crate::blueprint::seen::Seen;

impl Job<'_> {
    /// The boot script of a server as it is now. Fails as `NotFound` when the blueprint has no
    /// such server, and as `Unsupported` when it has no script or not all addresses are reserved.
    pub fn script(&self, seen: &Seen, host: &str) -> Result<SecretString, Failure> {
        let layout = seen.layout(self.blueprint);
        let Some((_, found)) = layout.host(host) else {
            let all = layout.locations.iter().flat_map(|location| &location.hosts);
            let all: Vec<&str> = all.map(|host| host.name.as_str()).collect();
            let text = format!("the blueprint has no server {host}; it has {}", all.join(", "));
            return Err(Failure::new(Kind::NotFound, text));
        };
        let mut all = layout.locations.iter().flat_map(|location| &location.hosts);
        if let Some(without) = all.find(|host| host.public.is_none()) {
            let text = format!("{} has no address yet; apply first", without.name);
            return Err(Failure::new(Kind::Unsupported, text));
        }
        self.scripts.prepare(&layout)?;
        self.scripts.script(&layout, found)?.ok_or_else(|| {
            Failure::new(Kind::Unsupported, "the blueprint says nothing about what servers run")
        })
    }

    /// Writes down that a server has run its present boot script, so that plans no longer tell to.
    pub async fn script_has_run(&self, seen: &Seen, host: &str) -> Result<(), Error> {
        let wrong = |failure| Error::new("blueprint", format!("mark {host}"), failure);
        let digest = of_script(Some(&self.script(seen, host).map_err(wrong)?));
        let owner = &self.blueprint.owner;
        let found = seen.seen().find_map(|(id, inventory)| {
            let servers = inventory.servers.iter();
            let server = servers.into_iter().find(|one| one.name == host && one.belongs_to(owner));
            server.zip(self.cloud(id))
        });
        let Some((server, cloud)) = found else {
            let text = format!("there is no server {host} yet; apply first");
            return Err(wrong(Failure::new(Kind::NotFound, text)));
        };
        let mut with = server.labels.clone();
        with.insert(labels::SCRIPT.to_owned(), digest);
        let (terms, call) = (&self.terms, self.terms.call());
        let relabelled = |call| cloud.relabel(&server.id, &with, call);
        let ticket = terms.again(call, relabelled).await?;
        terms.settled(cloud.as_ref(), ticket.as_ref(), call).await?;
        Ok(())
    }
}
