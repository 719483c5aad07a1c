//! What a provider offers: places, machine types and images.
use serde::{Deserialize, Serialize};

/// Where servers can stand: a zone at Google, a location at Hetzner.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Place {
    /// Its name, such as `europe-west3-a` or `fsn1`.
    pub name: String,
    /// Whose subnets reach it: a region at Google, a network zone at Hetzner.
    pub region: String,
    /// Whether new servers can be made there, as far as the vendor says.
    pub up: bool,
}

impl Place {
    /// A place that is up.
    pub fn new(name: impl Into<String>, region: impl Into<String>) -> Self {
        Self { name: name.into(), region: region.into(), up: true }
    }
}

/// What a processor understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Architecture {
    /// x86-64.
    X86,
    /// 64-bit ARM.
    Arm,
}

/// A machine type in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Machine {
    /// Its name, such as `e2-small` or `cx23`.
    pub name: String,
    /// The place.
    pub place: String,
    /// The number of virtual processors.
    pub cores: u32,
    /// The memory in MiB.
    pub memory_mib: u32,
    /// The disk that comes with it in GB; `None` where disks are separate.
    pub disk_gb: Option<u32>,
    /// What its processors understand; `None` if the vendor does not say.
    pub architecture: Option<Architecture>,
    /// Whether it can be ordered there now. Only a hint: capacity may still lack.
    pub available: bool,
    /// What an operator should know: "deprecated, not to be had after 2026-01-01".
    pub note: Option<String>,
}

impl Machine {
    /// A machine type that can be ordered.
    pub fn new(
        name: impl Into<String>,
        place: impl Into<String>,
        cores: u32,
        memory_mib: u32,
    ) -> Self {
        Self {
            name: name.into(),
            place: place.into(),
            cores,
            memory_mib,
            disk_gb: None,
            architecture: None,
            available: true,
            note: None,
        }
    }
}

/// A system to install.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Image {
    /// How it was asked for: `debian-12`.
    pub name: String,
    /// What it runs on. Hetzner has one image per architecture under one name.
    pub architectures: Vec<Architecture>,
    /// What an operator should know: "deprecated".
    pub note: Option<String>,
}

impl Image {
    /// An image.
    pub fn new(name: impl Into<String>, architectures: Vec<Architecture>) -> Self {
        Self { name: name.into(), architectures, note: None }
    }
}
