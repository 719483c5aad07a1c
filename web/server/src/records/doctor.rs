//! The doctor's visit to a zone of the configuration, once for all who ask.
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use dns_provider::Name;
use dns_provider::doctor::{Finding, Grade, Start, ask, examine};
use dns_provider::propagation::servers_of;
use web_api::{Said, ZoneDoctor, ZoneFinding};

use super::{Member, Records};

/// Where the system keeps its resolvers.
const RESOLV_CONF: &str = "/etc/resolv.conf";
/// How long one answer of a name server may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long findings are shown to everybody who looks.
const KEPT: Duration = Duration::from_secs(15);

impl Records {
    /// What is wrong with a zone.
    pub async fn doctor(&self, zone: &Name) -> ZoneDoctor {
        // Whoever comes while it is examined waits for that, and asks nobody.
        let mut examined = self.0.examined.lock().await;
        examined.retain(|_, (at, _)| at.elapsed() < KEPT);
        if let Some((at, known)) = examined.get(zone) {
            return ZoneDoctor { age_secs: at.elapsed().as_secs(), ..known.clone() };
        }
        let mut findings = Vec::new();
        let mut providers = Vec::new();
        for member in &self.0.members {
            match servers(member, zone).await {
                Ok(servers) => providers.push((member.id.clone(), servers)),
                // A provider that is down is when one wants to know the rest.
                Err(why) => findings.push(ZoneFinding {
                    grade: "warning".to_owned(),
                    code: "provider_unread".to_owned(),
                    text: format!("The name servers of {} are not known: {why}", member.id),
                    remedy: "Ask again when its API answers".to_owned(),
                    said: Some(
                        Said::of("doctor.provider_unread")
                            .with("provider", &member.id)
                            .with("why", why),
                    ),
                }),
            }
        }
        let owned = self.0.owned.iter().filter(|owned| owned.zone == *zone);
        let start = Start {
            zone: zone.clone(),
            records: owned.flat_map(|owned| owned.keys.clone()).collect(),
            providers,
            parent: self.0.parent.clone(),
            // Where the zone above is given, no resolver of the world knows this zone.
            resolver: if self.0.parent.is_empty() { system_resolver() } else { None },
            timeout: PATIENCE,
        };
        findings.extend(examine(&ask(&start).await).into_iter().map(shown));
        let found = ZoneDoctor { zone: zone.to_string(), findings, age_secs: 0 };
        examined.insert(zone.clone(), (Instant::now(), found.clone()));
        found
    }
}

/// The first resolver that the system is told to ask.
pub fn system_resolver() -> Option<SocketAddr> {
    let text = std::fs::read_to_string(RESOLV_CONF).ok()?;
    first_resolver(&text)
}

fn first_resolver(text: &str) -> Option<SocketAddr> {
    let address = |line: &str| {
        let rest = line.trim().strip_prefix("nameserver")?;
        rest.split_whitespace().next()?.parse::<IpAddr>().ok()
    };
    text.lines().find_map(address).map(|address| SocketAddr::new(address, 53))
}

async fn servers(
    member: &Member,
    name: &Name,
) -> Result<Vec<dns_provider::propagation::NameServer>, String> {
    if let Some(servers) = &member.servers {
        return Ok(servers.clone());
    }
    let zones = member.zones(false).await.result?;
    match member.choose(&zones, name)? {
        Some(zone) => servers_of(&zone).await,
        None => Err(format!("it has no zone {name}")),
    }
}

fn shown(finding: Finding) -> ZoneFinding {
    let grade = match finding.grade {
        Grade::Good => "good",
        Grade::Note => "note",
        Grade::Warning => "warning",
        Grade::Critical => "critical",
    };
    let mut said = Said::of(&format!("doctor.{}", finding.code));
    for (name, values) in finding.values {
        said = said.with_all(name, values);
    }
    ZoneFinding {
        grade: grade.to_owned(),
        code: finding.code.to_owned(),
        text: finding.text,
        remedy: finding.remedy,
        said: Some(said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_first_resolver_is_found() {
        let text =
            "# made by hand\nsearch example.com\nnameserver 192.0.2.1\nnameserver 2001:db8::1\n";
        assert_eq!(first_resolver(text), Some(([192, 0, 2, 1], 53).into()));
        assert_eq!(first_resolver("options edns0\n"), None);
        assert_eq!(first_resolver("nameserver fe80::1%eth0\n"), None);
    }
}
