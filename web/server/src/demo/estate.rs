//! The servers that the demo shows: nearly all that its blueprint wants, and one of somebody else.
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_api::blueprint::{Blueprint, Job, LocationSpec, NoScripts, Terms, Unobserved};
use cloud_api::{Call, Name, Owner, ServerSpec, SystemClock};

use super::POLL;
use crate::compose;
use crate::config::Config;
use crate::metrics::Calls;

/// Far longer than the emulated clouds take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes them, beside everything else: nobody waits for it. What goes wrong is not the demo's
/// story; its log has it.
pub async fn settle(config: Config) {
    let Some(wanted) = &config.locations else { return };
    let clouds = compose::clouds(&wanted.providers, Some(POLL), &Calls::default()).await;
    let clouds = match clouds {
        Ok(clouds) => clouds,
        Err(problem) => return tracing::warn!("the demo has no servers: {problem}"),
    };
    let less = wanted.blueprint.locations().iter().cloned().map(one_of_each).collect();
    let owner = wanted.blueprint.owner().clone();
    let Ok(blueprint) = Blueprint::new(owner, Vec::new(), less) else { return };
    let terms = Terms::new(Arc::new(SystemClock)).patience(PATIENCE, POLL);
    let job = Job::new(&blueprint, &clouds, &NoScripts, terms, &Unobserved);
    match job.apply(None).await {
        Ok(report) if report.is_complete() => {}
        Ok(report) => tracing::warn!("the demo has not all servers: {:?}", report.results),
        Err(why) => tracing::warn!("the demo has no servers: {why}"),
    }
    if let Some(hetzner) = clouds.get("hetzner")
        && let (Ok(name), Ok(owner)) = (Name::parse("old-shop"), Owner::parse("somebody-else"))
    {
        let spec = ServerSpec::new(name, owner, "nbg1", "cx23", "debian-12");
        let made = hetzner.create(&spec, Call::until(Instant::now() + PATIENCE)).await;
        if let Err(error) = made {
            tracing::warn!("the demo has no foreign server: {error}");
        }
    }
}

/// A location with one server of each role.
fn one_of_each(mut location: LocationSpec) -> LocationSpec {
    for servers in &mut location.servers {
        servers.count = servers.count.min(1);
    }
    location
}
