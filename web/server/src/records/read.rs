//! Reading zones: once for all who look, and never so often that it eats a vendor's budget.
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use dns_provider::side_by_side::{Agreement, Cell, Row, side_by_side};
use dns_provider::{Guard, Name, RrSet, Visibility, Zone};
use futures_util::future::join_all;
use web_api::{ProviderRead, RecordCell, RecordColumn, RecordRow, ZoneAt, ZoneRecords, Zones};

use super::{KEPT, KEPT_FAILURE, KEPT_LEAST, Kept, Member, Records};

/// Which part of a zone is shown.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Only with these letters in name, type or a value.
    pub text: String,
    /// Only what differs between providers.
    pub differing: bool,
    /// What comes before it.
    pub offset: usize,
    /// How many at most.
    pub limit: usize,
    /// Read again what may be old.
    pub refresh: bool,
}

/// A zone at one provider: where, and what is in it.
pub(super) type Content = (Zone, Arc<Vec<RrSet>>);

impl Records {
    /// All public zones of all providers.
    pub async fn zones(&self, refresh: bool) -> Zones {
        let each = join_all(self.0.members.iter().map(|member| member.zones(refresh))).await;
        let mut zones: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut providers = Vec::new();
        for (member, kept) in self.0.members.iter().zip(each) {
            let problem = match &kept.result {
                Ok(found) => {
                    for zone in found.iter().filter(|zone| zone.visibility == Visibility::Public) {
                        let at = zones.entry(zone.name.to_string()).or_default();
                        if !at.contains(&member.id) {
                            at.push(member.id.clone());
                        }
                    }
                    None
                }
                Err(problem) => Some(problem.clone()),
            };
            providers.push(ProviderRead { provider: member.id.clone(), problem });
        }
        // A zone of a service is there, whoever can be read.
        for owned in &self.0.owned {
            zones.entry(owned.zone.to_string()).or_default();
        }
        let zones = zones.into_iter().map(|(name, providers)| ZoneAt { name, providers });
        Zones { zones: zones.collect(), providers }
    }

    /// One zone side by side; `None` if nobody has it.
    pub async fn zone(&self, name: &Name, page: &Page) -> Option<ZoneRecords> {
        let all = self.0.members.iter().map(|member| member.shown(name, page.refresh));
        let all = join_all(all).await;
        let found = all.iter().any(|(_, found)| !matches!(found, Ok(None)));
        if !found && !self.0.owned.iter().any(|owned| owned.zone == *name) {
            return None;
        }
        let mut columns = Vec::new();
        let mut sets = Vec::new();
        let mut oldest = Duration::ZERO;
        for (member, (at, found)) in self.0.members.iter().zip(all) {
            oldest = oldest.max(at.elapsed());
            let (column, set) = column(member, name, found);
            columns.push(column);
            sets.push(set);
        }
        let rows = side_by_side(name, &sets);
        let differs = |row: &&Row| matches!(row.agreement, Agreement::Differs(_));
        let differing = rows.iter().filter(differs).count();
        let wanted: Vec<&Row> = rows.iter().filter(|row| passes(row, page)).collect();
        let total = wanted.len();
        let part = wanted.into_iter().skip(page.offset).take(page.limit);
        Some(ZoneRecords {
            zone: name.to_string(),
            columns,
            rows: part.map(|row| self.row(name, row)).collect(),
            total,
            differing,
            offset: page.offset,
            age_secs: oldest.as_secs(),
        })
    }

    fn row(&self, zone: &Name, row: &Row) -> RecordRow {
        let (agreement, differences) = match &row.agreement {
            Agreement::Same => ("same", Vec::new()),
            Agreement::Own => ("own", Vec::new()),
            Agreement::Differs(all) => ("differs", all.iter().map(word).collect()),
            _ => ("unknown", Vec::new()),
        };
        RecordRow {
            name: row.key.name.to_string(),
            rtype: row.key.rtype.to_string(),
            cells: row.cells.iter().map(cell).collect(),
            agreement: agreement.to_owned(),
            differences,
            service: self.service_of(zone, &row.key).map(str::to_owned),
        }
    }

    /// What is read from now on is new.
    pub(super) fn forget(&self, zone: &Name) {
        for member in &self.0.members {
            *member.changed.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        // A visit that is under way lasts for seconds, and nobody waits for it here.
        if let Ok(mut examined) = self.0.examined.try_lock() {
            examined.remove(zone);
        }
    }
}

impl Member {
    /// Its zones, as they were a moment ago.
    pub(super) async fn zones(&self, refresh: bool) -> Kept<Vec<Zone>> {
        // Whoever comes while they are being read waits for that, and asks nobody.
        let mut kept = self.zones.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| kept.is_fresh(refresh)) {
            return kept.clone();
        }
        let at = Instant::now();
        let found = self.client.zones(self.look()).await;
        let new = Kept::new(at, found.map_err(|error| error.to_string()));
        *kept = Some(new.clone());
        new
    }

