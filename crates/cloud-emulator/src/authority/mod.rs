//! Authoritative name servers: what each cloud's API has accepted, answered on UDP and TCP.
//!
//! The codec is our own and small, so that a client that decodes with the usual DNS library is
//! tested against a second opinion and not against itself.

mod message;
mod name;
mod rdata;
mod read;
mod serve;
mod signing;
mod speaker;
mod svcb;
mod text;
mod write;
mod zone;

pub(crate) use message::{Query, Received, Reply};
pub(crate) use name::Name;
pub(crate) use rdata::{RdataError, encode as encode_rdata};
pub(crate) use read::read;
pub(crate) use serve::serve;
pub(crate) use signing::{Key, Signer};
pub(crate) use speaker::Speaker;
pub(crate) use text::tokens;
pub(crate) use write::{form_error, write};

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::door::{Passage, Rule};
use crate::fault::{Cloud, Fault, Faults};
use crate::options::{SeedRrSet, SeedZone, plain_name};
use zone::Zone;

/// A record as an API hands it to the name servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ZoneRecord {
    /// Absolute, lower case, without trailing dot.
    pub name: String,
    pub rtype: String,
    pub ttl: u32,
    /// Presentation format; names without trailing dot are relative to the zone.
    pub rdata: String,
}

/// One cloud's name servers. Clones serve the same zones.
#[derive(Clone)]
pub(crate) struct Authority(Arc<Inner>);

struct Inner {
    /// `None`: nobody's, as the parent zone's are.
    cloud: Option<Cloud>,
    signer: Option<Signer>,
    faults: Faults,
    delay: Duration,
    live: AtomicBool,
    zones: Mutex<BTreeMap<String, Published>>,
}

/// A zone as it is answered, and what will replace it.
#[derive(Default)]
struct Published {
    present: Option<Content>,
    coming: VecDeque<Coming>,
}

struct Content {
    zone: Zone,
    records: Vec<ZoneRecord>,
}

struct Coming {
    accepted: Instant,
    delay: Duration,
    content: Option<Content>,
}

impl Authority {
    /// Name servers without a zone. Until [`Authority::go_live`] publishing is immediate.
    pub(crate) fn new(
        cloud: Option<Cloud>,
        signer: Option<Signer>,
        faults: Faults,
        delay: Duration,
    ) -> Self {
        Self(Arc::new(Inner {
            cloud,
            signer,
            faults,
            delay,
            live: AtomicBool::new(false),
            zones: Mutex::new(BTreeMap::new()),
        }))
    }

    /// From now on new content shows after the publication delay.
    pub(crate) fn go_live(&self) {
        self.0.live.store(true, Ordering::Release);
    }

    /// Replaces a zone's whole content, visible after the publication delay; the order of records
    /// is kept. A record that cannot be put on the wire is left out, with a warning.
    pub(crate) fn publish(&self, zone: &str, records: Vec<ZoneRecord>) {
        match Zone::new(zone, &records) {
            Ok(built) => self.replace(zone, Some(Content { zone: built, records })),
            Err(error) => tracing::warn!(zone, %error, "zone not published"),
        }
    }

    /// Stops serving a zone, after the publication delay.
    pub(crate) fn withdraw(&self, zone: &str) {
        self.replace(zone, None);
    }

    /// What the name servers answer now, without the SOA records.
    pub(crate) fn state(&self) -> Vec<SeedZone> {
        let mut zones = self.settled();
        zones
            .iter_mut()
            .filter_map(|(name, published)| {
                let content = published.present.as_ref()?;
                Some(SeedZone { name: name.clone(), rrsets: rrsets(&content.records) })
            })
            .collect()
    }

    /// TTL of the first address record there is.
    pub(crate) fn address_ttl(&self) -> Option<u32> {
        let zones = self.settled();
        let mut records = zones
            .values()
            .filter_map(|published| published.present.as_ref())
            .flat_map(|content| &content.records);
        let first = records.find(|record| matches!(record.rtype.as_str(), "A" | "AAAA"));
        first.map(|record| record.ttl)
    }

    /// Whether the name servers answer nothing at the moment.
    pub(crate) fn down(&self) -> bool {
        self.0.cloud.is_some_and(|cloud| is_down(&self.0.faults, cloud))
    }

