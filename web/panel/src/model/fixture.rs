//! A small world for the tests: one service, two sites, two providers, everything well.
use super::news::News;
use failover_core::bound::{PairLosses, SiteLosses, VantageLosses};
use failover_core::{
    Actor, Answer, CheckFacts, CheckId, CheckView, ClusterView, Layer, MeasuredBound, MoveId,
    MoveKind, MoveView, PeerView, ProviderStep, ProviderView, Published, Sample, SampleSeries,
    ServerAnswer, ServiceSnapshot, SiteFacts, SiteId, SiteSet, SiteView, Timestamp, VantageId,
    Verdict, View, VoteView,
};

/// 2026-11-23 12:03:11 UTC.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_435_391_000);

/// `seconds` before [`NOW`].
pub fn before(seconds: u64) -> Timestamp {
    Timestamp::from_millis(NOW.as_millis() - seconds * 1000)
}

/// `seconds` after [`NOW`].
pub fn after(seconds: u64) -> Timestamp {
    Timestamp::from_millis(NOW.as_millis() + seconds * 1000)
}

/// Probes one second apart, the last one now; `None` is a refused connection.
pub fn series(latencies: &[Option<f32>]) -> SampleSeries {
    let count = latencies.len() as u64;
    let sample = |(place, latency): (u64, &Option<f32>)| Sample {
        at: before(count - 1 - place),
        ok: latency.is_some(),
        latency_ms: *latency,
        text: latency.is_none().then(|| "connection refused".to_owned()),
    };
    SampleSeries {
        vantage: VantageId(0),
        site: SiteId(0),
        check: CheckId(0),
        what: "HTTP GET /health".to_owned(),
        samples: (0..).zip(latencies).map(sample).collect(),
    }
}

/// Everything well: London is active, Falkenstein stands by.
pub fn service() -> ServiceSnapshot {
    let mut view = View::empty("shop".to_owned(), NOW);
    view.desired = SiteSet::one(SiteId(0));
    view.generation = MoveId(1);
    view.since = before(7200);
    view.quorum = 1;
    view.sites = vec![site("London", true), site("Falkenstein", false)];
    view.providers = vec![provider("google"), provider("hetzner")];
    ServiceSnapshot {
        view,
        name: "shop.example.com".to_owned(),
        ttl: 60,
        sites: vec![
            facts("London", "Google, London", "203.0.113.10"),
            facts("Falkenstein", "Hetzner, Falkenstein", "198.51.100.20"),
        ],
        checks: vec![check_facts("web", Layer::Application)],
        series: vec![series(&[Some(12.0); 20])],
        published: vec![published("google"), published("hetzner")],
        answers: vec![
            answer("google", 1),
            answer("google", 2),
            answer("hetzner", 1),
            answer("hetzner", 2),
        ],
        converged_at: None,
        losses: vec![Some(losses()), None],
        false_failover: Some(MeasuredBound { seconds: Some(3.5e9), exact: true, at: NOW }),
    }
}

/// The same with a check of each layer; all are met.
pub fn layered() -> ServiceSnapshot {
    let mut service = service();
    let layers = [
        ("proxy", Layer::Proxy),
        ("application", Layer::Application),
        ("database", Layer::Database),
    ];
    service.checks = layers.map(|(name, layer)| check_facts(name, layer)).to_vec();
    for site in &mut service.view.sites {
        let check = site.votes[0].checks[0].clone();
        site.votes[0].checks = vec![check; 3];
    }
    service.series = (0..3)
        .map(|check| SampleSeries { check: CheckId(check), ..series(&[Some(12.0); 20]) })
        .collect();
    service
}

fn check_facts(name: &str, layer: Layer) -> CheckFacts {
    CheckFacts { name: name.to_owned(), what: "HTTP GET /health".to_owned(), layer }
}

/// One probe of a thousand was lost.
fn losses() -> SiteLosses {
    let vantage = VantageId(0);
    SiteLosses {
        since: before(7200),
        probes: 1000,
        lost: 1,
        burst: 1.0,
        vantages: vec![VantageLosses { vantage, probes: 1000, lost: 1 }],
        pairs: vec![PairLosses { one: vantage, other: vantage, rounds: 500, correlation: 0.25 }],
    }
}

