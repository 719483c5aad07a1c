//! A cloud in memory: the reference for what the trait means, and a test double.
//!
//! Places, machine types, images and prices are what one puts in. [`Fault`]s make it fail on
//! demand, and it can run out of machines, have a quota and take its time.
mod fault;
mod groups;
mod servers;
mod store;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloud_http::{Call, Clock, Error, Failure, Kind, Retry, SystemClock};

pub use fault::Fault;
use store::Store;

use crate::place::{Architecture, Image, Machine, Place};
use crate::price::{Amount, Price, Priced};
use crate::provider::Rules;
use crate::ticket::Ticket;

/// A compute provider in memory. Share it as `Arc<MemoryCloud>` to keep a hand on it.
///
/// ```
/// # use std::time::{Duration, Instant};
/// # use cloud_api::{Call, ComputeProvider, MemoryCloud, Name, Owner, ServerSpec, Status};
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let cloud = MemoryCloud::new("memory");
/// let (name, owner) = (Name::parse("web-1")?, Owner::parse("acme")?);
/// let spec = ServerSpec::new(name, owner.clone(), "north-a", "small", "debian-12");
/// let call = Call::until(Instant::now() + Duration::from_secs(10));
/// let creation = cloud.create(&spec, call).await?;
/// if let Some(ticket) = &creation.ticket {
///     cloud.settle(ticket, call).await?;
/// }
/// let servers = cloud.servers(Some(&owner), call).await?;
/// assert_eq!(servers[0].status, Status::Running);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct MemoryCloud {
    id: String,
    rules: Rules,
    clock: Arc<dyn Clock>,
    store: Mutex<Store>,
}

impl MemoryCloud {
    /// A cloud with the places `north-a` and `north-b` in region `north` and `south-a` in `south`,
    /// the machine types `small` and `large` in each, and the image `debian-12`. All work ends at
    /// once; a server that is switched off loses its ephemeral address.
    pub fn new(id: impl Into<String>) -> Self {
        let cloud = Self {
            id: id.into(),
            rules: Rules { disks: true, boots_every_time: true, ..Rules::default() },
            clock: Arc::new(SystemClock),
            store: Mutex::default(),
        };
        {
            let mut store = cloud.lock();
            for (place, region) in
                [("north-a", "north"), ("north-b", "north"), ("south-a", "south")]
            {
                store.places.push(Place::new(place, region));
                for (machine, cores, monthly) in [("small", 2, 4_u32), ("large", 4, 8)] {
                    store.machines.push(Machine::new(machine, place, cores, cores * 2048));
                    let euro = Amount::parse("1").unwrap_or_default();
                    let item = Priced::Machine(machine.to_owned());
                    store.prices.push(Price::new(item, place, euro * monthly));
                }
            }
            store.images.push(Image::new("debian-12", vec![Architecture::X86]));
        }
        cloud
    }

    /// The same cloud with other rules, which it keeps to.
    #[must_use]
    pub fn with_rules(self, rules: Rules) -> Self {
        self.lock().keeps_address = rules.keeps_address;
        Self { rules, ..self }
    }

    /// The same cloud with another clock; deadlines and work are measured on it.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// The same cloud, but all work that leaves a ticket takes `delay`.
    #[must_use]
    pub fn with_delay(self, delay: Duration) -> Self {
        self.lock().delay = delay;
        self
    }

    /// Makes the next operation that `fault` fits fail with it. Faults queue up.
    pub fn inject(&self, fault: Fault) {
        self.lock().faults.push(fault);
    }

    /// Takes back every fault that has not struck yet.
    pub fn clear_faults(&self) {
        self.lock().faults.clear();
    }

    /// From now on there is (or, with `false`, there no longer is) no capacity for `machine` at
    /// `place`.
    pub fn sell_out(&self, place: &str, machine: &str, sold_out: bool) {
        let key = (place.to_owned(), machine.to_owned());
        let mut store = self.lock();
        if sold_out {
            store.sold_out.insert(key);
        } else {
            store.sold_out.remove(&key);
        }
    }

    /// From now on at most `servers_max` servers may exist.
    pub fn limit(&self, servers_max: Option<usize>) {
        self.lock().servers_max = servers_max;
    }

    /// How many requests to change something were carried out so far.
    pub fn writes(&self) -> u64 {
        self.lock().writes
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn error(&self, operation: impl Into<String>, failure: Failure) -> Error {
        Error::new(&self.id, operation, failure)
    }

    /// The ticket of the work with this number.
    fn ticket(&self, number: u64) -> Ticket {
        Ticket::new(&self.id, format!("work-{number}"))
    }

    /// A look at what is there, unless the deadline has passed or a read fault is due.
    fn read<T>(
        &self,
        operation: &str,
        call: Call,
        look: impl FnOnce(&Store) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let now = self.clock.now();
        if now >= call.deadline {
            return Err(self.error(operation, late()));
        }
        let mut store = self.lock();
        store.advance(now);
        if let Some(failure) = store.faults.read() {
            return Err(self.error(operation, failure));
        }
        look(&store).map_err(|failure| self.error(operation, failure))
    }

    /// A change of what is there, if it may be made and no fault is due.
    ///
    /// `prepare` looks whether it can be made and returns what to do, or what to answer when
    /// nothing is to be done.
    fn write<T, D>(
        &self,
        operation: &str,
        call: Call,
        prepare: impl FnOnce(&Store) -> Result<Todo<T, D>, Failure>,
        carry_out: impl FnOnce(&mut Store, D) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let refuse = |failure| self.error(operation, failure);
        let now = self.clock.now();
        if now >= call.deadline {
            return Err(refuse(late()));
        }
        let mut store = self.lock();
        store.advance(now);
        let todo = match prepare(&store).map_err(refuse)? {
            Todo::Nothing(answer) => return Ok(answer),
            Todo::Do(todo) => todo,
        };
        if call.dry_run {
            let text = "a dry run changes nothing; not sent";
            return Err(refuse(Failure::new(Kind::Unsupported, text)));
        }
        if !call.may_write(now) {
            return Err(refuse(Failure::new(Kind::Expired, "no write may start any more")));
        }
        let lost = match store.faults.write() {
            Some(Fault::Refuse(failure)) => return Err(refuse(failure)),
            Some(Fault::RequestLost(failure)) => return Err(refuse(failure.maybe_applied())),
            Some(Fault::AnswerLost(failure)) => Some(failure),
            _ => None,
        };
        store.writes += 1;
        let done = carry_out(&mut store, todo).map_err(refuse)?;
        match lost {
            Some(failure) => Err(refuse(failure.maybe_applied())),
            None => Ok(done),
        }
    }
}

/// What a look before a write came to.
enum Todo<T, D> {
    /// It is so already.
    Nothing(T),
    /// This is to be done.
    Do(D),
}

fn late() -> Failure {
    Failure::new(Kind::Timeout, "the deadline has passed").retry(Retry::Later)
}

fn missing(what: &str, id: &str) -> Failure {
    Failure::new(Kind::NotFound, format!("there is no {what} {id}"))
}

fn taken(what: &str, name: &str, owner: Option<&str>) -> Failure {
    let whose = owner.map_or_else(|| "nobody of ours".to_owned(), |owner| format!("\"{owner}\""));
    let text = format!("there is a {what} \"{name}\" already, and it belongs to {whose}");
    Failure::new(Kind::AlreadyExists, text)
}
