//! What can be undone: the command that takes an entry of the journal back, while it still can.
//!
//! Only what harms nobody is undone with one click: arming, disarming and maintenance. A move is
//! made back with a move, which wants a plan and a typed name.
use super::news::Happening;
use super::{site_name, time};
use crate::words;
use failover_core::{Command, Mode, ServiceSnapshot, Timestamp};

/// A way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// The entry that is taken back.
    pub seq: u64,
    /// The service.
    pub service: String,
    /// What was done, in a sentence.
    pub text: String,
    /// The command that takes it back.
    pub command: Command,
}

/// The way back from `entry`; `events` are newest first and reach back as far as is known. `None`
/// if it was no such command, or something newer has replaced it.
pub fn of_entry(
    entry: &Happening,
    events: &[Happening],
    service: &ServiceSnapshot,
    now: Timestamp,
) -> Option<Undo> {
    let subject = subject(entry)?;
    let about = |event: &&Happening| {
        event.service == entry.service && self::subject(event) == Some(subject)
    };
    let mut same = events.iter().filter(about);
    if same.next()?.seq != entry.seq {
        return None;
    }
    let lasts = |until: Option<Timestamp>| until.filter(|until| *until > now);
    let before = same.next().and_then(|before| lasts(before.event.until));
    let until = entry.event.until.map(time::clock);
    let site = entry.event.site;
    let name = || site.map(|site| site_name(service, site)).unwrap_or_default();
    let resting = || {
        let site = site.and_then(|site| service.view.sites.get(site.index()));
        site.is_some_and(|site| site.maintenance.is_some())
    };
    let disarmed = matches!(service.view.mode, Mode::Disarmed { .. });
    let (text, command) = match entry.event.kind.as_str() {
        "disarmed" if disarmed => {
            (words::undo_disarmed(&entry.service, until.as_deref()), Command::Arm)
        }
        "armed" if !disarmed => {
            (words::undo_armed(&entry.service), Command::Disarm { until: before? })
        }
        "maintenance_on" if resting() => {
            let text = words::undo_maintenance_on(&name(), &until.unwrap_or_default());
            (text, Command::MaintenanceOff { site: site? })
        }
        "maintenance_off" if !resting() => {
            let text = words::undo_maintenance_off(&name());
            (text, Command::MaintenanceOn { site: site?, until: before? })
        }
        _ => return None,
    };
    Some(Undo { seq: entry.seq, service: entry.service.clone(), text, command })
}

/// What `user` has done since the entry `since` and can still take back: the latest of it.
pub fn latest(
    user: &str,
    since: u64,
    events: &[Happening],
    services: &[ServiceSnapshot],
    now: Timestamp,
) -> Option<Undo> {
    let own = |event: &&Happening| event.seq > since && event.event.who.as_deref() == Some(user);
    events.iter().filter(own).find_map(|entry| {
        let service = services.iter().find(|one| one.view.service == entry.service)?;
        of_entry(entry, events, service, now)
    })
}

/// Whether an entry is a command that can be taken back, or takes one back.
pub fn is_about(entry: &Happening) -> bool {
    subject(entry).is_some()
}

/// What a command is about: two of the same undo each other.
fn subject(entry: &Happening) -> Option<(bool, u8)> {
    match entry.event.kind.as_str() {
        "armed" | "disarmed" => Some((true, 0)),
        "maintenance_on" | "maintenance_off" => Some((false, entry.event.site?.0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{self, NOW};
    use crate::model::news::Deed;
    use failover_core::{Actor, Severity, SiteId};

    fn entry(seq: u64, kind: &str, until: Option<Timestamp>) -> Happening {
        let who = Some("anna".to_owned());
        let site = kind.starts_with("maintenance").then_some(SiteId(1));
        Happening {
            seq,
            at: NOW,
            service: "shop".to_owned(),
            severity: Severity::Info,
            text: String::new(),
            said: String::new(),
            event: Deed {
                kind: kind.to_owned(),
                who,
                site,
                until,
                votes: Vec::new(),
                facts: Default::default(),
            },
        }
    }

    fn disarmed() -> ServiceSnapshot {
        let mut shop = fixture::service();
        let who = Actor("anna".to_owned());
        shop.view.mode = Mode::Disarmed { who, since: NOW, until: None };
        shop
    }

    fn latest_of(events: &[Happening], shop: ServiceSnapshot) -> Option<Undo> {
        latest("anna", 0, events, &[shop], NOW)
    }

    #[test]
    fn a_pause_is_taken_back_by_arming_and_arming_by_the_rest_of_the_pause() {
        let later = fixture::after(600);
        let pause = entry(4, "disarmed", Some(later));
        let undo = latest_of(std::slice::from_ref(&pause), disarmed()).unwrap();
        assert_eq!(undo.command, Command::Arm);
        assert_eq!(undo.text, "You disarmed shop until 12:13:11 UTC.");
        let events = [entry(5, "armed", None), pause];
        let undo = latest_of(&events, fixture::service()).unwrap();
        assert_eq!((undo.seq, undo.command), (5, Command::Disarm { until: later }));
        // The pause would be over by now.
        let events = [entry(5, "armed", None), entry(4, "disarmed", Some(fixture::before(1)))];
        assert_eq!(latest_of(&events, fixture::service()), None);
    }

    #[test]
    fn maintenance_is_taken_back_at_the_same_site() {
        let mut shop = fixture::service();
        let (site, until) = (SiteId(1), fixture::after(60));
        let on = entry(7, "maintenance_on", Some(until));
        shop.view.sites[1].maintenance = Some((until, Actor("anna".to_owned())));
        let undo = latest_of(std::slice::from_ref(&on), shop).unwrap();
        assert_eq!(undo.command, Command::MaintenanceOff { site });
        assert!(undo.text.contains("Falkenstein"), "{}", undo.text);
        let events = [entry(8, "maintenance_off", None), on];
        let undo = latest_of(&events, fixture::service()).unwrap();
        assert_eq!(undo.command, Command::MaintenanceOn { site, until });
    }

    #[test]
    fn what_was_replaced_or_done_by_others_or_long_ago_is_not_offered() {
        let pause = entry(4, "disarmed", None);
        let mut others = entry(5, "armed", None);
        others.event.who = Some("bob".to_owned());
        let events = [others, pause.clone()];
        assert_eq!(latest_of(&events, fixture::service()), None);
        assert_eq!(of_entry(&pause, &events, &disarmed(), NOW), None);
        assert_eq!(latest("anna", 4, std::slice::from_ref(&pause), &[disarmed()], NOW), None);
        // The watcher has armed itself meanwhile, and the entry for it has not arrived yet.
        assert_eq!(latest_of(&[pause], fixture::service()), None);
        assert_eq!(latest_of(&[entry(9, "move_started", None)], fixture::service()), None);
    }
}
