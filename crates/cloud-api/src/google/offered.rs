//! The JSON of what Google offers: zones, machine types, images.
use serde::Deserialize;

use super::wire::tail;
use crate::place::{Architecture, Machine, Place};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Zone {
    name: String,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    deprecated: Option<Deprecation>,
}

impl Zone {
    pub(super) fn place(self) -> Place {
        let region = self.region.as_deref().map_or_else(|| super::region_of(&self.name), tail);
        let mut place = Place::new(&self.name, region);
        place.up = self.status.as_deref() != Some("DOWN") && self.deprecated.is_none();
        place
    }
}

#[derive(Deserialize)]
pub(super) struct Deprecation {
    #[serde(default)]
    pub(super) state: Option<String>,
}

impl Deprecation {
    /// Whether nothing new can be made of it.
    fn is_over(&self) -> bool {
        matches!(self.state.as_deref(), Some("OBSOLETE" | "DELETED"))
    }

    pub(super) fn note(&self) -> Option<String> {
        let state = self.state.as_deref().filter(|state| *state != "ACTIVE")?;
        Some(format!("Google calls it {}", state.to_ascii_lowercase()))
    }
}

pub(super) fn architecture(text: &str) -> Option<Architecture> {
    match text {
        "X86_64" => Some(Architecture::X86),
        "ARM64" => Some(Architecture::Arm),
        _ => None,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MachineType {
    name: String,
    #[serde(default)]
    guest_cpus: u32,
    #[serde(default)]
    memory_mb: u32,
    #[serde(default)]
    architecture: Option<String>,
    #[serde(default)]
    deprecated: Option<Deprecation>,
}

impl MachineType {
    pub(super) fn machine(self, place: &str) -> Machine {
        let mut machine = Machine::new(&self.name, place, self.guest_cpus, self.memory_mb);
        machine.architecture = self.architecture.as_deref().and_then(architecture);
        machine.available = !self.deprecated.as_ref().is_some_and(Deprecation::is_over);
        machine.note = self.deprecated.as_ref().and_then(Deprecation::note);
        machine
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireImage {
    #[serde(default)]
    pub(super) architecture: Option<String>,
    #[serde(default)]
    pub(super) deprecated: Option<Deprecation>,
}
