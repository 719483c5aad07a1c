//! What `schwenk check` finds out about the store that several watchers share.
use serde::Serialize;

use crate::config::Config;

/// What a member of the store answers.
#[derive(Debug, Serialize)]
pub struct Member {
    /// Its address.
    pub endpoint: String,
    /// Its version.
    pub version: Option<String>,
    /// Why it says nothing.
    pub problem: Option<String>,
}

/// Asks each member. As long as most of them answer, watchers can share a lead.
#[cfg(feature = "etcd")]
pub async fn look(config: &Config) -> (Vec<Member>, Vec<String>) {
    let Some(cluster) = &config.cluster else { return (Vec::new(), Vec::new()) };
    let store = match crate::compose::store(cluster) {
        Ok(store) => store,
        Err(message) => return (Vec::new(), vec![cluster.place.problem(message).to_string()]),
    };
    let mut members = Vec::new();
    for (endpoint, answer) in store.examine().await {
        let (version, problem) = match answer {
            Ok(version) => (Some(version), None),
            Err(problem) => (None, Some(problem)),
        };
        members.push(Member { endpoint, version, problem });
    }
    let silent = members.iter().filter(|member| member.problem.is_some());
    let problems = silent.map(|member| {
        let Member { endpoint, problem, .. } = member;
        let problem = problem.as_deref().unwrap_or_default();
        let message = format!(
            "etcd at {endpoint} does not answer: {problem}; start it, or correct endpoints, \
             certificates and user"
        );
        cluster.place.problem(message).to_string()
    });
    let problems = problems.collect();
    (members, problems)
}

/// Without the feature nobody can be asked.
#[cfg(not(feature = "etcd"))]
pub async fn look(config: &Config) -> (Vec<Member>, Vec<String>) {
    let Some(cluster) = &config.cluster else { return (Vec::new(), Vec::new()) };
    let problem =
        crate::compose::store(cluster).err().map(|text| cluster.place.problem(text).to_string());
    (Vec::new(), problem.into_iter().collect())
}

/// What is allowed and doubtful.
pub fn warnings(config: &Config) -> Vec<String> {
    let Some(cluster) = &config.cluster else { return Vec::new() };
    let mut warnings = Vec::new();
    let mut doubt = |message: String| warnings.push(cluster.place.problem(message).to_string());
    if cluster.vantages.len() == 2 {
        doubt(
            "with two vantages, both must see a site down: when one watcher is away, nothing moves; a \
             third one is worth its cost"
                .to_owned(),
        );
    }
    if cluster.endpoints.len().is_multiple_of(2) {
        doubt(format!(
            "{} members bear no more losses than one less; use an odd number, best 3",
            cluster.endpoints.len()
        ));
    }
    let plain = cluster.endpoints.iter().find(|each| each.starts_with("http://") && !is_here(each));
    if let Some(plain) = plain {
        doubt(format!("{plain} is not encrypted: whoever listens there can lead; write https"));
    }
    warnings
}

fn is_here(endpoint: &str) -> bool {
    let host = endpoint.trim_start_matches("http://");
    host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]")
}

/// "etcd https://10.0.0.1:2379: version 3.4.23".
pub fn describe(member: &Member) -> String {
    let Member { endpoint, version, problem } = member;
    match (version, problem) {
        (Some(version), _) => format!("etcd {endpoint}: version {version}\n"),
        (None, problem) => format!("etcd {endpoint}: {}\n", problem.as_deref().unwrap_or("?")),
    }
}
