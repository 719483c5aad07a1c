//! What stands at the clouds, asked for so seldom that a panel does not eat a vendor's limit.
use std::time::{Duration, Instant};

use cloud_api::blueprint::Outcome;
use cloud_api::{
    Address, Architecture, Call, ComputeProvider, Error, Network, Priced, Prices, Server, Status,
};
use failover_core::{Snapshot, Timestamp};
use futures_util::future::{join, join_all};
use futures_util::try_join;
use web_api::{
    AddressState, CloudState, LocationFacts, Locations, MachineFacts, MachineTypes, NetworkState,
    RoleFacts, ServerState, Serving,
};

use super::cost::Sum;
use super::{Behind, Cloud, LOOK, Places, Refused};

/// How long an answer of the clouds is good enough.
const KEPT: Duration = Duration::from_secs(10);
/// The same for somebody who wants a new one.
const KEPT_FRESH: Duration = Duration::from_secs(2);
/// Price lists and machine types change on some days of a year.
const OFFER_KEPT: Duration = Duration::from_secs(3600);

/// What was seen at all clouds.
pub(super) struct Looked {
    asked: Instant,
    at: Timestamp,
    clouds: Vec<CloudState>,
}

/// The machine types of one place.
pub(super) struct Offered {
    asked: Instant,
    machines: Vec<MachineFacts>,
}

impl Places {
    /// What stands at the clouds, at most ten seconds old; at most two for whoever wants it `fresh`.
    pub async fn look(&self, snapshot: &Snapshot, fresh: bool) -> Locations {
        let good = if fresh { KEPT_FRESH } else { KEPT };
        let mut seen = self.seen.lock().await;
        if seen.as_ref().is_none_or(|seen| seen.asked.elapsed() > good) {
            let asked = Instant::now();
            let clouds = join_all(self.clouds.iter().map(|cloud| self.see(cloud))).await;
            *seen = Some(Looked { asked, at: snapshot.at.max(now()), clouds });
        }
        let (at, clouds) = match seen.as_ref() {
            Some(seen) => (seen.at, seen.clouds.clone()),
            None => (snapshot.at, Vec::new()),
        };
        drop(seen);
        Locations {
            at,
            owner: self.wanted.as_ref().map(|wanted| wanted.blueprint.owner().to_string()),
            locations: self.locations(),
            clouds: clouds.into_iter().map(|cloud| with_active(cloud, snapshot)).collect(),
            job: self.latest(),
        }
    }

    /// What was seen counts no more.
    pub(super) async fn forget(&self) {
        *self.seen.lock().await = None;
    }

    /// What a server at a place can become.
    pub async fn machines(&self, provider: &str, place: &str) -> Result<MachineTypes, Refused> {
        let cloud = self.cloud(provider)?.clone();
        let key = (provider.to_owned(), place.to_owned());
        let mut offered = self.offered.lock().await;
        offered.retain(|_, offer| offer.asked.elapsed() < OFFER_KEPT);
        if let Some(offer) = offered.get(&key) {
            return Ok(MachineTypes { machines: offer.machines.clone() });
        }
        let call = Call::until(Instant::now() + LOOK);
        let (machines, prices) =
            join(cloud.machines(place, call), self.prices(provider, cloud.as_ref(), call)).await;
        let mut machines = machines.map_err(silent)?;
        machines.sort_by_key(|one| {
            (one.architecture == Some(Architecture::Arm), one.cores, one.memory_mib)
        });
        let facts = machines.into_iter().map(|one| {
            let item = Priced::Machine(one.name.clone());
            let price = prices.as_ref().and_then(|prices| {
                Some(format!("{} {}", prices.currency, prices.of(&item, place)?.monthly.cents()))
            });
            MachineFacts {
                name: one.name,
                cores: one.cores,
                memory_mib: one.memory_mib,
                architecture: one.architecture.map(|kind| match kind {
                    Architecture::Arm => "arm".to_owned(),
                    _ => "x86".to_owned(),
                }),
                available: one.available,
                monthly: price,
                note: one.note,
            }
        });
        let machines: Vec<MachineFacts> = facts.collect();
        offered.insert(key, Offered { asked: Instant::now(), machines: machines.clone() });
        Ok(MachineTypes { machines })
    }

