//! Who is to be asked next, and when: seldom enough for everybody's liking.
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use failover_core::{Curve, CurveProvider, CurveSource};

use crate::resolvers::ResolverCheck;

/// Between the first questions to a name server; it is our own provider's.
const SERVERS_FIRST: Duration = Duration::from_millis(200);
/// Between later ones.
const SERVERS_MAX: Duration = Duration::from_secs(2);
/// Who has never answered so many questions is not asked any more.
const PATIENCE: u32 = 4;

/// One of a curve's sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    /// An address of a name server, by places.
    Server { provider: usize, place: usize },
    /// A resolver, by its place.
    Resolver(usize),
}

/// Everybody who still has to be asked.
#[derive(Debug)]
pub(super) struct Agenda {
    items: Vec<Item>,
    /// When the next question to a resolver may be sent.
    slot: Instant,
    gap: Duration,
    /// Whether resolvers may be asked: see [`Agenda::open`].
    open: bool,
}

#[derive(Debug)]
struct Item {
    whom: Whom,
    address: SocketAddr,
    pause: Duration,
    /// `None` while its answer is awaited.
    due: Option<Instant>,
}

/// Whether it has given no answer to as many questions as are enough.
pub(super) fn is_silent(source: &CurveSource) -> bool {
    !source.has_answered() && source.errors >= PATIENCE
}

impl Agenda {
    /// Everybody who has not given the new answer yet, due at once.
    pub(super) fn of(curve: &Curve, options: &ResolverCheck) -> Self {
        let now = Instant::now();
        let item = |whom, source: &CurveSource, pause| {
            let open = source.new_ms.is_none() && !is_silent(source);
            let address = source.address.parse().ok()?;
            open.then_some(Item { whom, address, pause, due: Some(now) })
        };
        let servers = curve.providers.iter().enumerate().flat_map(|(provider, one)| {
            let all = one.servers.iter().enumerate();
            all.map(move |(place, source)| (Whom::Server { provider, place }, source))
        });
        let servers = servers.filter_map(|(whom, source)| item(whom, source, SERVERS_FIRST));
        let resolvers = curve.resolvers.iter().enumerate();
        let resolvers = resolvers
            .filter_map(|(place, source)| item(Whom::Resolver(place), source, options.first));
        let gap = Duration::from_secs(1) / options.per_second.max(1);
        let mut agenda =
            Self { items: servers.chain(resolvers).collect(), slot: now, gap, open: false };
        agenda.open(curve);
        agenda
    }

    /// Lets resolvers be asked once no provider gives the old answer any more. Before that a question
    /// would put the old answer into caches that did not have it, and they would keep it.
    pub(super) fn open(&mut self, curve: &Curve) {
        let ready = |provider: &CurveProvider| {
            provider.published_ms.is_some() || provider.servers.iter().all(is_silent)
        };
        self.open |= curve.providers.iter().all(ready);
    }

    /// Who may be asked now.
    pub(super) fn next(&mut self, now: Instant) -> Option<(Whom, SocketAddr)> {
        let resolvers_too = self.open && self.slot <= now;
        let may = |item: &&mut Item| {
            item.due.is_some_and(|due| due <= now)
                && (matches!(item.whom, Whom::Server { .. }) || resolvers_too)
        };
        // Whoever has waited longest comes first.
        let item = self.items.iter_mut().filter(may).min_by_key(|item| item.due)?;
        item.due = None;
        if matches!(item.whom, Whom::Resolver(_)) {
            self.slot = now + self.gap;
        }
        Some((item.whom, item.address))
    }

    /// When somebody may be asked next.
    pub(super) fn due(&self) -> Option<Instant> {
        let moment = |item: &Item| match item.whom {
            Whom::Server { .. } => item.due,
            Whom::Resolver(_) => item.due.map(|due| due.max(self.slot)).filter(|_| self.open),
        };
        self.items.iter().filter_map(moment).min()
    }

    /// Nobody is left to be asked, now or later.
    pub(super) fn is_done(&self) -> bool {
        self.items.is_empty()
    }

    /// `whom` has answered or not; `source` is what is known of it now.
    pub(super) fn heard(&mut self, whom: Whom, source: &CurveSource, options: &ResolverCheck) {
        let used_up = matches!(whom, Whom::Resolver(_)) && source.asked >= options.questions_max;
        if source.new_ms.is_some() || is_silent(source) || used_up {
            self.items.retain(|item| item.whom != whom);
            return;
        }
        let most = match whom {
            Whom::Server { .. } => SERVERS_MAX,
            Whom::Resolver(_) => options.max,
        };
        let now = Instant::now();
        for item in self.items.iter_mut().filter(|item| item.whom == whom) {
            item.due = Some(now + item.pause);
            item.pause = (item.pause * 3 / 2).min(most);
        }
    }
}

