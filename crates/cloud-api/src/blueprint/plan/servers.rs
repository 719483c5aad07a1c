//! The servers: which to make, to finish and to change.
use std::net::Ipv4Addr;

use super::{Draft, public, reserved};
use crate::blueprint::labels;
use crate::blueprint::names::Wanted;
use crate::blueprint::scripts::{Scripts, of_keys, of_script, of_system};
use crate::blueprint::seen::Inventory;
use crate::blueprint::step::{Action, Thing};
use crate::layout::Layout;
use crate::name::Name;
use crate::server::{Server, Status};

/// What every server's script is rendered from, as far as it is known.
struct Known<'a> {
    layout: Layout,
    /// Whether all addresses are known.
    complete: bool,
    scripts: &'a dyn Scripts,
}

impl Draft<'_> {
    pub(super) fn servers(&mut self, scripts: &dyn Scripts) {
        let wanted = self.blueprint.wanted();
        let known = |wanted: &Wanted<'_>| public(self.seen, self.owner(), &wanted.name);
        let complete = wanted.iter().all(|wanted| known(wanted).is_some());
        // Stand-ins (RFC 5737) for addresses that are not reserved yet show early what a script
        // lacks.
        let number = |name: &Name| wanted.iter().position(|one| one.name == *name);
        let layout = self.blueprint.layout(|name| {
            public(self.seen, self.owner(), name).or_else(|| Some(stand_in(number(name)?)))
        });
        let known = Known { layout, complete, scripts };
        for role in crate::layout::Role::ALL {
            for wanted in wanted.iter().filter(|wanted| wanted.servers.role == role) {
                if let Some(inventory) = self.seen.at(&wanted.location.provider) {
                    self.server(wanted, inventory, &known);
                }
            }
        }
    }

    fn server(&mut self, wanted: &Wanted<'_>, inventory: &Inventory, known: &Known<'_>) {
        let (location, name) = (wanted.location, wanted.name.as_str());
        let Some((_, host)) = known.layout.host(name) else { return };
        let script = match known.scripts.script(&known.layout, host) {
            Ok(script) => of_script(script.as_ref()),
            Err(failure) => {
                let text = format!("its boot script cannot be made: {failure}");
                return self.block(&location.provider, Some(location), name, text);
            }
        };
        let named = || inventory.servers.iter().filter(|server| server.name == name);
        if let Some(foreign) = named().find(|server| !server.belongs_to(self.owner())) {
            return self.taken(location, Thing::Server, name, foreign.owner.as_deref());
        }
        let there = named().find(|server| server.status != Status::Deleting);
        let Some(server) = there else {
            let detail = detail(wanted);
            self.step(Action::Create, Thing::Server, location, name, detail, "not there yet");
            return;
        };
        if labels::is_unfinished(server) {
            let detail = format!("{} at {}", server.machine, server.place);
            let reason = "an interrupted attempt has begun it";
            self.step(Action::Adopt, Thing::Server, location, name, detail, reason).id =
                Some(server.id.clone());
            return;
        }
        self.type_of(wanted, server, inventory);
        self.labels_of(wanted, server);
        self.boot_of(wanted, server, inventory, (script.as_str(), known.complete));
        self.drift_of(wanted, server, inventory);
    }

    fn type_of(&mut self, wanted: &Wanted<'_>, server: &Server, inventory: &Inventory) {
        let (location, to) = (wanted.location, wanted.servers.machine.as_str());
        let begun = labels::is_changing(server);
        if server.machine == to && !begun {
            return;
        }
        let machines = inventory.machines.get(&server.place).map_or(&[][..], Vec::as_slice);
        let of = |name: &str| machines.iter().find(|machine| machine.name == name);
        if let (Some(old), Some(new)) = (of(&server.machine), of(to)) {
            let other =
                |one: Option<_>, two: Option<_>| one.is_some() && two.is_some() && one != two;
            if other(old.architecture, new.architecture) {
                let text = format!(
                    "it cannot become a {to}: the processors of {} are of another kind. Delete it \
                     and let it be made anew",
                    server.machine
                );
                return self.block(&location.provider, Some(location), &server.name, text);
            }
        }
        let action = Action::Resize { from: server.machine.clone(), to: to.to_owned() };
        let detail = format!("{} → {to}", server.machine);
        let reason = match server.status {
            _ if begun => "an interrupted attempt has begun it; it runs again afterwards",
            Status::Off => "another machine type is wanted",
            _ => "another machine type is wanted; IT IS STOPPED for that and started again",
        };
        self.step(action, Thing::Server, location, &server.name, detail, reason).id =
            Some(server.id.clone());
    }

    fn labels_of(&mut self, wanted: &Wanted<'_>, server: &Server) {
        let place = labels::place(wanted.location, wanted.servers.role);
        if place.iter().all(|(key, value)| server.labels.get(key) == Some(value)) {
            return;
        }
        let reason = "its labels were changed";
        self.step(Action::Relabel, Thing::Server, wanted.location, &server.name, "", reason).id =
            Some(server.id.clone());
    }

    /// What a server reads when it boots: its script and its keys.
    fn boot_of(
        &mut self,
        wanted: &Wanted<'_>,
        server: &Server,
        inventory: &Inventory,
        (script, complete): (&str, bool),
    ) {
        let (location, name) = (wanted.location, server.name.as_str());
        let label = |key: &str| server.labels.get(key).map(String::as_str);
        let id = Some(server.id.clone());
        let scripted = script != "none" || label(labels::SCRIPT).is_some_and(|old| old != "none");
        // With addresses still unknown, its script will be another one in the end.
        if scripted && (!complete || label(labels::SCRIPT) != Some(script)) {
            if inventory.replaces_scripts {
                let detail = "runs at the next boot";
                let reason = if complete { "the script is another one" } else { "servers change" };
                self.step(Action::ReplaceScript, Thing::Server, location, name, detail, reason)
                    .id = id.clone();
            } else {
                let text = self.by_hand(server, &location.provider, complete);
                self.notice(&location.provider, Some(location), name, text);
            }
        }
        if label(labels::KEYS) == Some(of_keys(&self.blueprint.keys).as_str()) {
            return;
        }
        if inventory.replaces_scripts {
            let reason = "other keys are wanted";
            self.step(Action::ReplaceKeys, Thing::Server, location, name, "", reason).id = id;
        } else {
            let text = format!(
                "it was made with other ssh keys, and {} gives keys to new servers only. Edit \
                 ~/.ssh/authorized_keys there",
                location.provider
            );
            self.notice(&location.provider, Some(location), name, text);
        }
    }

    /// That a server must be given its script by people, and how.
    fn by_hand(&self, server: &Server, provider: &str, complete: bool) -> String {
        let name = &server.name;
        let is = if complete { "is" } else { "will be" };
        let address = server.public_v4.map_or_else(|| "ADDRESS".to_owned(), |it| it.to_string());
        // With somebody who may become root, root itself may not log in any more.
        let admin = self.blueprint.keys.iter().find(|key| key.user != "root");
        let shell = match admin {
            Some(key) => format!("{}@{address} sudo sh", key.user),
            None => format!("root@{address} sh"),
        };
        format!(
            "its boot script {is} another one, and {provider} runs one at the first boot only. \
             After the next apply: schwenk locations script {name} | ssh {shell} && schwenk \
             locations script {name} --ran"
        )
    }

    /// What differs and is left to people.
    fn drift_of(&mut self, wanted: &Wanted<'_>, server: &Server, inventory: &Inventory) {
        let (location, mut all) = (wanted.location, Vec::new());
        if server.status == Status::Off {
            all.push("it is switched off; it is left so".to_owned());
        }
        if !location.places.contains(&server.place) {
            let (place, wanted) = (&server.place, location.places.join(", "));
            all.push(format!("it stands at {place}, not at {wanted}; servers are not moved"));
        }
        let system = of_system(&location.image, wanted.servers.disk_gb);
        if server.labels.get(labels::SYSTEM).is_some_and(|made| *made != system) {
            let text = "it was made with another image or disk size; delete it, and the next apply \
                        makes it anew";
            all.push(text.to_owned());
        }
        if !server.private.iter().any(|one| one.address == wanted.private) {
            all.push(format!("it has not its private address {} any more", wanted.private));
        }
        let address = reserved(inventory, self.owner(), &wanted.name);
        if let Some(address) = address.filter(|address| address.server.is_none()) {
            let text = address.address.map_or_else(String::new, |address| address.to_string());
            all.push(format!("its reserved address {text} is not bound to it any more"));
        }
        all.extend(server.notes.iter().cloned());
        for text in all {
            self.notice(&location.provider, Some(location), &server.name, text);
        }
    }
}

/// An address of one of the three networks for documentation (RFC 5737).
fn stand_in(number: usize) -> Ipv4Addr {
    let [a, b, c] = [[192, 0, 2], [198, 51, 100], [203, 0, 113]][number / 254 % 3];
    Ipv4Addr::new(a, b, c, u8::try_from(number % 254 + 1).unwrap_or(1))
}

fn detail(wanted: &Wanted<'_>) -> String {
    let servers = wanted.servers;
    let disk = servers.disk_gb.map_or_else(String::new, |gb| format!(", {gb} GB"));
    format!("{}{disk}, {}, {}", servers.machine, wanted.location.image, wanted.private)
}
