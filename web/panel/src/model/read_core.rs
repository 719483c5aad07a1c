//! How `failover-core`'s types are read from JSON.
use super::json::{FromJson, at, fields, word, words};
use failover_core::bound::{PairLosses, SiteLosses, VantageLosses};
use failover_core::{
    Actor, AlertView, Answer, AttemptId, Blocker, CheckFacts, CheckId, CheckView, ClusterView,
    Layer, MeasuredBound, Mode, MoveId, MoveKind, MoveView, Next, PeerView, ProviderStep,
    ProviderView, Published, Sample, SampleSeries, ServerAnswer, ServiceSnapshot, Severity,
    SiteFacts, SiteId, SiteSet, SiteView, Timestamp, VantageId, Verdict, View, Vote, VoteView, Why,
};
use serde_json::Value;

fields! {
    ServiceSnapshot {
        view, name, ttl, sites, checks, series, published, answers, converged_at, losses, false_failover,
    }
    SiteLosses { since, probes, lost, burst, vantages, pairs }
    VantageLosses { vantage, probes, lost }
    PairLosses { one, other, rounds, correlation }
    MeasuredBound { seconds, exact, at }
    View {
        service, now, mode, latched, desired, generation, since, sites, providers, open_move,
        last_move, hold_down_until, moves_left, quorum, next, unacknowledged,
    }
    SiteView { name, verdict, since, active, maintenance, tally, lag_ms, votes }
    VoteView { vantage, verdict, since, stale, isolated, checks }
    CheckView { name, verdict, failures, fall, successes, rise, reported }
    ProviderView { name, step, accepted, drift }
    MoveView { id, reason, from, to, who, since, completed }
    Next { wants, reason, blockers, deadline }
    SiteFacts { name, location, addresses }
    CheckFacts { name, what, layer }
    AlertView { key, severity, service, text, since }
    ClusterView { leader, epoch, leads, since, problem, peers }
    PeerView { vantage, heard, alive, sees, isolated, leads, journal, version }
    SampleSeries { vantage, site, check, what, samples }
    Sample { at, ok, latency_ms, text }
    Published { provider, zone, name, rtype, ttl, values, answer, at }
    ServerAnswer { provider, server, address, rtype, ttl, values, answer, at, elapsed_ms }
    Vote { vantage, site, verdict, since, reported, failed }
}

words! {
    Layer { "proxy" => Proxy, "application" => Application, "database" => Database }
    Verdict { "up" => Up, "down" => Down, "unknown" => Unknown }
    Severity { "info" => Info, "warning" => Warning, "critical" => Critical }
    MoveKind {
        "failover" => Failover, "switchover" => Switchover, "forced" => Forced,
        "failback" => Failback, "membership" => Membership, "repair" => Repair,
    }
    Why {
        "stale" => Stale, "candidate_ready" => CandidateReady, "hold_down_ends" => HoldDownEnds,
        "budget_returns" => BudgetReturns, "latch_ends" => LatchEnds, "pause_ends" => PauseEnds,
        "maintenance_ends" => MaintenanceEnds, "failback_due" => FailbackDue, "retry" => Retry,
        "attempt_timeout" => AttemptTimeout, "split_alarm" => SplitAlarm,
        "lease_ends" => LeaseEnds, "heartbeat" => Heartbeat,
    }
}

/// Writes out how a number that stands for something is read.
macro_rules! numbers {
    ($($kind:ident)*) => {
        $(impl FromJson for $kind {
            fn from_json(json: &Value) -> Option<Self> {
                FromJson::from_json(json).map(Self)
            }
        })*
    };
}

numbers! { SiteId VantageId CheckId MoveId AttemptId Actor }

impl FromJson for Timestamp {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_u64().map(Self::from_millis)
    }
}

impl FromJson for SiteSet {
    fn from_json(json: &Value) -> Option<Self> {
        let bits = u16::from_json(json)?;
        Some((0..16).filter(|place| bits & 1 << place != 0).map(SiteId).collect())
    }
}

impl FromJson for [u8; 3] {
    fn from_json(json: &Value) -> Option<Self> {
        Vec::from_json(json)?.try_into().ok()
    }
}

impl FromJson for Answer {
    fn from_json(json: &Value) -> Option<Self> {
        if let Some(sites) = json.get("sites") {
            return SiteSet::from_json(sites).map(Self::Sites);
        }
        if let Some(foreign) = json.get("foreign") {
            return Some(Self::Foreign { text: at(foreign, "text")? });
        }
        Some(Self::Silent { text: at(json.get("silent")?, "text")? })
    }
}

