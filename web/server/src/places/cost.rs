//! What things cost a month, and what of them nobody says the price of.
use std::collections::BTreeMap;

use cloud_api::blueprint::{Blueprint, Cost, Seen};
use cloud_api::{Amount, Priced, Prices};
use web_api::{CostOfLocation, CostSum};

/// A sum with what is missing from it.
#[derive(Default)]
pub(super) struct Sum {
    pub(super) monthly: Amount,
    missing: BTreeMap<String, u32>,
}

impl Sum {
    pub(super) fn add(&mut self, prices: Option<&Prices>, item: &Priced, place: &str) {
        match prices.and_then(|prices| prices.of(item, place)) {
            Some(price) => self.monthly = self.monthly + price.monthly,
            None => {
                let word = match item {
                    Priced::Machine(name) => name.clone(),
                    _ => "address".to_owned(),
                };
                *self.missing.entry(word).or_default() += 1;
            }
        }
    }

    /// "2 × e2-small".
    pub(super) fn unpriced(&self) -> Vec<String> {
        self.missing.iter().map(|(word, count)| format!("{count} × {word}")).collect()
    }
}

/// What the owner's servers and addresses that are there cost, location by location.
pub(super) fn present(blueprint: &Blueprint, seen: &Seen) -> CostSum {
    let owner = blueprint.owner();
    let mut totals: BTreeMap<String, Amount> = BTreeMap::new();
    let mut locations = Vec::new();
    for location in blueprint.locations() {
        let inventory = seen.at(&location.provider);
        let prices = inventory.and_then(|inventory| inventory.prices.as_ref());
        let mut sum = Sum::default();
        if let Some(all) = inventory {
            let here =
                |label: Option<&String>| label.map(String::as_str) == Some(location.name.as_str());
            let own = all.servers.iter().filter(|one| one.belongs_to(owner));
            for server in own.filter(|one| here(one.labels.get("location"))) {
                sum.add(prices, &Priced::Machine(server.machine.clone()), &server.place);
            }
            let head = format!("{owner}-{}-", location.name);
            let ours = |theirs: Option<&str>| theirs == Some(owner.as_str());
            let own = all.addresses.iter().filter(|one| ours(one.owner.as_deref()));
            for address in own.filter(|one| one.name.starts_with(&head)) {
                sum.add(prices, &Priced::AddressV4, &address.region);
            }
        }
        if let Some(prices) = prices {
            let total = totals.entry(prices.currency.clone()).or_default();
            *total = *total + sum.monthly;
        }
        let monthly = prices.map(|prices| format!("{} {}", prices.currency, sum.monthly.cents()));
        let unpriced = sum.unpriced();
        locations.push(CostOfLocation { location: location.name.to_string(), monthly, unpriced });
    }
    let complete = locations.iter().all(|one| one.unpriced.is_empty());
    CostSum { locations, totals: words(&totals), complete }
}

/// What a plan leads to.
pub(super) fn planned(cost: &Cost) -> CostSum {
    let one = |cost: &cloud_api::blueprint::LocationCost| CostOfLocation {
        location: cost.location.clone(),
        monthly: cost
            .currency
            .as_ref()
            .map(|currency| format!("{currency} {}", cost.monthly.cents())),
        unpriced: cost.unpriced.clone(),
    };
    CostSum {
        locations: cost.locations.iter().map(one).collect(),
        totals: words(&cost.totals),
        complete: cost.complete,
    }
}

fn words(totals: &BTreeMap<String, Amount>) -> Vec<String> {
    totals.iter().map(|(currency, sum)| format!("{currency} {}", sum.cents())).collect()
}
