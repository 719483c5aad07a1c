//! What wants an operator's decision, with the command that decides it.
use super::news::News;
use super::{site_name, time, tone::Tone};
use crate::words;
use failover_core::{
    AlertView, Command, Mode, ServiceSnapshot, Severity, SiteId, SiteView, Timestamp, Verdict,
};

/// What can be done about a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// One click: it harms nobody and can be undone.
    Command(Command),
    /// The dialog of a move to this site.
    MoveTo(SiteId),
}

/// Something that should not go unseen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What tells it from the others.
    pub key: String,
    /// How it stands.
    pub tone: Tone,
    /// What is so.
    pub title: String,
    /// What that means.
    pub detail: String,
    /// The button's words and what it does.
    pub remedy: Option<(String, Remedy)>,
}

/// What concerns the watcher itself.
pub fn of_watcher(snapshot: &News) -> Vec<Notice> {
    let journal = snapshot.journal_problem.as_ref().map(|problem| Notice {
        key: "journal".to_owned(),
        tone: Tone::Down,
        title: words::NOTICE_JOURNAL.into(),
        detail: words::notice_journal_detail(problem),
        remedy: None,
    });
    let mut notices: Vec<Notice> = journal.into_iter().collect();
    notices.extend(alerts(snapshot, None));
    notices
}

/// What lasts and is no event: of the watcher as a whole, or of one service.
pub fn alerts(snapshot: &News, service: Option<&str>) -> Vec<Notice> {
    let own = snapshot.alerts.iter().filter(|alert| alert.service.as_deref() == service);
    let notice = |alert: &AlertView| Notice {
        key: format!("alert {}", alert.key),
        tone: match alert.severity {
            Severity::Info => Tone::Unknown,
            Severity::Warning => Tone::Warn,
            Severity::Critical => Tone::Down,
        },
        title: sentence(&alert.text),
        detail: words::notice_alert_detail(&time::span(time::between(alert.since, snapshot.at))),
        remedy: None,
    };
    own.map(notice).collect()
}

