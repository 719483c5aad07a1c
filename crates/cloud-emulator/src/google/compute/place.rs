//! Where a resource is: its scope, collection and name, and the links that say so.

use std::fmt;

/// Zone, region, or the whole project.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    Global,
    Region(String),
    Zone(String),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Global => f.write_str("global"),
            Self::Region(name) => write!(f, "regions/{name}"),
            Self::Zone(name) => write!(f, "zones/{name}"),
        }
    }
}

/// One resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub scope: Scope,
    pub collection: &'static str,
    pub name: String,
}

/// Every collection, with the name of one of its members in `kind`.
pub(super) const COLLECTIONS: [(&str, &str); 12] = [
    ("addresses", "address"),
    ("disks", "disk"),
    ("diskTypes", "diskType"),
    ("firewalls", "firewall"),
    ("images", "image"),
    ("instances", "instance"),
    ("machineTypes", "machineType"),
    ("networks", "network"),
    ("operations", "operation"),
    ("regions", "region"),
    ("subnetworks", "subnetwork"),
    ("zones", "zone"),
];

/// What every link begins with.
const BASE: &str = "https://www.googleapis.com/compute/v1/";

impl Place {
    pub(super) fn new(scope: Scope, collection: &'static str, name: &str) -> Self {
        Self { scope, collection, name: name.to_owned() }
    }

    /// `projects/…`, as in messages.
    pub(super) fn path(&self, project: &str) -> String {
        let Self { scope, collection, name } = self;
        match *collection {
            "zones" | "regions" => format!("projects/{project}/{collection}/{name}"),
            _ => format!("projects/{project}/{scope}/{collection}/{name}"),
        }
    }

    /// The full link, as in answers.
    pub(super) fn link(&self, project: &str) -> String {
        format!("{BASE}{}", self.path(project))
    }

    /// Reads a full or partial link; its project is looked at by nobody.
    pub(super) fn read(link: &str) -> Option<Self> {
        let path = match link.split_once("/compute/v1/") {
            Some((_, path)) => path,
            None => link.trim_start_matches('/'),
        };
        let parts: Vec<&str> = path.split('/').collect();
        let parts = match parts.as_slice() {
            ["projects", _, rest @ ..] => rest,
            all => all,
        };
        let (scope, collection, name) = match parts {
            ["global", collection, name] => (Scope::Global, *collection, *name),
            ["zones", zone, collection, name] => {
                (Scope::Zone((*zone).to_owned()), *collection, *name)
            }
            ["regions", region, collection, name] => {
                (Scope::Region((*region).to_owned()), *collection, *name)
            }
            [collection @ ("zones" | "regions"), name] => (Scope::Global, *collection, *name),
            _ => return None,
        };
        Some(Self::new(scope, known(collection)?, name))
    }
}

/// The link of a scope itself.
pub(super) fn scope_link(project: &str, scope: &Scope) -> String {
    format!("{BASE}projects/{project}/{scope}")
}

/// The collection of this name.
pub(super) fn known(collection: &str) -> Option<&'static str> {
    COLLECTIONS.iter().find(|(name, _)| *name == collection).map(|(name, _)| *name)
}

/// The word for one member of a collection.
pub(super) fn member(collection: &str) -> &'static str {
    COLLECTIONS.iter().find(|(name, _)| *name == collection).map_or("", |(_, member)| member)
}

/// The region a zone is in.
pub(super) fn region_of(zone: &str) -> &str {
    zone.rsplit_once('-').map_or(zone, |(region, _)| region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_and_partial_links_mean_the_same() {
        let place = Place::new(Scope::Zone("z-a".into()), "machineTypes", "e2-small");
        let full = place.link("p");
        assert_eq!(full, format!("{BASE}projects/p/zones/z-a/machineTypes/e2-small"));
        for link in [
            full.as_str(),
            "projects/p/zones/z-a/machineTypes/e2-small",
            "zones/z-a/machineTypes/e2-small",
            "https://compute.googleapis.com/compute/v1/projects/p/zones/z-a/machineTypes/e2-small",
            "http://127.0.0.1:9/compute/v1/projects/p/zones/z-a/machineTypes/e2-small",
        ] {
            assert_eq!(Place::read(link).as_ref(), Some(&place), "{link}");
        }
        assert_eq!(Place::read("global/nothing/x"), None);
        assert_eq!(Place::read("e2-small"), None);
        let network = Place::new(Scope::Global, "networks", "edge");
        assert_eq!(Place::read(&network.link("p")), Some(network));
        assert_eq!(region_of("europe-west3-a"), "europe-west3");
    }
}
