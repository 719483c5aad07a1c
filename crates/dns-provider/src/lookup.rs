//! Which zone a name belongs to.
use cloud_http::{Call, Error, Failure, Kind};

use crate::name::Name;
use crate::provider::DnsProvider;
use crate::zone::{Visibility, Zone};

/// The zone that `name` lies in: of all zones the credentials see the one with the longest apex,
/// label by label (`notexample.com` is not in `example.com`).
///
/// Fails with `Kind::NotFound` and a list of what the credentials do see when there is none, and
/// with `Kind::Invalid` when that zone is private or when several share the apex; then the zone
/// must be given by its id, see [`find_zone_by_id`].
pub async fn find_zone(provider: &dyn DnsProvider, name: &Name, call: Call) -> Result<Zone, Error> {
    let zones = provider.zones(call).await?;
    choose(&zones, name)
        .map_err(|failure| Error::new(provider.id(), format!("find the zone of {name}"), failure))
}

/// The zone with this id. Fails with `Kind::NotFound` and a list of what the credentials see when
/// there is none, and with `Kind::Invalid` when it is private.
pub async fn find_zone_by_id(
    provider: &dyn DnsProvider,
    id: &str,
    call: Call,
) -> Result<Zone, Error> {
    let zones = provider.zones(call).await?;
    let found = zones.iter().find(|zone| zone.id == id);
    let chosen = match found {
        None => Err(not_found(&format!("no zone has the id {id}"), &zones)),
        Some(zone) => public(zone),
    };
    chosen.map_err(|failure| Error::new(provider.id(), format!("find zone {id}"), failure))
}

fn choose(zones: &[Zone], name: &Name) -> Result<Zone, Failure> {
    let around = || zones.iter().filter(|zone| name.is_in(&zone.name));
    let Some(longest) = around().map(|zone| zone.name.as_str().len()).max() else {
        return Err(not_found(&format!("no zone contains {name}"), zones));
    };
    let best: Vec<&Zone> = around().filter(|zone| zone.name.as_str().len() == longest).collect();
    match best.as_slice() {
        [zone] => public(zone),
        several => {
            let list = several.iter().map(|zone| described(zone)).collect::<Vec<_>>().join(", ");
            let message = format!("several zones contain {name}: {list}; choose one by its id");
            Err(Failure::new(Kind::Invalid, message))
        }
    }
}

fn public(zone: &Zone) -> Result<Zone, Failure> {
    if zone.visibility == Visibility::Public {
        return Ok(zone.clone());
    }
    let message = format!(
        "{} is private: the world never sees its records. A public zone is needed; if there is \
         one for a shorter name, choose it by its id",
        described(zone)
    );
    Err(Failure::new(Kind::Invalid, message))
}

fn not_found(what: &str, zones: &[Zone]) -> Failure {
    let seen = if zones.is_empty() {
        "these credentials see no zone at all; is it the right project?".to_owned()
    } else {
        let list = zones.iter().take(20).map(described).collect::<Vec<_>>().join(", ");
        let more = if zones.len() > 20 { ", ..." } else { "" };
        format!("these credentials see {list}{more}")
    };
    Failure::new(Kind::NotFound, format!("{what}; {seen}"))
}

fn described(zone: &Zone) -> String {
    let private = if zone.visibility == Visibility::Public { "" } else { ", private" };
    format!("{} (id {}{private})", zone.name, zone.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(id: &str, name: &str, visibility: Visibility) -> Zone {
        Zone { visibility, ..Zone::new(id, Name::parse(name).unwrap(), Vec::new()) }
    }

    fn chosen(zones: &[Zone], name: &str) -> Result<String, String> {
        choose(zones, &Name::parse(name).unwrap())
            .map(|zone| zone.id)
            .map_err(|failure| failure.message)
    }

    #[test]
    fn the_longest_apex_wins_label_by_label() {
        use Visibility::Public;
        let zones = [
            zone("1", "example.com", Public),
            zone("2", "sub.example.com", Public),
            zone("3", "xample.com", Public),
        ];
        assert_eq!(chosen(&zones, "app.example.com").unwrap(), "1");
        assert_eq!(chosen(&zones, "app.sub.example.com").unwrap(), "2");
        assert_eq!(chosen(&zones, "example.com").unwrap(), "1");
        let error = chosen(&zones, "app.notexample.com").unwrap_err();
        assert!(error.contains("no zone contains") && error.contains("xample.com (id 3)"));
    }

    #[test]
    fn private_and_ambiguous_zones_are_explained() {
        use Visibility::{Private, Public};
        let zones = [zone("1", "example.com", Public), zone("2", "corp.example.com", Private)];
        assert!(chosen(&zones, "app.corp.example.com").unwrap_err().contains("is private"));
        let twins = [zone("1", "example.com", Public), zone("2", "example.com", Private)];
        let error = chosen(&twins, "app.example.com").unwrap_err();
        assert!(error.contains("(id 1), example.com (id 2, private); choose one"), "{error}");
        assert!(chosen(&[], "app.example.com").unwrap_err().contains("no zone at all"));
    }
}