#[cfg(test)]
mod tests {
    use failover_core::{MoveId, Timestamp};

    use super::*;

    fn source(port: u16) -> CurveSource {
        CurveSource { address: format!("127.0.0.1:{port}"), ..CurveSource::default() }
    }

    fn curve(servers: u16, resolvers: u16) -> Curve {
        let provider = CurveProvider {
            name: "one".to_owned(),
            ttl_before: 60,
            published_ms: Some(5),
            servers: (1..=servers).map(source).collect(),
        };
        Curve {
            service: "app".to_owned(),
            id: MoveId(1),
            began: Timestamp::from_millis(0),
            ttl: 60,
            providers: vec![provider],
            resolvers: (1..=resolvers).map(source).collect(),
            asked_ms: 0,
            end: None,
        }
    }

    /// Who is asked if nobody answers for the time of `seconds`, step by step.
    fn asked_within(agenda: &mut Agenda, seconds: u32) -> Vec<(Whom, Duration)> {
        let start = agenda.slot;
        let mut asked = Vec::new();
        for step in 0..seconds * 100 {
            let at = Duration::from_millis(10) * step;
            while let Some((whom, _)) = agenda.next(start + at) {
                asked.push((whom, at));
            }
        }
        asked
    }

    #[test]
    fn resolvers_are_asked_one_after_the_other_and_no_more_than_allowed_in_a_second() {
        let options = ResolverCheck { per_second: 10, ..ResolverCheck::default() };
        let mut agenda = Agenda::of(&curve(4, 40), &options);
        let asked = asked_within(&mut agenda, 60);
        let (servers, resolvers): (Vec<_>, Vec<_>) =
            asked.iter().partition(|(whom, _)| matches!(whom, Whom::Server { .. }));
        assert!(servers.iter().all(|(_, at)| at.is_zero()), "our own servers wait for nobody");
        assert_eq!((servers.len(), resolvers.len()), (4, 40), "an answer is awaited first");
        for window in resolvers.windows(11) {
            assert!(window[10].1 - window[0].1 >= Duration::from_secs(1), "{window:?}");
        }
    }

    #[test]
    fn no_resolver_is_asked_while_a_provider_gives_the_old_answer() {
        let options = ResolverCheck::default();
        let mut curve = curve(2, 3);
        curve.providers[0].published_ms = None;
        let mut agenda = Agenda::of(&curve, &options);
        let asked = asked_within(&mut agenda, 60);
        assert!(asked.iter().all(|(whom, _)| matches!(whom, Whom::Server { .. })), "{asked:?}");
        assert_eq!((asked.len(), agenda.due()), (2, None), "their answers are awaited");
        // One that gives no answer at all gives no old one either.
        let silent = CurveSource { errors: PATIENCE, ..source(1) };
        curve.providers[0].servers = vec![silent.clone(), silent];
        agenda.open(&curve);
        assert_eq!(asked_within(&mut agenda, 60).len(), 3);
    }

    #[test]
    fn pauses_grow_and_whoever_has_given_the_new_answer_is_left_alone() {
        let options = ResolverCheck::default();
        let mut agenda = Agenda::of(&curve(0, 1), &options);
        let whom = Whom::Resolver(0);
        let mut pauses = Vec::new();
        for _ in 0..12 {
            assert!(agenda.next(agenda.due().expect("it is asked again")).is_some());
            let old = CurveSource { old_ms: Some(1), asked: 1, ..source(1) };
            let before = Instant::now();
            agenda.heard(whom, &old, &options);
            pauses.push(agenda.due().expect("again").duration_since(before));
        }
        assert!(pauses.is_sorted(), "{pauses:?}");
        assert!(pauses[0] >= options.first && pauses[11] >= options.max, "{pauses:?}");
        agenda.heard(whom, &CurveSource { new_ms: Some(9), ..source(1) }, &options);
        assert!(agenda.is_done());
    }

    #[test]
    fn whoever_never_answers_and_whoever_was_asked_often_enough_are_given_up() {
        let options = ResolverCheck { questions_max: 7, ..ResolverCheck::default() };
        let mut agenda = Agenda::of(&curve(1, 2), &options);
        let silent = CurveSource { errors: PATIENCE, asked: PATIENCE, ..source(1) };
        agenda.heard(Whom::Server { provider: 0, place: 0 }, &silent, &options);
        agenda.heard(Whom::Resolver(0), &silent, &options);
        let old = CurveSource { old_ms: Some(1), asked: 6, ..source(2) };
        agenda.heard(Whom::Resolver(1), &old, &options);
        assert!(!agenda.is_done());
        agenda.heard(Whom::Resolver(1), &CurveSource { asked: 7, ..old }, &options);
        assert!(agenda.is_done());
    }
}