    /// What it has of a zone, as it was a moment ago; `Ok(None)`: there is no such zone.
    async fn shown(
        &self,
        name: &Name,
        refresh: bool,
    ) -> (Instant, Result<Option<Content>, String>) {
        let zones = self.zones(refresh).await;
        let zone = zones.result.clone().and_then(|zones| self.choose(&zones, name));
        let zone = match zone {
            Ok(Some(zone)) => zone,
            Ok(None) => return (zones.at, Ok(None)),
            Err(problem) => return (zones.at, Err(problem)),
        };
        let mut all = self.sets.lock().await;
        let changed = *self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |kept: &&Kept<_>| kept.is_fresh(refresh) && Some(kept.at) > changed;
        if let Some(kept) = all.get(&zone.id).filter(fresh) {
            return (kept.at, kept.result.clone().map(|sets| Some((zone, sets))));
        }
        let at = Instant::now();
        let found = self.client.rrsets(&zone, self.look()).await;
        let new = Kept::new(at, found.map_err(|error| error.to_string()));
        all.retain(|_, kept| kept.is_fresh(false));
        all.insert(zone.id.clone(), new.clone());
        (new.at, new.result.map(|sets| Some((zone, sets))))
    }

    /// What it has of a zone now.
    pub(super) async fn read(&self, name: &Name) -> Result<Content, String> {
        let said = |error: dns_provider::Error| error.to_string();
        let zones = self.client.zones(self.look()).await.map_err(said)?;
        let zone = self.choose(&zones, name)?;
        let zone = zone.ok_or_else(|| format!("{} has no zone {name}", self.id))?;
        let sets = self.client.rrsets(&zone, self.look()).await.map_err(said)?;
        Ok((zone, Arc::new(sets)))
    }
}

impl<T> Kept<T> {
    fn new(at: Instant, result: Result<T, String>) -> Self {
        Self { at, result: result.map(Arc::new) }
    }

    fn is_fresh(&self, refresh: bool) -> bool {
        let longest = match (&self.result, refresh) {
            (_, true) => KEPT_LEAST,
            (Ok(_), false) => KEPT,
            (Err(_), false) => KEPT_FAILURE,
        };
        self.at.elapsed() < longest
    }
}

fn column(
    member: &Member,
    name: &Name,
    found: Result<Option<Content>, String>,
) -> (RecordColumn, Option<Vec<RrSet>>) {
    let can = member.client.capabilities();
    let guard = match can.guard {
        Guard::Server => "server",
        Guard::ReadThenWrite => "read_then_write",
        _ => "none",
    };
    let mut column = RecordColumn {
        provider: member.id.clone(),
        problem: None,
        notes: Vec::new(),
        name_servers: Vec::new(),
        count: 0,
        ttl_min: can.ttl_min,
        guard: guard.to_owned(),
    };
    match found {
        Ok(Some((zone, sets))) => {
            column.count = sets.len();
            column.name_servers = zone.name_servers.iter().map(Name::to_string).collect();
            column.notes.clone_from(&zone.notes);
            (column, Some(sets.to_vec()))
        }
        Ok(None) => {
            column.problem = Some(format!("there is no zone {name} here"));
            (column, None)
        }
        Err(problem) => {
            column.problem = Some(problem);
            (column, None)
        }
    }
}

fn passes(row: &Row, page: &Page) -> bool {
    if page.differing && !matches!(row.agreement, Agreement::Differs(_)) {
        return false;
    }
    if page.text.is_empty() {
        return true;
    }
    let text = page.text.to_ascii_lowercase();
    let has = |part: &str| part.to_ascii_lowercase().contains(&text);
    let in_cell = |cell: &Cell| match cell {
        Cell::There(set) => set.values.iter().any(|value| has(value)),
        _ => false,
    };
    has(row.key.name.as_str()) || has(row.key.rtype.as_str()) || row.cells.iter().any(in_cell)
}

fn cell(cell: &Cell) -> RecordCell {
    let empty = |state: &str| RecordCell {
        state: state.to_owned(),
        ttl: None,
        values: Vec::new(),
        opaque: false,
    };
    match cell {
        Cell::There(set) => RecordCell {
            ttl: Some(set.ttl),
            values: set.values.clone(),
            opaque: set.opaque.is_some(),
            ..empty("there")
        },
        Cell::Absent => empty("absent"),
        _ => empty("unread"),
    }
}

fn word(difference: &dns_provider::side_by_side::Difference) -> String {
    use dns_provider::side_by_side::Difference;
    let word = match difference {
        Difference::Missing => "missing",
        Difference::Values => "values",
        Difference::Ttl => "ttl",
        _ => "opaque",
    };
    word.to_owned()
}
