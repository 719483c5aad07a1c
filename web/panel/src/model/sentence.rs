//! The state in one sentence.
use super::news::News;
use super::{layer, site_names, time, tone, tone::Tone};
use crate::words;
use failover_core::{Mode, ServiceSnapshot, SiteSet, Timestamp, Verdict};

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether the eye should rest on it.
    pub strong: bool,
}

/// What is so: the sentence an operator reads first.
pub fn head(service: &ServiceSnapshot) -> Vec<Piece> {
    let view = &service.view;
    let name = &service.name;
    let active = || view.sites.iter().filter(|site| site.active);
    let sites = site_names(service, view.desired);
    let text = if view.desired.is_empty() {
        words::head_no_answer(name)
    } else if let Some(open) = &view.open_move {
        words::head_moving(name, &site_names(service, open.from), &site_names(service, open.to))
    } else if active().all(|site| site.verdict == Verdict::Down) {
        words::head_down(name, &sites)
    } else if active().any(|site| site.verdict == Verdict::Up) {
        words::head_served(name, &sites)
    } else {
        words::head_unknown(name, &sites)
    };
    pieces(&text)
}

/// What goes with it: since when, seen from where, and whether automation may act.
pub fn tail(service: &ServiceSnapshot, now: Timestamp) -> Vec<String> {
    let mut parts = Vec::new();
    let view = &service.view;
    if let Some(site) = view.desired.single().and_then(|id| view.sites.get(id.index())) {
        let [up, down, unknown] = site.tally;
        let all = up + down + unknown;
        let since = time::span(time::between(site.since, now));
        let state = match site.verdict {
            Verdict::Up => words::tail_up(up, all, &since),
            Verdict::Down => words::tail_down(down, all, &since),
            Verdict::Unknown => words::TAIL_UNKNOWN.to_owned(),
        };
        let moving = view.open_move.is_some();
        parts.push(if moving { words::tail_of(&site.name, &state) } else { state });
        let broken = view.desired.single().and_then(|site| layer::broken(service, site));
        parts.extend(broken.map(words::tail_broken));
    }
    if let Some(made) = view.last_move.as_ref().filter(|_| view.open_move.is_none()) {
        let since = time::span(time::between(made.completed.unwrap_or(made.since), now));
        parts.push(words::tail_moved(made.reason, &site_names(service, made.from), &since));
    }
    parts.push(match &view.mode {
        Mode::Disarmed { until: Some(until), .. } => words::tail_off_until(&time::clock(*until)),
        Mode::Disarmed { until: None, .. } => words::TAIL_OFF.to_owned(),
        _ if view.latched.is_some() => words::TAIL_LATCHED.to_owned(),
        _ => words::TAIL_ARMED.to_owned(),
    });
    parts
}

/// All services in one sentence.
pub fn overall(snapshot: &News) -> Vec<Piece> {
    let count = snapshot.services.len();
    let with = |wanted: Tone| {
        let services = snapshot.services.iter().filter(|s| tone::service(s) == wanted);
        services.map(|service| service.view.service.clone()).collect::<Vec<_>>()
    };
    let (down, warn, unknown) = (with(Tone::Down), with(Tone::Warn), with(Tone::Unknown));
    pieces(&match () {
        () if count == 0 => words::OVERALL_NONE.to_owned(),
        () if !down.is_empty() => words::overall_down(&down, count),
        () if !warn.is_empty() => words::overall_warn(&warn, count),
        () if !unknown.is_empty() => words::overall_unknown(&unknown, count),
        () => words::overall_up(count),
    })
}

/// The places of the services, those that want to be looked at first.
pub fn worst_first(snapshot: &News) -> Vec<String> {
    let of = |wanted: Tone| {
        let services = snapshot.services.iter().filter(move |s| tone::service(s) == wanted);
        services.map(|service| service.view.service.clone())
    };
    let worst = [Tone::Down, Tone::Warn, Tone::Unknown, Tone::Maint, Tone::Up];
    worst.into_iter().flat_map(of).collect()
}