    /// A provider's price list; `None`: it has none, or does not show it now.
    async fn prices(&self, id: &str, cloud: &dyn ComputeProvider, call: Call) -> Option<Prices> {
        let pricing = cloud.pricing()?;
        let mut kept = self.prices.lock().await;
        if let Some((asked, prices)) = kept.get(id)
            && asked.elapsed() < OFFER_KEPT
        {
            return prices.clone();
        }
        let prices = pricing.prices(call).await.ok();
        if prices.is_some() {
            kept.insert(id.to_owned(), (Instant::now(), prices.clone()));
        }
        prices
    }

    fn locations(&self) -> Vec<LocationFacts> {
        let wanted = self.wanted.iter().flat_map(|wanted| wanted.blueprint.locations());
        let facts = wanted.map(|location| LocationFacts {
            name: location.name.to_string(),
            provider: location.provider.clone(),
            places: location.places.clone(),
            range: location.range.to_string(),
            roles: location
                .servers
                .iter()
                .map(|servers| RoleFacts {
                    role: servers.role.word().to_owned(),
                    machine: servers.machine.clone(),
                    count: servers.count,
                })
                .collect(),
        });
        facts.collect()
    }

    async fn see(&self, cloud: &Cloud) -> CloudState {
        let mut state = CloudState {
            provider: cloud.id.clone(),
            kind: cloud.kind.to_owned(),
            problem: None,
            servers: Vec::new(),
            networks: Vec::new(),
            addresses: Vec::new(),
            currency: None,
            monthly: None,
            unpriced: Vec::new(),
            notes: Vec::new(),
        };
        let client = match &cloud.client {
            Ok(client) => client.as_ref(),
            Err(problem) => {
                state.problem = Some(problem.clone());
                return state;
            }
        };
        let call = Call::until(Instant::now() + LOOK);
        let (kept, prices) = join(kept(client, call), self.prices(&cloud.id, client, call)).await;
        let (servers, networks, addresses) = match kept {
            Ok(kept) => kept,
            Err(error) => {
                state.problem = Some(error.failure.to_string());
                return state;
            }
        };
        if client.pricing().is_some() && prices.is_none() {
            state.notes.push("its price list cannot be read now".to_owned());
        }
        let mut sum = Sum::default();
        for server in &servers {
            sum.add(prices.as_ref(), &Priced::Machine(server.machine.clone()), &server.place);
        }
        for address in addresses.iter().filter(|one| one.address.is_none_or(|ip| ip.is_ipv4())) {
            sum.add(prices.as_ref(), &Priced::AddressV4, &address.region);
        }
        state.currency = prices.as_ref().map(|prices| prices.currency.clone());
        state.monthly = prices.is_some().then(|| sum.monthly.cents());
        state.unpriced = sum.unpriced();
        state.servers =
            servers.into_iter().map(|one| self.server(cloud, one, prices.as_ref())).collect();
        state
            .servers
            .sort_by(|a, b| (rank(a), &a.location, &a.name).cmp(&(rank(b), &b.location, &b.name)));
        state.networks = networks.into_iter().map(|one| self.network(one)).collect();
        state.addresses =
            addresses.into_iter().map(|one| self.address(one, prices.as_ref())).collect();
        state
    }

    /// Whether something of this owner is the blueprint's.
    pub(super) fn is_own(&self, owner: Option<&str>) -> bool {
        let ours = self.wanted.as_ref().map(|wanted| wanted.blueprint.owner().as_str());
        ours.is_some() && owner == ours
    }

    fn server(&self, cloud: &Cloud, server: Server, prices: Option<&Prices>) -> ServerState {
        let own = self.is_own(server.owner.as_deref());
        let label = |key: &str| server.labels.get(key).filter(|_| own).cloned();
        let (location, role) = (label("location"), label("role"));
        let behind = self
            .sites
            .iter()
            .filter(|site| stands_behind(site, &cloud.id, &server, location.as_deref()));
        let serves: Vec<Serving> = behind
            .map(|site| Serving {
                service: site.service.clone(),
                site: site.site.clone(),
                active: false,
            })
            .collect();
        let named = self.is_named(&cloud.id, &server.name);
        let price = prices.and_then(|prices| {
            Some(prices.of(&Priced::Machine(server.machine.clone()), &server.place)?.monthly)
        });
        let public = server.public_v4.map(|ip| ip.to_string());
        let public = public.into_iter().chain(server.public_v6.map(|ip| ip.to_string()));
        ServerState {
            state: status(&server.status),
            busy: server.busy,
            whose: if own {
                "own"
            } else if named {
                "named"
            } else {
                "foreign"
            }
            .to_owned(),
            owner: server.owner.clone(),
            location,
            role,
            labels: server.labels.iter().map(|(key, value)| format!("{key}={value}")).collect(),
            public: public.collect(),
            private: server.private.iter().map(|one| one.address.to_string()).collect(),
            monthly: price.map(|price| price.cents()),
            notes: server.notes.clone(),
            serves,
            id: server.id,
            name: server.name,
            place: server.place,
            machine: server.machine,
        }
    }

