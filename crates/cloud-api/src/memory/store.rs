//! What the memory provider holds, and work that takes its time.
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use cloud_http::{Failure, Kind};

use super::fault::Faults;
use crate::address::Address;
use crate::key::StoredKey;
use crate::network::Network;
use crate::opening::Opening;
use crate::place::{Image, Machine, Place};
use crate::price::Price;
use crate::server::{Moved, Server, Status};
use crate::ticket::Settled;

#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) places: Vec<Place>,
    pub(super) machines: Vec<Machine>,
    pub(super) images: Vec<Image>,
    pub(super) prices: Vec<Price>,
    pub(super) servers: BTreeMap<String, Entry>,
    pub(super) networks: BTreeMap<String, Network>,
    pub(super) openings: BTreeMap<String, Opening>,
    pub(super) addresses: BTreeMap<String, Address>,
    pub(super) keys: BTreeMap<String, StoredKey>,
    /// What has run out, as (place, machine type).
    pub(super) sold_out: BTreeSet<(String, String)>,
    pub(super) servers_max: Option<usize>,
    pub(super) faults: Faults,
    pub(super) writes: u64,
    pub(super) delay: Duration,
    pub(super) keeps_address: bool,
    work: BTreeMap<u64, Work>,
    counter: u64,
}

/// A server and what is not shown of it.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) server: Server,
    pub(super) reserved: bool,
    /// Whether it shall have a public address while it is on.
    pub(super) public: bool,
    pub(super) console: String,
}

/// What becomes of a server when some work ends.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// It runs, after it was made or switched on.
    Run,
    /// It is off.
    Stop,
    /// It has gone off and on again.
    Cycle,
    /// It has this type, and runs if it ran before.
    Resize(String, bool),
    /// It is gone.
    Remove,
    /// Nothing: the wait was for something else.
    Nothing,
    /// It never goes off.
    Never,
}

#[derive(Clone, Debug)]
struct Work {
    server: String,
    step: Step,
    ready: Instant,
    before: Option<Ipv4Addr>,
    /// What the server was doing, in case the work fails.
    was: Option<Status>,
    ended: Option<Result<Option<Moved>, Failure>>,
    fails: Option<Failure>,
    /// It was being made: if that fails, it vanishes.
    newborn: bool,
}

/// How a piece of work stands.
pub(super) enum Standing {
    Open(Instant),
    Never,
    Ended(Box<Result<Settled, Failure>>),
}

