//! What is there: all providers of a blueprint, asked at the same time.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cloud_http::{Call, Error, Failure, Kind};
use futures_util::future::{join, join_all, try_join_all};
use futures_util::try_join;
use serde::Serialize;

use super::model::Blueprint;
use crate::address::Address;
use crate::key::StoredKey;
use crate::name::Owner;
use crate::network::Network;
use crate::opening::Opening;
use crate::place::{Image, Machine, Place};
use crate::price::Prices;
use crate::provider::{ComputeProvider, Rules};
use crate::server::Server;

/// The providers by their ids.
pub type Clouds = BTreeMap<String, Arc<dyn ComputeProvider>>;

/// What was seen at each provider, or why nothing was.
#[derive(Clone, Debug)]
pub struct Seen(pub(super) BTreeMap<String, Result<Inventory, Failure>>);

/// What is there at one provider, everybody's: what is not ours may be in the way.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Inventory {
    /// What the provider takes.
    pub rules: Rules,
    /// All servers.
    pub servers: Vec<Server>,
    /// All networks with their subnets.
    pub networks: Vec<Network>,
    /// All openings.
    pub openings: Vec<Opening>,
    /// All reserved addresses.
    pub addresses: Vec<Address>,
    /// All keys kept for new servers; `None` where each server has its own.
    pub keys: Option<Vec<StoredKey>>,
    /// Where servers can stand.
    pub places: Vec<Place>,
    /// The machine types of the places that the blueprint names and that exist.
    pub machines: BTreeMap<String, Vec<Machine>>,
    /// The images that the blueprint names.
    pub images: BTreeMap<String, Option<Image>>,
    /// Its price list; `None`: it has none.
    pub prices: Option<Prices>,
    /// Whether a boot script can be replaced afterwards.
    pub replaces_scripts: bool,
    /// Why something that only informs could not be read.
    pub notes: Vec<String>,
}

impl Inventory {
    /// The places of this region or network zone, and of this name.
    pub(super) fn place(&self, name: &str) -> Option<&Place> {
        self.places.iter().find(|place| place.name == name)
    }

    /// Whether an address reserved in `region` can be given to a server at `place`: an address is
    /// a region's at one vendor and a place's at the other.
    pub(super) fn reaches(&self, region: &str, place: &str) -> bool {
        region == place || self.place(place).is_some_and(|place| place.region == region)
    }
}

impl Seen {
    /// What is there at `provider`; `None` if that could not be seen.
    pub fn at(&self, provider: &str) -> Option<&Inventory> {
        self.0.get(provider).and_then(|seen| seen.as_ref().ok())
    }

    /// The providers that did not answer, and why.
    pub fn unseen(&self) -> impl Iterator<Item = (&str, &Failure)> {
        self.0.iter().filter_map(|(id, seen)| Some((id.as_str(), seen.as_ref().err()?)))
    }

    /// The providers that answered, with what is there.
    pub fn seen(&self) -> impl Iterator<Item = (&str, &Inventory)> {
        self.0.iter().filter_map(|(id, seen)| Some((id.as_str(), seen.as_ref().ok()?)))
    }
}

/// Looks at all providers of a blueprint. One that fails does not keep the others from being seen.
pub async fn see(blueprint: &Blueprint, clouds: &Clouds, call: Call) -> Seen {
    let each: Vec<_> =
        blueprint.providers().into_iter().map(|id| see_one(blueprint, clouds, id, call)).collect();
    Seen(join_all(each).await.into_iter().collect())
}

async fn see_one(
    blueprint: &Blueprint,
    clouds: &Clouds,
    id: &str,
    call: Call,
) -> (String, Result<Inventory, Failure>) {
    let Some(cloud) = clouds.get(id) else {
        let text = format!("there is no provider \"{id}\"");
        return (id.to_owned(), Err(Failure::new(Kind::Invalid, text)));
    };
    let own = blueprint.locations.iter().filter(|location| location.provider == id);
    let (mut places, mut images) = (BTreeSet::new(), BTreeSet::new());
    for location in own {
        places.extend(location.places.iter().cloned());
        images.insert(location.image.clone());
    }
    let seen = look(cloud.as_ref(), &places, &images, call).await;
    (id.to_owned(), seen.map_err(|error| said(&error)))
}

/// The failure with the operation that failed.
pub(super) fn said(error: &Error) -> Failure {
    let mut failure = error.failure.clone();
    failure.message = format!("{}: {}", error.operation, failure.message);
    failure
}

async fn look(
    cloud: &dyn ComputeProvider,
    places: &BTreeSet<String>,
    images: &BTreeSet<String>,
    call: Call,
) -> Result<Inventory, Error> {
    let offer = async {
        let all = cloud.places(call).await?;
        let known = places.iter().filter(|name| all.iter().any(|place| place.name == **name));
        let known: Vec<&String> = known.collect();
        let asked: Vec<_> = known.iter().map(|place| cloud.machines(place, call)).collect();
        let machines = known.into_iter().cloned().zip(try_join_all(asked).await?);
        Ok((all, machines.collect::<BTreeMap<_, _>>()))
    };
    let asked: Vec<_> = images.iter().map(|name| cloud.image(name, call)).collect();
    let found = try_join_all(asked);
    let prices = async {
        match cloud.pricing() {
            Some(pricing) => pricing.prices(call).await.map(Some),
            None => Ok(None),
        }
    };
    let (kept, prices) =
        join(async { try_join!(kept(cloud, None, call), offer, found) }, prices).await;
    let (kept, (all, machines), found) = kept?;
    // What only informs must not keep anybody from acting.
    let (prices, notes) = match prices {
        Ok(prices) => (prices, Vec::new()),
        Err(error) => (None, vec![format!("no prices: {error}")]),
    };
    Ok(Inventory {
        places: all,
        machines,
        images: images.iter().cloned().zip(found).collect(),
        prices,
        notes,
        ..kept
    })
}

/// What is kept at a provider, everybody's or one owner's, without what it offers.
pub(super) async fn kept(
    cloud: &dyn ComputeProvider,
    owner: Option<&Owner>,
    call: Call,
) -> Result<Inventory, Error> {
    let networks = async {
        match cloud.networks() {
            Some(group) => group.networks(owner, call).await,
            None => Ok(Vec::new()),
        }
    };
    let openings = async {
        match cloud.openings() {
            Some(group) => group.openings(owner, call).await,
            None => Ok(Vec::new()),
        }
    };
    let addresses = async {
        match cloud.addresses() {
            Some(group) => group.addresses(owner, call).await,
            None => Ok(Vec::new()),
        }
    };
    let keys = async {
        match cloud.keys() {
            Some(group) => group.keys(owner, call).await.map(Some),
            None => Ok(None),
        }
    };
    let (servers, networks, openings, addresses, keys) =
        try_join!(cloud.servers(owner, call), networks, openings, addresses, keys)?;
    Ok(Inventory {
        rules: cloud.rules().clone(),
        servers,
        networks,
        openings,
        addresses,
        keys,
        places: Vec::new(),
        machines: BTreeMap::new(),
        images: BTreeMap::new(),
        prices: None,
        replaces_scripts: cloud.boot_data().is_some(),
        notes: Vec::new(),
    })
}
