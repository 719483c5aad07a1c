//! The zone that the servers of role `dns` answer for.
use cloud_api::Name;
use cloud_api::boot::{DnsPeer, DnsSettings};

use super::run::text;
use crate::config::file_blueprint::{DnsPeerFile, RunFile};
use crate::config::problem::At;
use crate::config::read::{Field, Reader};
use crate::config::secret::Surroundings;

/// The zone with where it comes from and who copies it, `Some(None)` without one, or `None` after a
/// problem was reported.
#[allow(clippy::option_option)]
pub fn zone(
    file: &RunFile,
    at: &At,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<Option<DnsSettings>> {
    let Some(zone) = &file.zone else {
        let idle = [
            file.zone_file.as_ref().map(|field| &field.at),
            file.zone_primary.as_ref().map(|field| &field.at),
            file.zone_secondaries.as_ref().map(|field| &field.at),
        ];
        let idle: Vec<&At> = idle.into_iter().flatten().collect();
        for at in &idle {
            reader.error(at, "this means nothing without zone; write its name, or remove this");
        }
        return idle.is_empty().then_some(None);
    };
    let mut settings = DnsSettings::new(&zone.value, String::new());
    match (&file.zone_primary, &file.zone_file) {
        (Some(_), Some(file)) => {
            let text = "the zone is copied from zone_primary; remove one of the two";
            reader.error(&file.at, text);
            return None;
        }
        (Some(primary), None) => settings.primary = Some(peer(primary, reader)?),
        (None, file) => {
            let why = "write the path of a zone file with what is in the zone at first, or name \
                       a zone_primary that it is copied from";
            let file = reader.need(at, "zone_file", file.as_ref(), why)?;
            settings.content = text(file, around, reader)?;
        }
    }
    for field in file.zone_secondaries.iter().flat_map(|list| &list.value) {
        settings.secondaries.push(peer(field, reader)?);
    }
    Some(Some(settings))
}

fn peer(field: &Field<DnsPeerFile>, reader: &mut Reader<'_>) -> Option<DnsPeer> {
    let Field { value: file, at } = field;
    let name = reader.need(at, "name", file.name.as_ref(), "write one such as \"ns2\"");
    let why = "write its IPv4 address, such as \"203.0.113.5\"";
    let address = reader.need(at, "address", file.address.as_ref(), why);
    let (name, address) = (name?, address?);
    let parsed = Name::parse(&name.value);
    let parsed = parsed.map_err(|error| reader.error(&name.at, error.to_string())).ok()?;
    Some(DnsPeer::new(parsed, address.value))
}