/// London has died; Google publishes, Hetzner has accepted.
pub fn moving() -> ServiceSnapshot {
    let mut service = service();
    let view = &mut service.view;
    view.desired = SiteSet::one(SiteId(1));
    view.generation = MoveId(2);
    view.since = before(1);
    view.sites[0].verdict = Verdict::Down;
    view.sites[0].active = false;
    view.sites[1].active = true;
    view.providers[0].step =
        ProviderStep::Publishing { attempt: failover_core::AttemptId(1), since: before(1) };
    view.providers[1].step = ProviderStep::Accepted { since: before(1) };
    view.open_move = Some(MoveView {
        id: MoveId(2),
        reason: MoveKind::Failover,
        from: SiteSet::one(SiteId(0)),
        to: SiteSet::one(SiteId(1)),
        who: Actor("schwenk".to_owned()),
        since: before(1),
        completed: None,
    });
    service
}

/// The same, finished two seconds ago.
pub fn moved() -> ServiceSnapshot {
    let mut service = moving();
    let mut made = service.view.open_move.take().unwrap();
    made.since = before(4);
    made.completed = Some(before(2));
    service.view.last_move = Some(made);
    for provider in &mut service.view.providers {
        provider.step = ProviderStep::Settled;
        provider.accepted = MoveId(2);
    }
    for answer in &mut service.answers {
        answer.answer = Answer::Sites(SiteSet::one(SiteId(1)));
    }
    service.converged_at = Some(after(58));
    service
}

/// A snapshot with just [`service`].
pub fn snapshot() -> News {
    News {
        at: NOW,
        started: before(7300),
        journal_problem: None,
        vantage: "here".to_owned(),
        alerts: Vec::new(),
        cluster: None,
        services: vec![service()],
        recent: Vec::new(),
    }
}

fn site(name: &str, active: bool) -> SiteView {
    SiteView {
        name: name.to_owned(),
        verdict: Verdict::Up,
        since: before(7200),
        active,
        maintenance: None,
        tally: [1, 0, 0],
        lag_ms: None,
        votes: vec![VoteView {
            vantage: "here".to_owned(),
            verdict: Verdict::Up,
            since: before(7200),
            stale: false,
            isolated: false,
            checks: vec![CheckView {
                name: "web".to_owned(),
                verdict: Verdict::Up,
                failures: 0,
                fall: 3,
                successes: 2,
                rise: 2,
                reported: Some(NOW),
            }],
        }],
    }
}

fn facts(name: &str, location: &str, address: &str) -> SiteFacts {
    SiteFacts {
        name: name.to_owned(),
        location: location.to_owned(),
        addresses: vec![address.to_owned()],
    }
}

fn provider(name: &str) -> ProviderView {
    ProviderView {
        name: name.to_owned(),
        step: ProviderStep::Settled,
        accepted: MoveId(1),
        drift: None,
    }
}

fn published(provider: &str) -> Published {
    Published {
        provider: provider.to_owned(),
        zone: "example.com".to_owned(),
        name: "shop.example.com".to_owned(),
        rtype: "A".to_owned(),
        ttl: Some(60),
        values: vec!["203.0.113.10".to_owned()],
        answer: Answer::Sites(SiteSet::one(SiteId(0))),
        at: NOW,
    }
}

fn answer(provider: &str, number: u8) -> ServerAnswer {
    ServerAnswer {
        provider: provider.to_owned(),
        server: format!("ns{number}.{provider}.test"),
        address: format!("192.0.2.{number}:53"),
        rtype: "A".to_owned(),
        ttl: Some(60),
        values: vec!["203.0.113.10".to_owned()],
        answer: Answer::Sites(SiteSet::one(SiteId(0))),
        at: NOW,
        elapsed_ms: Some(11.0),
    }
}

/// Three watchers, of which this one leads and one is silent.
pub fn cluster() -> ClusterView {
    let peer = |vantage: &str, alive: bool| PeerView {
        vantage: vantage.to_owned(),
        heard: Some(before(if alive { 1 } else { 90 })),
        alive,
        sees: alive,
        isolated: false,
        leads: false,
        journal: None,
        version: Some("0.1.0".to_owned()),
    };
    ClusterView {
        leader: Some("here".to_owned()),
        epoch: 3,
        leads: true,
        since: None,
        problem: None,
        peers: vec![peer("there", true), peer("yonder", false)],
    }
}