/// With a capital in front and a full stop behind.
fn sentence(text: &str) -> String {
    let mut letters = text.trim_end_matches('.').chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

/// What concerns a service, the most urgent first.
pub fn of_service(service: &ServiceSnapshot, now: Timestamp) -> Vec<Notice> {
    let mut notices = Vec::new();
    notices.extend(all_down(service));
    notices.extend(unacknowledged(service));
    notices.extend(drifts(service, now));
    notices.extend(latched(service, now));
    notices.extend(way_back(service));
    notices.extend(disarmed(service));
    notices.extend(blind_vantages(service));
    notices
}

fn all_down(service: &ServiceSnapshot) -> Option<Notice> {
    let sites = &service.view.sites;
    let all = !sites.is_empty() && sites.iter().all(|site| site.verdict == Verdict::Down);
    all.then(|| Notice {
        key: "all-down".to_owned(),
        tone: Tone::Down,
        title: words::NOTICE_ALL_DOWN.into(),
        detail: words::NOTICE_ALL_DOWN_DETAIL.into(),
        remedy: None,
    })
}

fn unacknowledged(service: &ServiceSnapshot) -> Option<Notice> {
    service.view.unacknowledged.then(|| Notice {
        key: "alarm".to_owned(),
        tone: Tone::Warn,
        title: words::NOTICE_ALARM.into(),
        detail: words::NOTICE_ALARM_DETAIL.into(),
        remedy: Some((words::ACKNOWLEDGE.into(), Remedy::Command(Command::Acknowledge))),
    })
}

fn drifts(service: &ServiceSnapshot, now: Timestamp) -> Option<Notice> {
    let drifted: Vec<_> = service.view.providers.iter().filter(|p| p.drift.is_some()).collect();
    let (_, since) = drifted.first()?.drift.as_ref()?;
    let names: Vec<String> = drifted.iter().map(|provider| provider.name.clone()).collect();
    Some(Notice {
        key: "drift".to_owned(),
        tone: Tone::Warn,
        title: words::notice_drift(&words::list(&names)),
        detail: words::notice_drift_detail(&time::span(time::between(*since, now))),
        remedy: Some((words::REPAIR.into(), Remedy::Command(Command::Repair))),
    })
}

fn latched(service: &ServiceSnapshot, now: Timestamp) -> Option<Notice> {
    let (since, until) = service.view.latched?;
    let since = time::span(time::between(since, now));
    let until = until.map(|until| time::countdown(time::between(now, until)));
    Some(Notice {
        key: "latch".to_owned(),
        tone: Tone::Warn,
        title: words::notice_latched(&super::site_names(service, service.view.desired)),
        detail: words::notice_latched_detail(&since, until.as_deref()),
        remedy: Some((words::REARM.into(), Remedy::Command(Command::Rearm))),
    })
}

/// The name points elsewhere than to the preferred site: how it gets back, or why not yet.
fn way_back(service: &ServiceSnapshot) -> Option<Notice> {
    let view = &service.view;
    let active = view.desired.single().filter(|_| view.open_move.is_none())?;
    let preferred = &view.sites[..active.index().min(view.sites.len())];
    let well = |site: &SiteView| site.verdict == Verdict::Up && site.maintenance.is_none();
    let Some(better) = preferred.iter().position(well) else {
        return preferred.first().map(|site| no_way_back(site, &site_name(service, active)));
    };
    let better = SiteId(u8::try_from(better).ok()?);
    let name = site_name(service, better);
    Some(Notice {
        key: "way-back".to_owned(),
        tone: Tone::Up,
        title: words::notice_way_back(&name),
        detail: words::notice_way_back_detail(&name, &site_name(service, active)),
        remedy: Some((words::switch_back(&name), Remedy::MoveTo(better))),
    })
}

fn no_way_back(site: &SiteView, active: &str) -> Notice {
    let why = match (&site.maintenance, site.verdict) {
        (Some(_), _) => words::NOT_BACK_MAINTENANCE,
        (None, Verdict::Down) => words::NOT_BACK_DOWN,
        _ => words::NOT_BACK_UNKNOWN,
    };
    Notice {
        key: "way-back".to_owned(),
        tone: Tone::Unknown,
        title: words::notice_not_back(active, &site.name),
        detail: format!("{why} {}", words::NOT_BACK_YET),
        remedy: None,
    }
}

fn disarmed(service: &ServiceSnapshot) -> Option<Notice> {
    let Mode::Disarmed { who, until, .. } = &service.view.mode else { return None };
    let until = until.map(time::clock);
    Some(Notice {
        key: "disarmed".to_owned(),
        tone: Tone::Warn,
        title: words::NOTICE_DISARMED.into(),
        detail: words::notice_disarmed_detail(&who.0, until.as_deref()),
        remedy: Some((words::ARM.into(), Remedy::Command(Command::Arm))),
    })
}

fn blind_vantages(service: &ServiceSnapshot) -> Option<Notice> {
    let votes = service.view.sites.iter().flat_map(|site| &site.votes);
    let mut blind: Vec<String> = Vec::new();
    for vote in votes.filter(|vote| vote.stale || vote.isolated) {
        if !blind.contains(&vote.vantage) {
            blind.push(vote.vantage.clone());
        }
    }
    (!blind.is_empty()).then(|| Notice {
        key: "blind".to_owned(),
        tone: Tone::Unknown,
        title: words::notice_blind(&words::list(&blind)),
        detail: words::NOTICE_BLIND_DETAIL.into(),
        remedy: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{self, NOW};
    use failover_core::{Actor, Answer};

    fn keys(service: &ServiceSnapshot) -> Vec<String> {
        of_service(service, NOW).into_iter().map(|notice| notice.key).collect()
    }

    #[test]
    fn a_healthy_service_has_nothing_to_say() {
        assert_eq!(keys(&fixture::service()), [""; 0]);
        assert_eq!(of_watcher(&fixture::snapshot()), []);
    }

    #[test]
    fn alerts_stand_where_they_belong() {
        let mut news = fixture::snapshot();
        let alert = |key: &str, severity, service: Option<&str>| AlertView {
            key: key.to_owned(),
            severity,
            service: service.map(str::to_owned),
            text: format!("{key} cannot be reached"),
            since: fixture::before(61),
        };
        news.alerts = vec![
            alert("etcd", Severity::Critical, None),
            alert("google", Severity::Warning, Some("shop")),
        ];
        let watcher = of_watcher(&news);
        assert_eq!((watcher.len(), watcher[0].tone), (1, Tone::Down));
        assert_eq!(watcher[0].title, "Etcd cannot be reached.");
        assert_eq!(watcher[0].detail, "For 1 min.");
        let service = alerts(&news, Some("shop"));
        assert_eq!((service.len(), service[0].tone), (1, Tone::Warn));
        assert_eq!(alerts(&news, Some("mail")), []);
    }

    #[test]
    fn after_a_failover_the_latch_and_the_way_back_are_offered() {
        let mut shop = fixture::moved();
        shop.view.latched = Some((fixture::before(60), None));
        let notices = of_service(&shop, NOW);
        assert_eq!(notices[1].title, "It stays at Falkenstein, not at London.");
        assert!(notices[1].detail.starts_with("The preferred site is down. As soon as"));
        assert_eq!(notices[1].remedy, None);
        shop.view.sites[0].verdict = Verdict::Up;
        assert_eq!(keys(&shop), ["latch", "way-back"]);
        let notices = of_service(&shop, NOW);
        assert_eq!(notices[0].remedy.as_ref().unwrap().1, Remedy::Command(Command::Rearm));
        assert_eq!(notices[1].remedy.as_ref().unwrap().1, Remedy::MoveTo(SiteId(0)));
        assert_eq!(notices[1].title, "London is up again.");
    }

    #[test]
    fn no_way_back_into_maintenance_or_during_a_move() {
        let mut shop = fixture::moved();
        shop.view.sites[0].verdict = Verdict::Up;
        shop.view.sites[0].maintenance = Some((NOW, Actor("anna".to_owned())));
        let notices = of_service(&shop, NOW);
        assert_eq!((notices.len(), notices[0].remedy.as_ref()), (1, None));
        assert!(notices[0].detail.starts_with("The preferred site is in maintenance."));
        let mut moving = fixture::moving();
        moving.view.sites[0].verdict = Verdict::Up;
        assert_eq!(keys(&moving), [""; 0]);
    }

    #[test]
    fn every_drifted_provider_is_named() {
        let mut shop = fixture::service();
        let foreign = Answer::Foreign { text: "192.0.2.66".to_owned() };
        for provider in &mut shop.view.providers {
            provider.drift = Some((foreign.clone(), fixture::before(5)));
        }
        let notices = of_service(&shop, NOW);
        assert!(notices[0].title.contains("google and hetzner"), "{}", notices[0].title);
    }

    #[test]
    fn a_blind_vantage_is_named_once() {
        let mut shop = fixture::service();
        for site in &mut shop.view.sites {
            site.votes[0].stale = true;
        }
        assert_eq!(keys(&shop), ["blind"]);
    }
}
