//! Hetzner Cloud's API under `/v1`: DNS zones, servers and what belongs to them, actions.

mod action;
mod actions;
mod body;
mod compute;
mod labels;
mod limit;
mod names;
mod page;
mod problem;
mod record;
mod record_actions;
mod rrsets;
mod world;
mod zone;
mod zone_actions;
mod zonefile;
mod zones;

pub(crate) use zone::NAME_SERVERS;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;

use crate::authority::Authority;
use crate::fault::{Cloud, Faults, gate};
use crate::machine::Seen;
use crate::options::{SeedRrSet, SeedZone, plain_name};
use limit::Limits;
use problem::Problem;
use record::{Record, check_name, check_type, check_values};
use world::World;
use zone::{Mode, Zone};

pub(crate) struct HetznerOptions {
    pub token: String,
    pub readonly_token: String,
    pub action_delay: Duration,
    pub server_delay: Duration,
    pub boot_delay: Duration,
    pub rate_limit_per_hour: u32,
}

/// One Hetzner project. Clones are the same project.
#[derive(Clone)]
pub(crate) struct Hetzner(Arc<Inner>);

struct Inner {
    world: Mutex<World>,
    authority: Authority,
    faults: Faults,
    token: String,
    readonly_token: String,
    action_delay: Duration,
    server_delay: Duration,
    boot_delay: Duration,
    limits: Limits,
}

impl Hetzner {
    /// A project with the given zones, published at once. The error names the zone that cannot be.
    pub(crate) fn new(
        options: HetznerOptions,
        authority: Authority,
        faults: Faults,
        seed: &[SeedZone],
    ) -> Result<Self, String> {
        let hetzner = Self(Arc::new(Inner {
            world: Mutex::new(World::new(faults.clone())),
            authority,
            faults,
            token: options.token,
            readonly_token: options.readonly_token,
            action_delay: options.action_delay,
            server_delay: options.server_delay,
            boot_delay: options.boot_delay,
            limits: Limits::new(options.rate_limit_per_hour),
        }));
        for zone in seed {
            let built = hetzner.seeded(zone).map_err(|problem| {
                format!("zone {:?} at Hetzner: {}", zone.name, problem.message)
            })?;
            if hetzner.world().zone(&built.name).is_ok() {
                return Err(format!("zone {:?} at Hetzner is given twice", zone.name));
            }
            hetzner.place(built);
        }
        Ok(hetzner)
    }

    /// The API, faults included.
    pub(crate) fn api(&self) -> Router {
        let routes = Router::new()
            .merge(zones::routes())
            .merge(zone_actions::routes())
            .merge(rrsets::routes())
            .merge(record_actions::routes())
            .merge(actions::routes())
            .merge(compute::routes())
            .method_not_allowed_fallback(async || {
                let message = "the request method is not allowed";
                Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
            })
            // On the routes only: a path that does not exist is 404 with any token or none.
            .route_layer(from_fn_with_state(self.clone(), limit::authenticate))
            .fallback(async || {
                Problem::new(StatusCode::NOT_FOUND, "not_found", "api route not found")
            })
            .layer(axum::middleware::from_fn_with_state(self.clone(), limit::admit))
            .with_state(self.clone());
        gate(routes, Cloud::Hetzner, self.0.faults.clone(), problem::injected)
            .layer(from_fn_with_state(self.clone(), limit::decorate))
    }

    /// Names and ids of the zones.
    pub(crate) fn zone_ids(&self) -> Vec<(String, u64)> {
        self.world().zones.values().map(|zone| (zone.name.clone(), zone.id)).collect()
    }

    /// The servers, seen from outside.
    pub(crate) fn servers(&self) -> Vec<Seen> {
        self.world().compute.seen()
    }

    fn seeded(&self, seed: &SeedZone) -> Result<Zone, Problem> {
        let name = plain_name(&seed.name);
        names::check_zone(&name)?;
        let mut zone = Zone::new(&name, Mode::Primary, self.now());
        zone.delegated = true;
        for set in &seed.rrsets {
            let (owner, records) = seeded_records(set, &name)?;
            zone.check_exclusive(&owner, &set.rtype)?;
            let set = zone.built(&owner, &set.rtype, Some(set.ttl), records);
            zone.rrsets.push(set);
        }
        zone.complete();
        Ok(zone)
    }
}

fn seeded_records(set: &SeedRrSet, zone: &str) -> Result<(String, Vec<Record>), Problem> {
    let absolute = plain_name(&set.name);
    let owner = match absolute.strip_suffix(zone) {
        Some("") => "@".to_owned(),
        Some(head) if head.ends_with('.') => head.trim_end_matches('.').to_owned(),
        _ => return Err(Problem::invalid(format!("{:?} is not inside the zone", set.name))),
    };
    check_name(&owner, zone)?;
    check_type(&set.rtype)?;
    if !(body::SMALLEST_TTL..=body::LARGEST_TTL).contains(&set.ttl) {
        let message = format!("TTL {} of {:?} is below {}", set.ttl, set.name, body::SMALLEST_TTL);
        return Err(Problem::invalid(message));
    }
    let records: Vec<Record> = set.values.iter().map(Record::plain).collect();
    if records.is_empty() {
        return Err(Problem::invalid(format!("{:?} has no values", set.name)));
    }
    check_values(&set.rtype, &records, zone)?;
    Ok((owner, records))
}