impl FromJson for Mode {
    fn from_json(json: &Value) -> Option<Self> {
        let (who, since) = (at(json, "who")?, at(json, "since")?);
        match json.get("mode")?.as_str()? {
            "armed" => Some(Self::Armed { who, since }),
            "disarmed" => Some(Self::Disarmed { who, since, until: at(json, "until")? }),
            _ => None,
        }
    }
}

impl FromJson for ProviderStep {
    fn from_json(json: &Value) -> Option<Self> {
        let since = || at(json, "since");
        Some(match json.get("step")?.as_str()? {
            "settled" => Self::Settled,
            "waiting" => Self::Waiting,
            "publishing" => Self::Publishing { attempt: at(json, "attempt")?, since: since()? },
            "reading_back" => Self::ReadingBack { since: since()? },
            "accepted" => Self::Accepted { since: since()? },
            "failed" => Self::Failed {
                message: at(json, "message")?,
                retry_at: at(json, "retry_at")?,
                failures: at(json, "failures")?,
            },
            _ => return None,
        })
    }
}

/// What tells the blockers apart.
#[derive(Clone, Copy)]
enum Kind {
    Bare(fn() -> Blocker),
    At(fn(SiteId) -> Blocker),
    Until(fn(Timestamp) -> Blocker),
    Latched,
    NoQuorum,
    CandidateTooFresh,
    MoveOpen,
}

