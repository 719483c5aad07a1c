//! What is stored and what is answered, line by line as in a zone file.
use crate::words;
use failover_core::{Answer, ServiceSnapshot, Timestamp};

/// How a line stands to what is desired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is what is desired.
    Desired,
    /// It is what was desired before the latest move.
    Before,
    /// It is something else.
    Foreign,
    /// Nothing was heard.
    Silent,
}

/// One place that was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What tells it from the others.
    pub key: String,
    /// A name server's name, or the API.
    pub who: String,
    /// The address that was asked; empty for the API.
    pub address: String,
    /// What it says, as lines of a zone file.
    pub lines: Vec<String>,
    /// The same in sites, or what is wrong.
    pub says: String,
    /// How it stands.
    pub standing: Standing,
    /// When it was asked.
    pub at: Timestamp,
    /// How long that took, in milliseconds.
    pub elapsed_ms: Option<f32>,
}

/// One provider's part.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    /// The provider.
    pub provider: String,
    /// The zone; empty while nothing was read.
    pub zone: String,
    /// The API first, then the name servers.
    pub rows: Vec<Row>,
}

/// All providers, in the policy's order.
pub fn zones(service: &ServiceSnapshot) -> Vec<Zone> {
    service.view.providers.iter().map(|provider| zone(service, &provider.name)).collect()
}

fn zone(service: &ServiceSnapshot, provider: &str) -> Zone {
    let mut rows = Vec::new();
    let mut name = String::new();
    for stored in service.published.iter().filter(|stored| stored.provider == provider) {
        name.clone_from(&stored.zone);
        rows.push(Row {
            key: format!("api {}", stored.rtype),
            who: words::API.to_owned(),
            address: String::new(),
            lines: lines(&stored.name, stored.ttl, &stored.rtype, &stored.values),
            says: says(service, &stored.answer),
            standing: standing(service, &stored.answer),
            at: stored.at,
            elapsed_ms: None,
        });
    }
    for answer in service.answers.iter().filter(|answer| answer.provider == provider) {
        rows.push(Row {
            key: format!("{} {} {}", answer.server, answer.address, answer.rtype),
            who: answer.server.clone(),
            address: answer.address.clone(),
            lines: lines(&service.name, answer.ttl, &answer.rtype, &answer.values),
            says: says(service, &answer.answer),
            standing: standing(service, &answer.answer),
            at: answer.at,
            elapsed_ms: answer.elapsed_ms,
        });
    }
    Zone { provider: provider.to_owned(), zone: name, rows }
}

fn lines(name: &str, ttl: Option<u32>, rtype: &str, values: &[String]) -> Vec<String> {
    let ttl = ttl.map(|ttl| format!("{ttl} ")).unwrap_or_default();
    values.iter().map(|value| format!("{name}. {ttl}{rtype} {value}")).collect()
}

fn says(service: &ServiceSnapshot, answer: &Answer) -> String {
    match answer {
        Answer::Sites(sites) => super::site_names(service, *sites),
        Answer::Foreign { text } | Answer::Silent { text } => text.clone(),
        _ => String::new(),
    }
}

fn standing(service: &ServiceSnapshot, answer: &Answer) -> Standing {
    let view = &service.view;
    let latest = view.open_move.as_ref().or(view.last_move.as_ref());
    match answer {
        Answer::Sites(sites) if *sites == view.desired => Standing::Desired,
        Answer::Sites(sites) if latest.is_some_and(|made| made.from == *sites) => Standing::Before,
        Answer::Silent { .. } => Standing::Silent,
        _ => Standing::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture;
    use failover_core::{SiteId, SiteSet};

    #[test]
    fn the_api_comes_first_and_lines_read_like_a_zone_file() {
        let zones = zones(&fixture::service());
        assert_eq!(zones.len(), 2);
        let google = &zones[0];
        assert_eq!((google.provider.as_str(), google.zone.as_str()), ("google", "example.com"));
        assert_eq!(google.rows[0].who, "API");
        assert_eq!(google.rows[0].lines, ["shop.example.com. 60 A 203.0.113.10"]);
        assert_eq!(google.rows[1].who, "ns1.google.test");
        assert!(google.rows.iter().all(|row| row.standing == Standing::Desired));
    }

    #[test]
    fn the_answer_before_the_move_is_told_from_a_foreign_one() {
        let mut shop = fixture::moving();
        assert_eq!(zones(&shop)[0].rows[1].standing, Standing::Before);
        shop.answers[0].answer = Answer::Foreign { text: "192.0.2.1".to_owned() };
        assert_eq!(zones(&shop)[0].rows[1].standing, Standing::Foreign);
        assert_eq!(zones(&shop)[0].rows[1].says, "192.0.2.1");
        shop.answers[0].answer = Answer::Sites(SiteSet::one(SiteId(1)));
        assert_eq!(zones(&shop)[0].rows[1].standing, Standing::Desired);
    }
}
