//! Google Cloud DNS v1 and Compute Engine v1 with the token endpoint, as the vendor's clients meet
//! them.

mod access;
mod batch;
mod change;
mod changes;
mod clock;
mod compute;
mod error;
mod fields;
mod filter;
mod jwt;
mod operations;
mod page;
mod project;
mod rdata;
mod request;
mod route;
mod routing;
mod rrset;
mod rrsets;
mod seed;
mod serve;
mod tokens;
mod txt;
mod world;
mod zone;
mod zone_body;
mod zones;

pub(crate) use compute::Pace;
pub(crate) use jwt::{JwtError, claims};
pub(crate) use operations::random_number;
pub(crate) use request::{Query, segments};
pub(crate) use serve::{Api, injected as error_body};
pub(crate) use tokens::{Grant, random_text, scope};

use std::sync::Arc;
use std::time::Duration;

use axum::Router;

use crate::authority::Authority;
use crate::fault::Faults;
use crate::key::ServiceKey;
use crate::machine::Seen;
use crate::metadata;
use crate::oauth::{self, AuthorizedUser};
use crate::options::SeedZone;
use access::Access;
use clock::Clock;
use compute::Compute;
use route::Project;
use tokens::Tokens;
use world::World;

/// The project's number: messages and metadata show it in place of the id.
pub(crate) const PROJECT_NUMBER: &str = "421337421337";

/// How the emulated Google is set up.
pub(crate) struct GoogleOptions {
    /// Project id.
    pub(crate) project: String,
    /// How long a change or zone operation stays pending.
    pub(crate) change_delay: Duration,
    /// How long things take at Compute Engine.
    pub(crate) pace: Pace,
    /// A bearer token that is always accepted.
    pub(crate) access_token: String,
    /// How long a token that was given out is accepted.
    pub(crate) token_lifetime: Duration,
    /// The robot account whose signature counts.
    pub(crate) key: ServiceKey,
    /// The user account whose refresh token counts.
    pub(crate) user: AuthorizedUser,
}

/// The emulated Google: API, token endpoint, metadata server over one set of zones.
#[derive(Clone)]
pub(crate) struct Google(Arc<Api>);

/// A zone as callers address it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ZoneId {
    /// Absolute, lower case, no trailing dot.
    pub(crate) dns_name: String,
    /// Name of the managed zone.
    pub(crate) name: String,
    /// Number of the managed zone.
    pub(crate) id: String,
    /// Its name servers, without trailing dot.
    pub(crate) name_servers: Vec<String>,
}

impl Google {
    /// A Google with these zones, published at once; the error names the one it does not take.
    pub(crate) fn new(
        options: GoogleOptions,
        authority: Authority,
        faults: Faults,
        seed: &[SeedZone],
    ) -> Result<Self, String> {
        let world = World::new(authority, faults.clone(), options.change_delay);
        seed::plant(&world, seed)?;
        let clock = Clock::new(faults.clone());
        let compute = Compute::new(&options.project, faults.clone(), options.pace);
        let tokens = Tokens::new(options.access_token, options.token_lifetime);
        Ok(Self(Arc::new(Api {
            project: Project {
                id: options.project,
                number: PROJECT_NUMBER.parse().unwrap_or_default(),
                world,
            },
            compute,
            access: Access { tokens, key: options.key, clock, faults },
            user: options.user,
        })))
    }

    /// Cloud DNS, Compute Engine, batches and the token endpoint, to be served on one port.
    pub(crate) fn api(&self) -> Router {
        let dns = Router::new().fallback(serve::any).with_state(self.0.clone());
        oauth::router(self.0.clone()).merge(dns)
    }

    /// The metadata server, to be served on a port of its own.
    pub(crate) fn metadata(&self) -> Router {
        metadata::router(self.0.clone())
    }

    /// The instances, seen from outside.
    pub(crate) fn servers(&self) -> Vec<Seen> {
        self.0.compute.seen()
    }

    /// The zones that exist now.
    pub(crate) fn zone_ids(&self) -> Vec<ZoneId> {
        let plain = |name: &String| name.trim_end_matches('.').to_owned();
        let zones = self.0.project.world.zones();
        let each = zones.iter().map(|zone| ZoneId {
            dns_name: plain(&zone.dns_name),
            name: zone.name.clone(),
            id: zone.id.to_string(),
            name_servers: zone.name_servers.iter().map(plain).collect(),
        });
        each.collect()
    }
}