impl FromJson for Blocker {
    fn from_json(json: &Value) -> Option<Self> {
        let kinds = [
            ("disarmed", Kind::Bare(|| Self::Disarmed)),
            ("latched", Kind::Latched),
            ("hold_down", Kind::Until(|until| Self::HoldDown { until })),
            ("budget", Kind::Until(|until| Self::Budget { until })),
            ("no_quorum", Kind::NoQuorum),
            ("no_candidate", Kind::Bare(|| Self::NoCandidate)),
            ("candidate_too_fresh", Kind::CandidateTooFresh),
            ("in_maintenance", Kind::At(|site| Self::InMaintenance { site })),
            ("lag", Kind::At(|site| Self::Lag { site })),
            ("move_open", Kind::MoveOpen),
            ("not_leader", Kind::Bare(|| Self::NotLeader)),
            ("no_journal", Kind::Bare(|| Self::NoJournal)),
            ("self_distrust", Kind::Bare(|| Self::SelfDistrust)),
            ("just_woken", Kind::Until(|until| Self::JustWoken { until })),
            ("standby_starting", Kind::At(|site| Self::StandbyStarting { site })),
            ("not_adopted", Kind::Bare(|| Self::NotAdopted)),
        ];
        Some(match word(json.get("blocker")?, &kinds)? {
            Kind::Bare(make) => make(),
            Kind::At(make) => make(at(json, "site")?),
            Kind::Until(make) => make(at(json, "until")?),
            Kind::Latched => Self::Latched { until: at(json, "until")? },
            Kind::NoQuorum => Self::NoQuorum { have: at(json, "have")?, need: at(json, "need")? },
            Kind::CandidateTooFresh => {
                Self::CandidateTooFresh { site: at(json, "site")?, until: at(json, "until")? }
            }
            Kind::MoveOpen => Self::MoveOpen { id: at(json, "id")? },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{self, NOW};
    use crate::model::json::parse;
    use serde::Serialize;
    use std::fmt::Debug;

    /// serde writes it, this module reads it.
    fn survives<T: Serialize + FromJson + PartialEq + Debug>(values: &[T]) {
        for value in values {
            let text = serde_json::to_string(value).unwrap();
            assert_eq!(parse::<T>(&text).as_ref(), Some(value), "{text}");
        }
    }

    #[test]
    fn services_survive_the_way_to_the_browser() {
        survives(&[fixture::service(), fixture::moving(), fixture::moved(), fixture::layered()]);
        let mut shop = fixture::service();
        let (who, since) = (Actor("anna".to_owned()), NOW);
        shop.series = vec![fixture::series(&[Some(0.25), None])];
        shop.view.mode = Mode::Disarmed { who: who.clone(), since, until: None };
        shop.view.latched = Some((NOW, Some(NOW)));
        shop.view.sites[0].maintenance = Some((NOW, who));
        shop.view.sites[0].lag_ms = Some(12);
        shop.view.next.wants = Some(SiteSet::first(2));
        shop.view.next.deadline = Some((NOW, Why::Retry));
        let foreign = Answer::Foreign { text: "192.0.2.1".to_owned() };
        shop.view.providers[0].drift = Some((foreign.clone(), NOW));
        shop.answers[0].answer = Answer::Silent { text: "timed out".to_owned() };
        shop.answers[1].answer = foreign;
        survives(&[shop]);
    }

    #[test]
    fn every_step_survives() {
        let (since, attempt) = (NOW, AttemptId(7));
        let message = "503".to_owned();
        survives(&[
            ProviderStep::Settled,
            ProviderStep::Waiting,
            ProviderStep::Publishing { attempt, since },
            ProviderStep::ReadingBack { since },
            ProviderStep::Accepted { since },
            ProviderStep::Failed { message, retry_at: NOW, failures: 3 },
        ]);
    }

    #[test]
    fn every_blocker_survives() {
        let (site, until) = (SiteId(1), NOW);
        survives(&[
            Blocker::Disarmed,
            Blocker::Latched { until: None },
            Blocker::Latched { until: Some(NOW) },
            Blocker::HoldDown { until },
            Blocker::Budget { until },
            Blocker::NoQuorum { have: 1, need: 2 },
            Blocker::NoCandidate,
            Blocker::CandidateTooFresh { site, until },
            Blocker::InMaintenance { site },
            Blocker::Lag { site },
            Blocker::MoveOpen { id: MoveId(4) },
            Blocker::NotLeader,
            Blocker::NoJournal,
            Blocker::SelfDistrust,
            Blocker::JustWoken { until },
            Blocker::StandbyStarting { site },
            Blocker::NotAdopted,
        ]);
    }

    #[test]
    fn every_word_survives() {
        survives(&[Verdict::Up, Verdict::Down, Verdict::Unknown]);
        survives(&[Severity::Info, Severity::Warning, Severity::Critical]);
        survives(&[
            MoveKind::Failover,
            MoveKind::Switchover,
            MoveKind::Forced,
            MoveKind::Failback,
            MoveKind::Membership,
            MoveKind::Repair,
        ]);
        survives(&[
            Why::Stale,
            Why::CandidateReady,
            Why::HoldDownEnds,
            Why::BudgetReturns,
            Why::LatchEnds,
            Why::PauseEnds,
            Why::MaintenanceEnds,
            Why::FailbackDue,
            Why::Retry,
            Why::AttemptTimeout,
            Why::SplitAlarm,
            Why::LeaseEnds,
            Why::Heartbeat,
        ]);
    }

    /// The compiler cannot tell: the core's enums are open, so that others need not follow.
    #[test]
    fn no_variant_of_the_core_is_forgotten() {
        macro_rules! core {
            ($file:literal) => {
                include_str!(concat!("../../../../crates/failover-core/src/", $file))
            };
        }
        let own = include_str!("read_core.rs");
        for (source, name) in [
            (core!("view.rs"), "Blocker"),
            (core!("view.rs"), "ProviderStep"),
            (core!("view.rs"), "Mode"),
            (core!("view.rs"), "Verdict"),
            (core!("snapshot.rs"), "Layer"),
            (core!("event.rs"), "MoveKind"),
            (core!("event.rs"), "Severity"),
            (core!("input.rs"), "Answer"),
            (core!("machine/clockwork.rs"), "Why"),
        ] {
            let start = source.find(&format!("pub enum {name} {{")).expect(name);
            let body = &source[start..start + source[start..].find("\n}").expect(name)];
            let indented = body.lines().filter_map(|line| line.strip_prefix("    "));
            let variants: Vec<_> = indented
                .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))
                .collect();
            assert!(variants.len() > 1, "{name}");
            for variant in variants {
                let end = variant.find(|c: char| !c.is_ascii_alphanumeric()).unwrap();
                let mut word = String::from("\"");
                for letter in variant[..end].chars() {
                    if letter.is_ascii_uppercase() && word.len() > 1 {
                        word.push('_');
                    }
                    word.push(letter.to_ascii_lowercase());
                }
                word.push('"');
                assert!(own.contains(&word), "{name}::{} is not read", &variant[..end]);
            }
        }
    }

    #[test]
    fn words_nobody_knows_are_not_read() {
        assert_eq!(parse::<Verdict>("\"sideways\""), None);
        assert_eq!(parse::<Blocker>("{\"blocker\":\"mood\"}"), None);
        assert_eq!(parse::<Mode>("{\"mode\":\"armed\",\"who\":\"anna\"}"), None);
        assert_eq!(parse::<Answer>("{}"), None);
    }
}
