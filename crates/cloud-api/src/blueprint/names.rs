//! Names and private addresses, the same in every run: what makes repetition find what is there.
use std::net::Ipv4Addr;

use super::model::{Blueprint, LocationSpec, ServersSpec};
use crate::layout::{Host, Layout, Location, Role};
use crate::name::{Name, NameError, Owner};
use crate::range::Range;

/// A server that is wanted, with all that can be known of it beforehand.
#[derive(Clone, Debug)]
pub(super) struct Wanted<'a> {
    /// Its location.
    pub location: &'a LocationSpec,
    /// Its role's settings.
    pub servers: &'a ServersSpec,
    /// Its name, and that of its reserved address.
    pub name: Name,
    /// Its address in the location's network.
    pub private: Ipv4Addr,
}

impl Blueprint {
    /// All servers: location by location, role by role.
    pub(super) fn wanted(&self) -> Vec<Wanted<'_>> {
        let mut all = Vec::new();
        for location in &self.locations {
            for servers in &location.servers {
                for number in 1..=servers.count {
                    let name = server(&self.owner, &location.name, servers.role, number);
                    let private = private(location.range, servers.role, number);
                    // Both were checked when the blueprint was made.
                    if let (Ok(name), Some(private)) = (name, private) {
                        all.push(Wanted { location, servers, name, private });
                    }
                }
            }
        }
        all
    }

    /// All locations with their servers; `public` knows the reserved addresses by name.
    pub fn layout(&self, public: impl Fn(&Name) -> Option<Ipv4Addr>) -> Layout {
        let wanted = self.wanted();
        let location = |location: &LocationSpec| {
            let own = wanted.iter().filter(|one| one.location.name == location.name);
            let host = |one: &Wanted<'_>| {
                Host::new(one.name.clone(), one.servers.role, public(&one.name), one.private)
            };
            Location::new(location.name.clone(), location.range, own.map(host).collect())
        };
        Layout::new(self.locations.iter().map(location).collect())
    }
}

/// `owner-location-role-number`: the name of a server and of its reserved address.
pub(super) fn server(
    owner: &Owner,
    location: &Name,
    role: Role,
    number: u32,
) -> Result<Name, NameError> {
    Name::parse(&format!("{owner}-{location}-{}-{number}", role.word()))
}

/// `owner-location`: the name of a network, of its subnet and of its opening.
pub(super) fn ground(owner: &Owner, location: &Name) -> Result<Name, NameError> {
    Name::parse(&format!("{owner}-{location}"))
}

/// `owner-key`: the name under which a key is kept.
pub(super) fn key(owner: &Owner, key: &Name) -> Result<Name, NameError> {
    Name::parse(&format!("{owner}-{key}"))
}

/// How many servers of one role a range has room for.
///
/// An eighth of the range is a role's, so that changing one count moves nobody else. The first
/// eighth and the last hold what vendors keep for themselves: Google the first two addresses and
/// the last two, Hetzner the first two.
pub(super) fn per_role(range: Range) -> u32 {
    share(range).saturating_sub(1)
}

/// The address of the `number`th server of a role, counted from 1.
fn private(range: Range, role: Role, number: u32) -> Option<Ipv4Addr> {
    let eighth = match role {
        Role::Haproxy => 1,
        Role::App => 2,
        Role::Db => 3,
        Role::Dns => 4,
        Role::Watcher => 5,
    };
    range.nth(share(range).checked_mul(eighth)?.checked_add(number)?)
}

fn share(range: Range) -> u32 {
    1_u32.checked_shl(29_u32.saturating_sub(range.prefix().into())).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_roles_never_meet_and_never_move() {
        for (range, role, number, address) in [
            ("10.20.0.0/24", Role::Haproxy, 1, "10.20.0.33"),
            ("10.20.0.0/24", Role::Haproxy, 31, "10.20.0.63"),
            ("10.20.0.0/24", Role::App, 1, "10.20.0.65"),
            ("10.20.0.0/24", Role::Db, 1, "10.20.0.97"),
            ("10.0.0.0/16", Role::Db, 2, "10.0.96.2"),
            ("10.20.0.16/28", Role::Haproxy, 1, "10.20.0.19"),
            ("10.20.0.16/28", Role::Watcher, 1, "10.20.0.27"),
        ] {
            let range = Range::parse(range).unwrap();
            assert!(number <= per_role(range));
            assert_eq!(private(range, role, number), address.parse().ok(), "{range}");
        }
    }
}
