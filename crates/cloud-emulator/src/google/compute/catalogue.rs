//! Regions, zones and disk types: what is there from the beginning.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::machine_type;
use super::place::{Place, Scope, scope_link};

const REGIONS: [(&str, &str); 7] = [
    ("europe-north1", "abc"),
    ("europe-west1", "bcd"),
    ("europe-west2", "abc"),
    ("europe-west3", "abc"),
    ("europe-west4", "abc"),
    ("us-central1", "abcf"),
    ("us-east1", "bcd"),
];
const DISK_TYPES: [(&str, &str); 3] = [
    ("pd-balanced", "Balanced Persistent Disk"),
    ("pd-ssd", "SSD Persistent Disk"),
    ("pd-standard", "Standard Persistent Disk"),
];

/// When all of it was created.
pub(super) const ONCE: &str = "1969-12-31T16:00:00.000-08:00";

/// The regions, in order.
pub(super) fn regions() -> impl Iterator<Item = &'static str> {
    REGIONS.iter().map(|(name, _)| *name)
}

/// The zones of a region.
pub(super) fn zones(region: &str) -> Vec<String> {
    let letters = REGIONS.iter().find(|(name, _)| *name == region).map_or("", |(_, all)| all);
    letters.chars().map(|letter| format!("{region}-{letter}")).collect()
}

/// Everything nobody has to make.
pub(super) fn items(project: &str) -> BTreeMap<Place, Value> {
    let mut found = BTreeMap::new();
    let mut number = 1000_u64;
    let mut add = |place: Place, mut item: Value| {
        number += 1;
        item["kind"] = json!(format!("compute#{}", super::place::member(place.collection)));
        item["id"] = json!(number.to_string());
        item["name"] = json!(place.name);
        item["creationTimestamp"] = json!(ONCE);
        item["selfLink"] = json!(place.link(project));
        found.insert(place, item);
    };
    for region in regions() {
        let link = |name: &String| scope_link(project, &Scope::Zone(name.clone()));
        let zones = zones(region);
        let links: Vec<String> = zones.iter().map(link).collect();
        add(
            Place::new(Scope::Global, "regions", region),
            json!({"description": region, "status": "UP", "zones": links, "supportsPzs": false}),
        );
        for zone in &zones {
            let up = json!({
                "description": zone,
                "status": "UP",
                "region": scope_link(project, &Scope::Region(region.to_owned())),
                "availableCpuPlatforms": ["Intel Broadwell", "Intel Cascade Lake", "AMD Rome"],
                "supportsPzs": false,
            });
            add(Place::new(Scope::Global, "zones", zone), up);
            for (name, item) in machine_type::of_zone(region, zone) {
                add(Place::new(Scope::Zone(zone.clone()), "machineTypes", name), item);
            }
            for (name, description) in DISK_TYPES {
                let item = json!({
                    "description": description,
                    "validDiskSize": "10GB-65536GB",
                    "zone": scope_link(project, &Scope::Zone(zone.clone())),
                });
                add(Place::new(Scope::Zone(zone.clone()), "diskTypes", name), item);
            }
        }
    }
    found
}