    /// The answer to a query.
    pub(crate) fn reply(&self, query: &Query) -> Reply {
        if self.suffers(|fault, own| matches!(fault, Fault::DnsNoEdns { cloud } if cloud == own))
            && query.edns.is_some()
        {
            return Reply::rcode(message::FORMERR);
        }
        if let Some(refusal) = query.refusal() {
            return refusal;
        }
        let Some(question) = query.question() else {
            return Reply::rcode(message::FORMERR);
        };
        if self.suffers(|fault, own| matches!(fault, Fault::DnsLame { cloud } if cloud == own)) {
            return Reply::rcode(message::REFUSED);
        }
        let zones = self.settled();
        let asked = question.name.lower();
        let content = asked
            .suffixes()
            .filter_map(|suffix| zones.get(&suffix.to_string()))
            .find_map(|published| published.present.as_ref());
        let Some(Content { zone, .. }) = content else { return Reply::rcode(message::REFUSED) };
        let Some(signer) = &self.0.signer else { return zone.answer(&asked, question.qtype) };
        let mut reply = match question.qtype {
            signing::DNSKEY if asked == *zone.apex() => {
                Reply { authoritative: true, answers: signer.keys(zone.apex()), ..Reply::default() }
            }
            qtype => zone.answer(&asked, qtype),
        };
        if query.edns.is_some_and(|edns| edns.dnssec_ok) {
            signer.sign(zone.apex(), &mut reply);
        }
        reply
    }

    fn suffers(&self, which: impl Fn(&Fault, &Cloud) -> bool) -> bool {
        let Some(cloud) = self.0.cloud else { return false };
        self.0.faults.any(|fault| which(fault, &cloud))
    }

    fn replace(&self, zone: &str, content: Option<Content>) {
        let delay = if self.0.live.load(Ordering::Acquire) { self.delay() } else { Duration::ZERO };
        self.settled().entry(plain_name(zone)).or_default().coming.push_back(Coming {
            accepted: Instant::now(),
            delay,
            content,
        });
    }

    fn delay(&self) -> Duration {
        self.0.delay
            + self.0.cloud.map_or(Duration::ZERO, |cloud| self.0.faults.publish_delay(cloud))
    }

    /// The zones, after everything whose time has come has taken its place.
    fn settled(&self) -> MutexGuard<'_, BTreeMap<String, Published>> {
        let now = Instant::now();
        let delay = self.delay();
        let mut zones = self.0.zones.lock().unwrap_or_else(PoisonError::into_inner);
        zones.retain(|_, published| {
            published.settle(now, delay);
            published.present.is_some() || !published.coming.is_empty()
        });
        zones
    }
}

impl Speaker for Authority {
    fn answer(&self, message: &[u8], limit: Option<usize>) -> Option<Vec<u8>> {
        let mut query = match read(message) {
            Received::Rubbish => return None,
            Received::Malformed(header) => return Some(form_error(&header)),
            Received::Query(query) => query,
        };
        let reply = self.reply(&query);
        let limit = limit.unwrap_or_else(|| query.udp_limit());
        if self.suffers(|fault, own| matches!(fault, Fault::DnsNoEdns { cloud } if cloud == own)) {
            // Who does not know EDNS does not answer with it either.
            query.edns = None;
        }
        Some(write(&query, &reply, limit))
    }

    fn faults(&self) -> &Faults {
        &self.0.faults
    }

    fn tcp(&self) -> Rule {
        let Some(own) = self.0.cloud else { return Arc::new(|_| Passage::Open) };
        Arc::new(move |faults| {
            let no_tcp =
                |fault: &Fault| matches!(fault, Fault::DnsTcpSilent { cloud } if *cloud == own);
            let silent = is_down(faults, own) || faults.any(no_tcp);
            if silent { Passage::Silent } else { Passage::Open }
        })
    }

    fn is_silent(&self) -> bool {
        self.down()
    }
}

impl Published {
    fn settle(&mut self, now: Instant, delay: Duration) {
        while let Some(next) = self.coming.front() {
            // A mended publication delay lets waiting content through at once.
            if next.accepted + next.delay.min(delay) > now {
                return;
            }
            self.present = self.coming.pop_front().and_then(|coming| coming.content);
        }
    }
}

pub(crate) fn is_down(faults: &Faults, which: Cloud) -> bool {
    faults.any(|fault| {
        matches!(fault, Fault::DnsDown { cloud } | Fault::CloudDown { cloud } if *cloud == which)
    })
}

fn rrsets(records: &[ZoneRecord]) -> Vec<SeedRrSet> {
    let mut sets: Vec<SeedRrSet> = Vec::new();
    for record in records.iter().filter(|record| record.rtype != "SOA") {
        match sets.iter_mut().find(|set| set.name == record.name && set.rtype == record.rtype) {
            Some(set) => set.values.push(record.rdata.clone()),
            None => sets.push(SeedRrSet {
                name: record.name.clone(),
                rtype: record.rtype.clone(),
                ttl: record.ttl,
                values: vec![record.rdata.clone()],
            }),
        }
    }
    sets
}
