//! The JSON of what Hetzner offers: locations, server types, images, prices.
use serde::Deserialize;

use crate::place::{Architecture, Machine, Place};

#[derive(Deserialize)]
pub(super) struct Location {
    pub(super) name: String,
    #[serde(default)]
    id: u64,
    #[serde(default)]
    pub(super) network_zone: String,
}

impl Location {
    /// Whether this is what somebody named: the location, by name or number, or its zone.
    pub(super) fn is(&self, wanted: &str) -> bool {
        self.name == wanted || self.id.to_string() == wanted || self.network_zone == wanted
    }

    pub(super) fn place(self) -> Place {
        Place::new(self.name, self.network_zone)
    }
}

#[derive(Deserialize)]
pub(super) struct ServerType {
    #[serde(default)]
    pub(super) id: u64,
    pub(super) name: String,
    #[serde(default)]
    cores: f64,
    #[serde(default)]
    memory: f64,
    #[serde(default)]
    disk: f64,
    #[serde(default)]
    architecture: Option<String>,
    #[serde(default)]
    pub(super) locations: Vec<Offer>,
    #[serde(default)]
    prices: Vec<AtLocation>,
}

/// A type at a location.
#[derive(Deserialize)]
pub(super) struct Offer {
    pub(super) name: String,
    #[serde(default)]
    available: Option<bool>,
    #[serde(default)]
    deprecation: Option<Deprecation>,
}

#[derive(Deserialize)]
struct Deprecation {
    #[serde(default)]
    unavailable_after: Option<String>,
}

#[derive(Deserialize)]
struct AtLocation {
    location: String,
}

impl Offer {
    /// Whether it can be ordered there, as far as Hetzner says beforehand.
    pub(super) fn is_available(&self) -> bool {
        self.available != Some(false)
    }
}

pub(super) fn architecture(text: &str) -> Option<Architecture> {
    match text {
        "x86" => Some(Architecture::X86),
        "arm" => Some(Architecture::Arm),
        _ => None,
    }
}

impl ServerType {
    /// The type at a location; `None` where it is not offered.
    pub(super) fn machine(&self, place: &str) -> Option<Machine> {
        let offer = self.locations.iter().find(|offer| offer.name == place);
        // Older answers list a type's locations by their prices only.
        let priced = self.prices.iter().any(|price| price.location == place);
        if offer.is_none() && !(self.locations.is_empty() && priced) {
            return None;
        }
        let whole = |number: f64| number.clamp(0.0, f64::from(u32::MAX)).round() as u32;
        let mut machine =
            Machine::new(&self.name, place, whole(self.cores), whole(self.memory * 1024.0));
        machine.disk_gb = Some(whole(self.disk));
        machine.architecture = self.architecture.as_deref().and_then(architecture);
        if let Some(offer) = offer {
            machine.available = offer.is_available();
            let after = offer.deprecation.as_ref().and_then(|d| d.unavailable_after.as_deref());
            machine.note = after.map(|after| format!("deprecated, not to be had after {after}"));
        }
        Some(machine)
    }
}

#[derive(Deserialize)]
pub(super) struct WireImage {
    #[serde(default)]
    pub(super) architecture: Option<String>,
    #[serde(default)]
    pub(super) deprecated: Option<String>,
    #[serde(default)]
    pub(super) status: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ImageAnswer {
    pub(super) image: WireImage,
}

#[derive(Deserialize)]
pub(super) struct PricingAnswer {
    pub(super) pricing: WirePricing,
}

#[derive(Deserialize)]
pub(super) struct WirePricing {
    pub(super) currency: String,
    #[serde(default)]
    pub(super) server_types: Vec<Priced>,
    #[serde(default)]
    pub(super) primary_ips: Vec<Priced>,
}

#[derive(Deserialize)]
pub(super) struct Priced {
    #[serde(default)]
    pub(super) name: String,
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) prices: Vec<WirePrice>,
}

#[derive(Deserialize)]
pub(super) struct WirePrice {
    pub(super) location: String,
    #[serde(default)]
    pub(super) price_hourly: Option<NetGross>,
    pub(super) price_monthly: NetGross,
}

#[derive(Deserialize)]
pub(super) struct NetGross {
    pub(super) net: String,
}
