//! Costs from the provider's prices, times from the bound and from the journal; nothing is guessed.
use std::collections::BTreeMap;
use std::time::Duration;

use cloud_api::{Amount, Priced, Prices, Server};
use cloud_http::Call;
use failover_core::bound::{Failure, detection};
use failover_core::{Event, EventRecord};
use serde::Serialize;
use watcher::{Act, PowerChange, SiteServers};

use crate::config::duration::show;
use crate::config::{Service, Site, Standby};

/// One way to keep one site ready.
#[derive(Debug, Serialize)]
pub struct Row {
    service: String,
    site: String,
    standby: &'static str,
    /// Whether this is what the configuration says.
    configured: bool,
    /// Per month without tax, `None`: the provider shows no prices.
    monthly: Option<String>,
    currency: Option<String>,
    /// From the site's death to the verdict, at worst.
    seen_ms: u64,
    /// From the order to the site's being up; `None`: not measured yet.
    started_ms: Option<u64>,
    /// From the decision to the last name server; `None`: not measured yet.
    published_ms: Option<u64>,
    /// All together; `None` as long as a part of it was not measured.
    total_ms: Option<u64>,
    /// What one should know.
    pub notes: Vec<String>,
}

impl Row {
    /// The row of the table.
    pub fn cells(&self) -> Vec<String> {
        let time = |millis: Option<u64>| {
            millis.map_or_else(
                || "not measured yet".to_owned(),
                |millis| show(Duration::from_millis(millis)),
            )
        };
        let mark = if self.configured { " *" } else { "" };
        let cost = match (&self.monthly, &self.currency) {
            (Some(monthly), Some(currency)) => format!("{monthly} {currency}"),
            _ => "not known".to_owned(),
        };
        vec![
            self.service.clone(),
            self.site.clone(),
            format!("{}{mark}", self.standby),
            cost,
            time(Some(self.seen_ms)),
            time(self.started_ms),
            time(self.published_ms),
            time(self.total_ms),
        ]
    }
}

/// What was measured: the longest of each, because that is what can be promised.
#[derive(Debug, Default)]
pub struct Times {
    started: BTreeMap<String, Duration>,
    published: Option<Duration>,
}

impl Times {
    /// What the journal's changes of power and events say of `service`.
    pub fn of(service: &str, changes: &[PowerChange], events: &[EventRecord]) -> Self {
        let mut times = Self::default();
        let starts = changes.iter().filter(|one| one.service == service && one.act == Act::Start);
        for start in starts {
            let Some(served) = start.served else { continue };
            let took = served.since(start.asked);
            let longest = times.started.entry(start.site.clone()).or_default();
            *longest = (*longest).max(took);
        }
        let begun = |wanted| {
            events.iter().find(
                |record| matches!(record.event, Event::MoveStarted { id, .. } if id == wanted),
            )
        };
        for record in events {
            let Event::MoveCompleted { id, .. } = record.event else { continue };
            let Some(begun) = begun(id) else { continue };
            times.published = times.published.max(Some(record.at.since(begun.at)));
        }
        times
    }
}

/// What the servers of a site cost, in every way to keep it ready.
#[derive(Debug)]
pub struct Costs {
    currency: Option<String>,
    hot: Option<Amount>,
    warm: Option<Amount>,
    cold: Option<Amount>,
    notes: Vec<String>,
}

/// Asks the cloud what the servers are and what they cost.
pub async fn costs(site: &SiteServers, databases: &[String], call: Call) -> Result<Costs, String> {
    let all = site.cloud.servers(None, call).await.map_err(|error| error.to_string())?;
    let mut servers = Vec::new();
    for name in &site.names {
        let server = all.iter().find(|server| server.name == *name);
        servers.push(server.ok_or_else(|| format!("there is no server called {name}"))?);
    }
    let id = site.cloud.id();
    let mut notes = Vec::new();
    if !site.cloud.rules().keeps_address {
        notes.push(format!(
            "{id}: a server that was off comes back with another public address, unless a reserved \
             one is its own; a cold site's addresses must be reserved."
        ));
    }
    let Some(pricing) = site.cloud.pricing() else {
        notes.push(format!(
            "{id}: this API shows no prices. While a server is off, its disk and its reserved \
             addresses are billed on, the machine is not."
        ));
        return Ok(Costs { currency: None, hot: None, warm: None, cold: None, notes });
    };
    let prices = pricing.prices(call).await.map_err(|error| error.to_string())?;
    let full: Option<Vec<Amount>> = servers.iter().map(|server| price(server, &prices)).collect();
    if full.is_none() {
        notes.push(format!("{id}: the price list lacks one of the machine types."));
    }
    let full = full.map(|all| all.into_iter().sum());
    // Only the cloud with a price list bills a server until it is deleted, off or not
    // (https://docs.hetzner.com/cloud/billing/faq).
    notes.push(format!(
        "{id}: a server is billed until it is deleted, turned off or not: a cold standby costs \
         what a hot one does."
    ));
    let warm = full.filter(|_| !databases.is_empty());
    Ok(Costs { currency: Some(prices.currency), hot: full, warm, cold: full, notes })
}

fn price(server: &Server, prices: &Prices) -> Option<Amount> {
    let machine = Priced::Machine(server.machine.clone());
    let machine = prices.of(&machine, &server.place)?.monthly;
    let address = server.public_v4.and_then(|_| prices.of(&Priced::AddressV4, &server.place));
    Some(machine + address.map_or(Amount::ZERO, |price| price.monthly))
}

/// One row for each way to keep `site` ready; warm only where its databases are named.
pub fn rows(service: &Service, site: &Site, costs: &Costs, times: &Times) -> Vec<Row> {
    let Some(servers) = &site.servers else { return Vec::new() };
    let spec = service.policy.spec();
    let seen = detection(spec, Failure::BlackHole).worst;
    let ways = [
        (Standby::Hot, "hot", costs.hot),
        (Standby::Warm, "warm", costs.warm),
        (Standby::Cold, "cold", costs.cold),
    ];
    let possible = ways
        .into_iter()
        .filter(|(standby, ..)| *standby != Standby::Warm || !servers.databases.is_empty());
    let rows = possible.map(|(standby, word, cost)| {
        let measured = times.started.get(&site.name).copied();
        let started = match standby {
            Standby::Hot => Some(Duration::ZERO),
            // Another way than the configured one was never started.
            _ => measured.filter(|_| servers.standby == standby),
        };
        let total = started.zip(times.published).map(|(start, publish)| seen + start + publish);
        Row {
            service: spec.service.clone(),
            site: site.name.clone(),
            standby: word,
            configured: servers.standby == standby,
            monthly: cost.map(|cost| cost.cents()),
            currency: costs.currency.clone(),
            seen_ms: millis(seen),
            started_ms: started.map(millis),
            published_ms: times.published.map(millis),
            total_ms: total.map(millis),
            notes: costs.notes.clone(),
        }
    });
    rows.collect()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
