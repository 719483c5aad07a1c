//! What a blueprint costs a month, as far as the providers say.
use std::collections::BTreeMap;

use serde::Serialize;

use super::model::Blueprint;
use super::seen::Seen;
use crate::price::{Amount, Priced};

/// What locations cost a month, without tax and traffic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cost {
    /// Each location.
    pub locations: Vec<LocationCost>,
    /// The sums of what has a price, by currency.
    pub totals: BTreeMap<String, Amount>,
    /// Whether everything has a price. If not, the totals are lower than the bill.
    pub complete: bool,
}

/// What one location costs a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LocationCost {
    /// Its name.
    pub location: String,
    /// Its provider.
    pub provider: String,
    /// ISO 4217; `None`: the provider has no price list.
    pub currency: Option<String>,
    /// The sum of what has a price.
    pub monthly: Amount,
    /// What has none: "3 × e2-medium".
    pub unpriced: Vec<String>,
}

/// Adds up a blueprint by the price lists that were seen.
pub(super) fn cost(blueprint: &Blueprint, seen: &Seen) -> Cost {
    let mut cost = Cost { complete: true, ..Cost::default() };
    for location in &blueprint.locations {
        let inventory = seen.at(&location.provider);
        let prices = inventory.and_then(|inventory| inventory.prices.as_ref());
        let mut sum = LocationCost {
            location: location.name.to_string(),
            provider: location.provider.clone(),
            currency: prices.map(|prices| prices.currency.clone()),
            monthly: Amount::ZERO,
            unpriced: Vec::new(),
        };
        let mut missing = BTreeMap::new();
        for wanted in blueprint.wanted().iter().filter(|one| one.location.name == location.name) {
            let servers = inventory.into_iter().flat_map(|inventory| &inventory.servers);
            let there = servers.clone().find(|server| {
                server.name == wanted.name.as_str() && server.belongs_to(&blueprint.owner)
            });
            let place = there.map(|server| &server.place).or(location.places.first());
            let machine = Priced::Machine(wanted.servers.machine.clone());
            for (item, word) in
                [(machine, wanted.servers.machine.as_str()), (Priced::AddressV4, "address")]
            {
                let found = place.and_then(|place| prices?.of(&item, place));
                match found {
                    Some(price) => sum.monthly = sum.monthly + price.monthly,
                    None => *missing.entry(word.to_owned()).or_insert(0_u32) += 1,
                }
            }
        }
        sum.unpriced = missing.iter().map(|(word, count)| format!("{count} × {word}")).collect();
        cost.complete &= sum.unpriced.is_empty();
        if let Some(currency) = &sum.currency {
            let total = cost.totals.entry(currency.clone()).or_insert(Amount::ZERO);
            *total = *total + sum.monthly;
        }
        cost.locations.push(sum);
    }
    cost
}