    /// Whether the configuration names a server behind one of its sites.
    pub(super) fn is_named(&self, cloud: &str, name: &str) -> bool {
        let here = |site: &&Behind| site.cloud.as_deref() == Some(cloud);
        self.sites.iter().filter(here).any(|site| site.names.iter().any(|one| one == name))
    }

    fn network(&self, network: Network) -> NetworkState {
        let subnets = network.subnets.iter().map(|one| format!("{}, {}", one.range, one.region));
        NetworkState {
            subnets: subnets.collect(),
            range: network.range.map(|range| range.to_string()),
            own: self.is_own(network.owner.as_deref()),
            name: network.name,
        }
    }

    fn address(&self, address: Address, prices: Option<&Prices>) -> AddressState {
        let price = prices.and_then(|prices| prices.of(&Priced::AddressV4, &address.region));
        let v4 = address.address.is_none_or(|ip| ip.is_ipv4());
        AddressState {
            address: address.address.map(|ip| ip.to_string()),
            used: address.server.is_some(),
            own: self.is_own(address.owner.as_deref()),
            monthly: price.filter(|_| v4).map(|price| price.monthly.cents()),
            name: address.name,
            region: address.region,
        }
    }
}

/// A location that has the name of a site is that site; else the configuration must say so.
fn stands_behind(site: &Behind, cloud: &str, server: &Server, location: Option<&str>) -> bool {
    let named = site.cloud.as_deref() == Some(cloud) && site.names.contains(&server.name);
    let addressed = |address: &std::net::IpAddr| match address {
        std::net::IpAddr::V4(v4) => server.public_v4 == Some(*v4),
        std::net::IpAddr::V6(v6) => server.public_v6 == Some(*v6),
    };
    named || site.addresses.iter().any(addressed) || location == Some(site.site.as_str())
}

/// The blueprint's own first.
fn rank(server: &ServerState) -> u8 {
    match server.whose.as_str() {
        "own" => 0,
        "named" => 1,
        _ => 2,
    }
}

/// To which sites people are sent changes faster than what stands at a cloud.
fn with_active(mut cloud: CloudState, snapshot: &Snapshot) -> CloudState {
    for serving in cloud.servers.iter_mut().flat_map(|server| &mut server.serves) {
        let service = snapshot.services.iter().find(|one| one.view.service == serving.service);
        let place = service
            .and_then(|service| service.sites.iter().position(|site| site.name == serving.site));
        let place = place.and_then(|place| u8::try_from(place).ok()).map(failover_core::SiteId);
        serving.active =
            service.zip(place).is_some_and(|(service, place)| service.view.desired.contains(place));
    }
    cloud
}

async fn kept(
    cloud: &dyn ComputeProvider,
    call: Call,
) -> Result<(Vec<Server>, Vec<Network>, Vec<Address>), Error> {
    let networks = async {
        match cloud.networks() {
            Some(group) => group.networks(None, call).await,
            None => Ok(Vec::new()),
        }
    };
    let addresses = async {
        match cloud.addresses() {
            Some(group) => group.addresses(None, call).await,
            None => Ok(Vec::new()),
        }
    };
    try_join!(cloud.servers(None, call), networks, addresses)
}

/// A status as one word.
pub(super) fn status(status: &Status) -> String {
    match status {
        Status::Starting => "starting",
        Status::Running => "running",
        Status::Stopping => "stopping",
        Status::Off => "off",
        Status::Changing => "changing",
        Status::Deleting => "deleting",
        Status::Other(word) => word,
        _ => "unknown",
    }
    .to_owned()
}

/// A cloud that does not answer as it should.
pub(super) fn silent(error: Error) -> Refused {
    let text = error.failure.to_string();
    match error.failure.kind {
        cloud_api::Kind::NotFound | cloud_api::Kind::Invalid => {
            Refused::Unknown("unknown_place", text)
        }
        _ => Refused::Conflict("cloud_silent", text),
    }
}

/// How an outcome is called.
pub(super) fn outcome_word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done { .. } => "done",
        Outcome::Skipped { .. } => "skipped",
        _ => "failed",
    }
}

/// This moment.
pub(super) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let millis = since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX));
    Timestamp::from_millis(millis)
}
