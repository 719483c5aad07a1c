//! The picture of a service: which provider's name servers send people to which site.
use super::tone::Tone;
use crate::words;
use failover_core::{Answer, ProviderStep, ServerAnswer, ServiceSnapshot, SiteId};

/// How many of a provider's name servers point to a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// None of them.
    None,
    /// Some of them.
    Some,
    /// All that answer.
    All,
}

/// A line from a provider to a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The provider's place.
    pub provider: usize,
    /// The site's place.
    pub site: usize,
    /// How strong it is.
    pub share: Share,
}

/// A provider in the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// How it stands.
    pub tone: Tone,
    /// Name servers that answer what is desired, and all of them.
    pub servers: (usize, usize),
    /// What is answered, without repetition.
    pub values: Vec<String>,
    /// What the operator should know of it.
    pub note: String,
}

/// Every provider to every site.
pub fn edges(service: &ServiceSnapshot) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (provider, view) in service.view.providers.iter().enumerate() {
        let heard: Vec<&Answer> = heard(service, &view.name);
        for site in 0..service.view.sites.len() {
            edges.push(Edge { provider, site, share: share(&heard, site) });
        }
    }
    edges
}

/// Whether people are sent to `site` by anybody.
pub fn is_pointed_at(edges: &[Edge], site: usize) -> bool {
    edges.iter().any(|edge| edge.site == site && edge.share != Share::None)
}

/// The providers.
pub fn sources(service: &ServiceSnapshot) -> Vec<Source> {
    service.view.providers.iter().map(|provider| source(service, &provider.name)).collect()
}

/// Name servers of `provider` that answer exactly what is desired, and all of them.
pub fn verified(service: &ServiceSnapshot, provider: &str) -> (usize, usize) {
    let desired = Answer::Sites(service.view.desired);
    let servers: Vec<_> = answers(service, provider).collect();
    (servers.iter().filter(|server| server.answer == desired).count(), servers.len())
}

/// The curve of an edge in a box of 1000 units both ways, from the `from`-th of `sources` on the
/// first side to the `to`-th of `targets` on the second. `down` draws from top to bottom.
pub fn curve(from: (usize, usize), to: (usize, usize), down: bool) -> String {
    let centre = |(place, of): (usize, usize)| (2 * place + 1) * 500 / of.max(1);
    let (start, end) = (centre(from), centre(to));
    if down {
        format!("M{start} 0C{start} 550 {end} 450 {end} 1000")
    } else {
        format!("M0 {start}C550 {start} 450 {end} 1000 {end}")
    }
}

fn answers<'a>(
    service: &'a ServiceSnapshot,
    provider: &'a str,
) -> impl Iterator<Item = &'a ServerAnswer> {
    service.answers.iter().filter(move |answer| answer.provider == provider)
}

/// What the name servers say; before the first of them was asked, what the API says.
fn heard<'a>(service: &'a ServiceSnapshot, provider: &'a str) -> Vec<&'a Answer> {
    let servers: Vec<_> = answers(service, provider).map(|server| &server.answer).collect();
    if !servers.is_empty() {
        return servers;
    }
    let stored = service.published.iter().filter(|published| published.provider == provider);
    stored.map(|published| &published.answer).collect()
}

fn share(heard: &[&Answer], site: usize) -> Share {
    let Ok(place) = u8::try_from(site) else { return Share::None };
    let speaking = heard.iter().filter(|answer| !matches!(answer, Answer::Silent { .. })).count();
    let pointing =
        |answer: &&&Answer| matches!(answer, Answer::Sites(s) if s.contains(SiteId(place)));
    match heard.iter().filter(pointing).count() {
        0 => Share::None,
        count if count == speaking => Share::All,
        _ => Share::Some,
    }
}

fn source(service: &ServiceSnapshot, name: &str) -> Source {
    let provider = service.view.providers.iter().find(|provider| provider.name == name);
    let servers = verified(service, name);
    let heard = heard(service, name);
    let all_silent =
        !heard.is_empty() && heard.iter().all(|answer| matches!(answer, Answer::Silent { .. }));
    let any_silent = heard.iter().any(|answer| matches!(answer, Answer::Silent { .. }));
    let failed = provider.is_some_and(|p| matches!(p.step, ProviderStep::Failed { .. }));
    let drifted = provider.is_some_and(|p| p.drift.is_some());
    let foreign = heard.iter().any(|answer| matches!(answer, Answer::Foreign { .. }));
    let settled = provider.is_some_and(|p| p.step == ProviderStep::Settled);
    let (tone, note) = match () {
        () if all_silent => (Tone::Down, words::SERVERS_SILENT.text()),
        () if failed => (Tone::Warn, words::PROVIDER_BEHIND.text()),
        () if drifted || foreign => (Tone::Warn, words::PROVIDER_DRIFTED.text()),
        () if any_silent => (Tone::Warn, words::SOME_SERVERS_SILENT.text()),
        () if !settled => (Tone::Warn, words::PROVIDER_CHANGING.text()),
        () if servers.1 == 0 => (Tone::Unknown, words::SERVERS_NOT_ASKED.text()),
        () => (Tone::Up, ""),
    };
    let mut values: Vec<String> = Vec::new();
    for value in answers(service, name).flat_map(|server| &server.values) {
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
    Source { name: name.to_owned(), tone, servers, values, note: note.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture;
    use failover_core::SiteSet;

    fn shares(service: &ServiceSnapshot) -> Vec<Share> {
        edges(service).iter().map(|edge| edge.share).collect()
    }

    #[test]
    fn both_providers_point_to_the_active_site() {
        let shop = fixture::service();
        assert_eq!(shares(&shop), [Share::All, Share::None, Share::All, Share::None]);
        assert!(is_pointed_at(&edges(&shop), 0) && !is_pointed_at(&edges(&shop), 1));
        assert_eq!(verified(&shop, "google"), (2, 2));
    }

    #[test]
    fn while_name_servers_differ_both_lines_are_partial() {
        let mut shop = fixture::service();
        shop.answers[0].answer = Answer::Sites(SiteSet::one(SiteId(1)));
        assert_eq!(shares(&shop)[..2], [Share::Some, Share::Some]);
        assert_eq!(sources(&shop)[0].servers, (1, 2));
    }

    #[test]
    fn a_silent_server_neither_points_nor_counts() {
        let mut shop = fixture::service();
        shop.answers[0].answer = Answer::Silent { text: "timed out".to_owned() };
        assert_eq!(shares(&shop)[0], Share::All);
        assert_eq!(sources(&shop)[0].tone, Tone::Warn);
        shop.answers[1].answer = Answer::Silent { text: "timed out".to_owned() };
        assert_eq!(shares(&shop)[0], Share::None);
        assert_eq!(sources(&shop)[0].tone, Tone::Down);
    }

    #[test]
    fn before_any_server_was_asked_the_api_is_believed() {
        let mut shop = fixture::service();
        shop.answers.clear();
        assert_eq!(shares(&shop)[0], Share::All);
        assert_eq!(sources(&shop)[0].tone, Tone::Unknown);
    }

    #[test]
    fn curves_end_in_the_middle_of_their_boxes() {
        assert_eq!(curve((0, 1), (1, 2), false), "M0 500C550 500 450 750 1000 750");
        assert_eq!(curve((0, 2), (1, 2), true), "M250 0C250 550 750 450 750 1000");
    }
}
