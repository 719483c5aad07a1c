//! The watchers that share a lead, as a table.
use super::news::News;
use super::{time, tone::Tone};
use crate::words;
use failover_core::{ClusterView, PeerView, Timestamp};

/// One watcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its vantage.
    pub vantage: String,
    /// How it stands.
    pub tone: Tone,
    /// The same in words.
    pub says: String,
    /// Whether it leads.
    pub leads: bool,
    /// When it was last heard.
    pub heard: String,
}

/// The sentence above the table; `None` where one watches alone.
pub fn head(news: &News, now: Timestamp) -> Option<String> {
    let cluster = news.cluster.as_ref()?;
    if let Some(problem) = &cluster.problem {
        return Some(problem.clone());
    }
    let all = cluster.peers.len() + 1;
    let alive = cluster.peers.iter().filter(|peer| peer.alive).count() + 1;
    Some(match (&cluster.leader, cluster.since) {
        (Some(leader), None) => words::watchers_lead(leader, cluster.epoch, alive, all),
        (_, Some(since)) => words::nobody_leads_for(&time::span(time::between(since, now))),
        (None, None) => words::NOBODY_LEADS.into(),
    })
}

/// All watchers, this one first.
pub fn rows(news: &News, now: Timestamp) -> Vec<Row> {
    let Some(cluster) = &news.cluster else { return Vec::new() };
    let own = Row {
        vantage: news.vantage.clone(),
        tone: if cluster.problem.is_some() { Tone::Warn } else { Tone::Up },
        says: cluster.problem.clone().unwrap_or_else(|| words::THIS_WATCHER.into()),
        leads: cluster.leads,
        heard: String::new(),
    };
    let mut rows = vec![own];
    rows.extend(cluster.peers.iter().map(|peer| row(cluster, peer, now)));
    rows
}

fn row(cluster: &ClusterView, peer: &PeerView, now: Timestamp) -> Row {
    let (tone, says) = match &peer.journal {
        _ if !peer.alive => (Tone::Down, words::PEER_SILENT.into()),
        Some(problem) => (Tone::Warn, problem.clone()),
        None if peer.isolated => (Tone::Warn, words::PEER_ISOLATED.into()),
        None if !peer.sees => (Tone::Warn, words::PEER_BLIND.into()),
        None => (Tone::Up, words::PEER_SEES.into()),
    };
    let heard = peer.heard.map(|at| words::heard(&time::span(time::between(at, now))));
    Row {
        vantage: peer.vantage.clone(),
        tone,
        says,
        leads: cluster.leader.as_ref() == Some(&peer.vantage),
        heard: heard.unwrap_or_else(|| words::NEVER_HEARD.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{self, NOW};

    fn news() -> News {
        News { cluster: Some(fixture::cluster()), ..fixture::snapshot() }
    }

    #[test]
    fn who_leads_and_who_is_silent_is_said() {
        assert_eq!(head(&news(), NOW).unwrap(), "here leads, epoch 3; 2 of 3 watchers alive.");
        let rows = rows(&news(), NOW);
        let seen: Vec<_> = rows.iter().map(|row| (row.vantage.as_str(), row.tone)).collect();
        assert_eq!(seen, [("here", Tone::Up), ("there", Tone::Up), ("yonder", Tone::Down)]);
        assert!(rows[0].leads && !rows[1].leads);
        assert_eq!(rows[2].heard, "heard 1 min ago");
    }

    #[test]
    fn a_group_without_a_leader_says_that_nothing_is_moved() {
        let mut news = news();
        let cluster = news.cluster.as_mut().unwrap();
        (cluster.leader, cluster.leads, cluster.since) = (None, false, Some(fixture::before(9)));
        let said = head(&news, NOW).unwrap();
        assert_eq!(said, "Nobody has led for 9 s, so nothing is moved by itself.");
    }

    #[test]
    fn one_that_watches_alone_has_no_table() {
        assert_eq!(head(&fixture::snapshot(), NOW), None);
        assert_eq!(rows(&fixture::snapshot(), NOW), []);
    }
}
