//! What an event of a machine is about: what begins with it, what ends with it.
use failover_core::{Event, PolicySpec, ProviderId, Receipt, SiteId, VantageId, Verdict};

/// What is to be told of an event. Keys are without the service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Topic {
    /// What lasts from now on.
    pub(super) lasts: Option<String>,
    /// What is over.
    pub(super) over: Vec<String>,
    /// Worth a word to whoever wants to hear of everything.
    pub(super) note: bool,
}

/// What `event` is about; `own` is this watcher's vantage.
pub(super) fn of(event: &Event, policy: &PolicySpec, own: VantageId) -> Topic {
    let at_site = |what: &str, site: &SiteId| {
        let name = policy.sites.get(site.index()).map(|site| site.name.as_str());
        format!("{what}/{}", name.unwrap_or("?"))
    };
    let at_provider = |what: &str, provider: &ProviderId| {
        let name = policy.providers.get(provider.index()).map(|one| one.name.as_str());
        format!("{what}/{}", name.unwrap_or("?"))
    };
    match event {
        Event::VerdictChanged { site, to: Verdict::Down, .. } => lasts(at_site("site", site)),
        Event::VerdictChanged { site, to: Verdict::Up, .. } => over(&[
            &at_site("site", site),
            &at_site("fence", site),
            &at_site("standby", site),
            "held",
        ]),
        Event::MoveStarted { .. } => Topic { over: vec!["held".to_owned()], ..lasts("move") },
        Event::MoveCompleted { .. } => over(&["move"]),
        Event::MoveAbandoned { .. } => over(&["move"]),
        Event::AttemptEnded { provider, receipt, .. } => match receipt {
            Receipt::Refused { .. } | Receipt::Unknown { .. } => {
                lasts(at_provider("publish", provider))
            }
            _ => quietly_over(at_provider("publish", provider)),
        },
        Event::Verified { provider, .. } => quietly_over(at_provider("publish", provider)),
        Event::Split { missing, .. } => lasts(at_provider("split", missing)),
        Event::Healed { provider, .. } => {
            over(&[&at_provider("split", provider), &at_provider("publish", provider)])
        }
        Event::DriftSeen { provider, .. } => lasts(at_provider("drift", provider)),
        Event::DriftGone { provider } => over(&[&at_provider("drift", provider)]),
        Event::Latched { .. } => lasts("latch"),
        Event::Rearmed { .. } => over(&["latch"]),
        Event::Disarmed { .. } => lasts("disarmed"),
        Event::BudgetSpent { .. } => lasts("budget"),
        Event::Armed { .. } => over(&["disarmed", "budget"]),
        Event::Held { .. } => lasts("held"),
        Event::AllDown => lasts("all-down"),
        Event::AllDownOver => over(&["all-down"]),
        // The watcher itself says that it is cut off, once for all services.
        Event::VantageIsolated { vantage } | Event::VantageBack { vantage } if *vantage == own => {
            Topic::default()
        }
        Event::VantageIsolated { vantage } => lasts(format!("isolated/{}", vantage.0)),
        Event::VantageBack { vantage } => over(&[&format!("isolated/{}", vantage.0)]),
        Event::FenceEnded { site, ok: false } => lasts(at_site("fence", site)),
        Event::FenceEnded { site, ok: true } => over(&[&at_site("fence", site)]),
        Event::StandbyStarted { site, ok: false } => lasts(at_site("standby", site)),
        Event::StandbyStarted { site, ok: true } => over(&[&at_site("standby", site)]),
        Event::AttemptStarted { .. } | Event::PolicyAdopted { .. } => Topic::default(),
        Event::CommandRefused { .. } => Topic::default(),
        _ => Topic { note: true, ..Topic::default() },
    }
}

fn lasts(key: impl Into<String>) -> Topic {
    Topic { lasts: Some(key.into()), ..Topic::default() }
}

/// Where none of it lasted, it is worth a word.
fn over(keys: &[&str]) -> Topic {
    let over = keys.iter().map(|key| (*key).to_owned()).collect();
    Topic { over, note: true, lasts: None }
}

fn quietly_over(key: String) -> Topic {
    Topic { over: vec![key], ..Topic::default() }
}
