//! How far a move has come, provider by provider, until the last cache has forgotten.
use super::{time, tone::Tone, topology};
use crate::words;
use failover_core::{MoveId, MoveView, ProviderStep, ServiceSnapshot, Timestamp};

/// How long a finished move stays on the page when there is nothing left to wait for.
const LINGER_MS: u64 = 20_000;

/// One provider's way through a move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// The provider.
    pub provider: String,
    /// The stage it has reached, an index into [`words::STAGES`].
    pub stage: usize,
    /// How it stands.
    pub tone: Tone,
    /// What it does just now, in words.
    pub note: String,
    /// Name servers that answer what is desired, and all of them.
    pub servers: (usize, usize),
}

/// The wait for caches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caches {
    /// When the last one has forgotten.
    pub at: Timestamp,
    /// What is left of the wait, in milliseconds.
    pub left_ms: u64,
    /// How much of it is over, in percent.
    pub over_percent: u64,
}

/// A move on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Its number, if it is open; then it can be given up.
    pub open: Option<MoveId>,
    /// What is done: "Failover to Falkenstein".
    pub title: String,
    /// How it stands as a whole.
    pub tone: Tone,
    /// Who decided, and how long it has taken.
    pub note: String,
    /// When it was decided.
    pub since: Timestamp,
    /// The providers.
    pub tracks: Vec<Track>,
    /// The wait for caches; `None` until the name servers have changed, or when it is over.
    pub caches: Option<Caches>,
}

/// The move worth watching, if there is one.
pub fn progress(service: &ServiceSnapshot, now: Timestamp) -> Option<Progress> {
    let view = &service.view;
    let made = view.open_move.as_ref().or(view.last_move.as_ref())?;
    let open = view.open_move.as_ref().map(|made| made.id);
    let behind = view.providers.iter().any(|p| p.step != ProviderStep::Settled);
    let caches = caches(service, made, now);
    let recent = made.completed.is_some_and(|at| time::between(at, now) < LINGER_MS);
    if open.is_none() && !behind && caches.is_none() && !recent {
        return None;
    }
    let tracks: Vec<Track> =
        view.providers.iter().map(|p| track(service, &p.name, &p.step, now)).collect();
    let stuck = tracks.iter().any(|track| track.tone == Tone::Warn);
    let tone = match (open, stuck) {
        (_, true) => Tone::Warn,
        (Some(_), false) => Tone::Unknown,
        (None, false) => Tone::Up,
    };
    Some(Progress {
        open,
        title: words::move_title(
            made.reason,
            &super::site_names(service, made.from),
            &super::site_names(service, made.to),
        ),
        tone,
        note: match made.completed {
            Some(at) => words::move_took(&made.who.0, &time::took(time::between(made.since, at))),
            None => words::move_runs(&made.who.0, &time::span(time::between(made.since, now))),
        },
        since: made.since,
        tracks,
        caches,
    })
}

fn caches(service: &ServiceSnapshot, made: &MoveView, now: Timestamp) -> Option<Caches> {
    let at = service.converged_at?;
    let left_ms = time::between(now, at);
    let whole = time::between(made.since, at).max(1);
    let over_percent = whole.saturating_sub(left_ms) * 100 / whole;
    (left_ms > 0).then_some(Caches { at, left_ms, over_percent })
}

fn track(service: &ServiceSnapshot, name: &str, step: &ProviderStep, now: Timestamp) -> Track {
    let servers = topology::verified(service, name);
    let (stage, tone, note) = match step {
        ProviderStep::Waiting => (0, Tone::Unknown, words::STEP_WAITING.to_owned()),
        ProviderStep::Publishing { since, .. } => {
            (1, Tone::Unknown, words::step_publishing(&time::span(time::between(*since, now))))
        }
        ProviderStep::ReadingBack { .. } => (1, Tone::Warn, words::STEP_READING_BACK.to_owned()),
        ProviderStep::Accepted { .. } => {
            (2, Tone::Unknown, words::servers_answer(servers.0, servers.1))
        }
        ProviderStep::Settled => (3, Tone::Up, words::servers_answer(servers.0, servers.1)),
        ProviderStep::Failed { message, retry_at, failures } => {
            let wait = time::countdown(time::between(now, *retry_at));
            (1, Tone::Warn, words::step_failed(message, *failures, &wait))
        }
        _ => (0, Tone::Unknown, String::new()),
    };
    Track { provider: name.to_owned(), stage, tone, note, servers }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{self, NOW};

    #[test]
    fn without_a_move_there_is_no_progress() {
        assert_eq!(progress(&fixture::service(), NOW), None);
    }

    #[test]
    fn an_open_move_shows_how_far_each_provider_is() {
        let progress = progress(&fixture::moving(), NOW).unwrap();
        assert_eq!(progress.title, "Failover from London to Falkenstein");
        assert_eq!(progress.open, Some(MoveId(2)));
        assert_eq!(progress.tracks[0].stage, 1);
        assert_eq!(progress.tracks[1].stage, 2);
        assert_eq!(progress.tracks[1].note, "0 of 2 name servers answer it");
    }

    #[test]
    fn a_provider_that_fails_does_not_hide_the_one_that_works() {
        let mut shop = fixture::moved();
        shop.view.providers[0].step = ProviderStep::Failed {
            message: "503 from dns.googleapis.com".to_owned(),
            retry_at: fixture::after(3),
            failures: 4,
        };
        let progress = progress(&shop, fixture::after(1)).unwrap();
        assert_eq!(progress.tone, Tone::Warn);
        assert_eq!(
            progress.tracks[0].note,
            "4 attempts failed, next in 2 s: 503 from dns.googleapis.com"
        );
        assert_eq!((progress.tracks[1].stage, progress.tracks[1].tone), (3, Tone::Up));
    }

    #[test]
    fn after_the_last_name_server_the_caches_are_counted_down() {
        let shop = fixture::moved();
        let caches = progress(&shop, NOW).unwrap().caches.unwrap();
        assert_eq!(caches.left_ms, 58_000);
        assert_eq!(caches.over_percent, 6);
        assert_eq!(progress(&shop, fixture::after(58)), None);
    }

    #[test]
    fn a_finished_move_stays_for_a_moment() {
        let mut shop = fixture::moved();
        shop.converged_at = None;
        let seen = progress(&shop, fixture::after(10)).unwrap();
        assert_eq!((seen.open, seen.tone), (None, Tone::Up));
        assert_eq!(seen.note, "decided by schwenk, took 2.0 s");
        assert_eq!(progress(&shop, fixture::after(30)), None);
    }
}