/// Where the service could be switched to or forced, and why not if it cannot.
pub fn movable(service: &ServiceSnapshot) -> Result<SiteSet, &'static str> {
    let view = &service.view;
    if view.open_move.is_some() {
        return Err(words::NOT_WHILE_MOVING.text());
    }
    let Some(active) = view.desired.single() else { return Err(words::NOT_WITHOUT_ACTIVE.text()) };
    Ok(SiteSet::first(view.sites.len()).without(active))
}

/// Splits at `**`: every other piece is strong.
pub fn pieces(text: &str) -> Vec<Piece> {
    let split = text.split("**").enumerate();
    split
        .filter(|(_, text)| !text.is_empty())
        .map(|(place, text)| Piece { text: text.to_owned(), strong: place % 2 == 1 })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{self, NOW};
    use failover_core::{Actor, SiteId};

    fn plain(pieces: &[Piece]) -> String {
        pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    #[test]
    fn a_healthy_service_is_served_from_somewhere() {
        let head = head(&fixture::service());
        assert_eq!(plain(&head), "shop.example.com is served from London.");
        let strong: Vec<_> = head.iter().filter(|p| p.strong).map(|p| p.text.as_str()).collect();
        assert_eq!(strong, ["shop.example.com", "London"]);
        assert_eq!(
            tail(&fixture::service(), NOW),
            ["up from 1 of 1 vantage for 2 h", "automation is armed"]
        );
    }

    #[test]
    fn a_move_is_told_while_it_runs_and_afterwards() {
        assert_eq!(
            plain(&head(&fixture::moving())),
            "shop.example.com is moving from London to Falkenstein."
        );
        let tails = tail(&fixture::moving(), NOW);
        assert_eq!(tails[0], "Falkenstein is up from 1 of 1 vantage for 2 h");
        let moved = fixture::moved();
        assert_eq!(plain(&head(&moved)), "shop.example.com is served from Falkenstein.");
        assert_eq!(tail(&moved, NOW)[1], "failed over from London, which was down, 2 s ago");
    }

    #[test]
    fn a_dead_site_that_stays_active_is_said_plainly() {
        let mut shop = fixture::service();
        shop.view.sites[0].verdict = Verdict::Down;
        assert_eq!(
            plain(&head(&shop)),
            "shop.example.com is down: it points to London, which does not serve."
        );
        shop.view.sites[0].votes[0].checks[0].verdict = Verdict::Down;
        assert_eq!(tail(&shop, NOW)[1], "it breaks at the application");
        shop.view.sites[0].verdict = Verdict::Unknown;
        assert_eq!(
            plain(&head(&shop)),
            "shop.example.com points to London; whether it serves is not known yet."
        );
    }

    #[test]
    fn a_pause_says_when_it_ends() {
        let mut shop = fixture::service();
        let (who, since) = (Actor("anna".to_owned()), NOW);
        shop.view.mode = Mode::Disarmed { who, since, until: Some(fixture::after(60)) };
        assert_eq!(tail(&shop, NOW)[1], "automation is off until 12:04:11 UTC");
    }

    #[test]
    fn many_services_are_summed_up_worst_first() {
        let mut snapshot = fixture::snapshot();
        snapshot.services.push(fixture::moved());
        snapshot.services[1].view.service = "mail".to_owned();
        assert_eq!(plain(&overall(&snapshot)), "1 of 2 services wants attention: mail.");
        assert_eq!(worst_first(&snapshot), ["mail", "shop"]);
        snapshot.services.clear();
        assert_eq!(plain(&overall(&snapshot)), "No service is configured.");
    }

    #[test]
    fn nothing_can_be_moved_while_a_move_is_open() {
        assert_eq!(movable(&fixture::moving()), Err(words::NOT_WHILE_MOVING.text()));
        assert_eq!(movable(&fixture::service()), Ok(SiteSet::one(SiteId(1))));
    }
}
