//! Machine types.

use serde_json::{Value, json};

/// Name, processors, memory in MB, whether they are shared.
const TYPES: [(&str, u32, u32, bool); 10] = [
    ("e2-micro", 2, 1024, true),
    ("e2-small", 2, 2048, true),
    ("e2-medium", 2, 4096, true),
    ("e2-standard-2", 2, 8192, false),
    ("e2-standard-4", 4, 16_384, false),
    ("e2-standard-8", 8, 32_768, false),
    ("n1-standard-1", 1, 3840, false),
    ("n2-standard-2", 2, 8192, false),
    ("n2-standard-4", 4, 16_384, false),
    ("t2a-standard-1", 1, 4096, false),
];

/// Where the processors of `t2a` are.
const WITH_ARM: [&str; 2] = ["europe-west4", "us-central1"];

/// The types of a zone, without what all resources have.
pub(super) fn of_zone(region: &str, zone: &str) -> Vec<(&'static str, Value)> {
    let arm = |name: &str| name.starts_with("t2a-");
    TYPES
        .into_iter()
        .filter(|(name, ..)| !arm(name) || WITH_ARM.contains(&region))
        .map(|(name, cpus, memory, shared)| {
            let item = json!({
                "description": format!("{cpus} vCPU, {} GB RAM", f64::from(memory) / 1024.0),
                "guestCpus": cpus,
                "memoryMb": memory,
                "imageSpaceGb": 0,
                "maximumPersistentDisks": if shared { 16 } else { 128 },
                "maximumPersistentDisksSizeGb": if shared { "3072" } else { "263168" },
                "zone": zone,
                "isSharedCpu": shared,
                "architecture": if arm(name) { "ARM64" } else { "X86_64" },
            });
            (name, item)
        })
        .collect()
}