impl Store {
    pub(super) fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// An address nobody has, from the range for benchmarks (RFC 2544).
    pub(super) fn fresh_address(&mut self) -> Ipv4Addr {
        let low = u32::try_from(self.next() % (1 << 17)).unwrap_or_default();
        Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 0)) + low)
    }

    /// Begins work on a server, which shows `status` meanwhile, and returns its number.
    pub(super) fn begin(
        &mut self,
        server: &str,
        step: Step,
        status: Status,
        now: Instant,
        newborn: bool,
    ) -> u64 {
        let number = self.next();
        let entry = self.servers.get_mut(server);
        let before = entry.as_ref().and_then(|entry| entry.server.public_v4);
        let was = entry.map(|entry| std::mem::replace(&mut entry.server.status, status));
        let fails = self.faults.work();
        let ready = now + self.delay;
        let server = server.to_owned();
        let work = Work { server, step, ready, before, was, ended: None, fails, newborn };
        self.work.insert(number, work);
        self.advance(now);
        number
    }

    /// The work on a server that has not ended yet.
    pub(super) fn open_work(&self, server: &str) -> Option<u64> {
        let open = |work: &&Work| work.server == server && work.ended.is_none();
        self.work.iter().find(|(_, work)| open(work)).map(|(number, _)| *number)
    }

    /// Ends all work whose time has come.
    pub(super) fn advance(&mut self, now: Instant) {
        let due = |work: &Work| {
            work.ended.is_none() && work.ready <= now && !matches!(work.step, Step::Never)
        };
        let numbers: Vec<u64> =
            self.work.iter().filter(|(_, work)| due(work)).map(|(number, _)| *number).collect();
        for number in numbers {
            let Some(work) = self.work.get(&number).cloned() else { continue };
            let ended = match work.fails.clone() {
                Some(failure) => {
                    if work.newborn {
                        self.remove(&work.server);
                    } else if let (Some(entry), Some(was)) =
                        (self.servers.get_mut(&work.server), &work.was)
                    {
                        entry.server.status.clone_from(was);
                    }
                    Err(failure)
                }
                None => Ok(self.carry_out(&work)),
            };
            if let Some(work) = self.work.get_mut(&number) {
                work.ended = Some(ended);
            }
        }
    }

    fn carry_out(&mut self, work: &Work) -> Option<Moved> {
        if matches!(work.step, Step::Remove) {
            self.remove(&work.server);
            return None;
        }
        let keeps = self.keeps_address;
        let fresh = self.fresh_address();
        let entry = self.servers.get_mut(&work.server)?;
        let moves = entry.public && !entry.reserved && !keeps;
        let server = &mut entry.server;
        server.busy = false;
        let on = match &work.step {
            Step::Run | Step::Cycle => true,
            Step::Resize(machine, start) => {
                server.machine.clone_from(machine);
                *start
            }
            Step::Stop => false,
            Step::Nothing | Step::Never | Step::Remove => return None,
        };
        entry.console.push_str(if on { "boot\n" } else { "halt\n" });
        if moves {
            let again = matches!(work.step, Step::Cycle | Step::Resize(..));
            server.public_v4 = match server.public_v4 {
                Some(address) if on && !again => Some(address),
                _ if on => Some(fresh),
                _ => None,
            };
        }
        server.status = if on { Status::Running } else { Status::Off };
        server.moved_since(work.before)
    }

    fn remove(&mut self, server: &str) {
        self.servers.remove(server);
        for address in self.addresses.values_mut() {
            if address.server.as_deref() == Some(server) {
                address.server = None;
            }
        }
    }

    /// How the work with this number stands.
    pub(super) fn standing(&self, number: u64) -> Option<Standing> {
        let work = self.work.get(&number)?;
        let server = || self.servers.get(&work.server).map(|entry| entry.server.clone());
        Some(match &work.ended {
            Some(Ok(moved)) => {
                Standing::Ended(Box::new(Ok(Settled { server: server(), moved: *moved })))
            }
            Some(Err(failure)) => Standing::Ended(Box::new(Err(failure.clone()))),
            None if matches!(work.step, Step::Never) => Standing::Never,
            None => Standing::Open(work.ready),
        })
    }

    /// Refuses what there is no room for.
    pub(super) fn room(&self, place: &str, machine: &str) -> Result<(), Failure> {
        let key = |place: &str| (place.to_owned(), machine.to_owned());
        if self.sold_out.contains(&key(place)) {
            let elsewhere = self.machines.iter().filter(|m| m.name == machine && m.available);
            let elsewhere = elsewhere.map(|m| m.place.clone());
            let others: Vec<String> =
                elsewhere.filter(|p| p != place && !self.sold_out.contains(&key(p))).collect();
            let text = format!("no capacity for {machine} at {place}");
            return Err(Failure::new(Kind::NoCapacity, text).alternatives(others));
        }
        Ok(())
    }

    /// Refuses a type that is not offered.
    pub(super) fn known_machine(&self, place: &str, machine: &str) -> Result<(), Failure> {
        let here = |m: &&Machine| m.place == place;
        if !self.places.iter().any(|known| known.name == place) {
            let known: Vec<&str> = self.places.iter().map(|place| place.name.as_str()).collect();
            let text = format!("there is no place {place}; there are {}", known.join(", "));
            return Err(Failure::new(Kind::NotFound, text));
        }
        if self.machines.iter().filter(here).any(|known| known.name == machine) {
            return Ok(());
        }
        let known: Vec<&str> =
            self.machines.iter().filter(here).map(|machine| machine.name.as_str()).collect();
        let text = format!("no machine type {machine} at {place}; there are {}", known.join(", "));
        Err(Failure::new(Kind::Invalid, text))
    }
}
