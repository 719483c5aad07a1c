//! An incident read and followed.
use super::*;
use failover_core::{Policy, ProviderPolicy, SiteSet, State};
use failover_sim::replay::what_if;
use std::time::Duration;
use web_api::{IncidentFact, IncidentPart};

const START: u64 = 1_795_435_391_000;

/// A failover as a watcher records it: london fails, falkenstein is well, the provider obeys.
fn recorded() -> Incident {
    let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
    let providers = vec![ProviderPolicy { name: "google".to_owned(), guarded: true }];
    let sites = names(&["london", "falkenstein"]);
    let spec = PolicySpec::fast("shop", sites, names(&["here"]), providers);
    let mut machine = Failover::new(Policy::new(spec).unwrap(), State::default());
    let first = serde_json::to_string(&machine).unwrap();
    let (mut facts, mut event) = (Vec::new(), None);
    let mut stored = SiteSet::one(SiteId(0));
    for round in 0..100u64 {
        let now = Timestamp::from_millis(START + round * 200);
        let provider = ProviderId(0);
        let mut told = VecDeque::from([Input::Tick]);
        if round == 0 {
            told.push_back(Input::Stored { provider, answer: Answer::Sites(stored) });
        }
        for (site, ok) in [(SiteId(0), round < 40), (SiteId(1), true)] {
            let (vantage, check) = (VantageId(0), CheckId(0));
            told.push_back(Input::Probed { vantage, site, check, ok, at: now });
        }
        while let Some(fact) = told.pop_front() {
            for output in machine.step(now, fact.clone()) {
                match output {
                    Output::Record(found)
                        if matches!(found, failover_core::Event::MoveStarted { .. }) =>
                    {
                        event = Some((now, found));
                    }
                    Output::Publish { attempt, sites, .. } => {
                        stored = sites;
                        let receipt = Receipt::Applied;
                        told.push_back(Input::Receipt { attempt, provider, receipt });
                    }
                    Output::Verify { .. } => {
                        let answer = Answer::Sites(stored);
                        told.push_back(Input::Answered { provider, answer });
                    }
                    _ => {}
                }
            }
            let digest = format!("{:016x}", machine.digest());
            facts.push(IncidentFact { at: now, fact, digest });
        }
    }
    let (at, event) = event.expect("it moves");
    let text = event.text(machine.policy().spec());
    let (service, severity) = ("shop".to_owned(), event.severity());
    let event = EventRecord { seq: 7, at, service, severity, text, event };
    let part = IncidentPart { started: true, machine: first, facts };
    let (version, parts) = ("0.1.0".to_owned(), vec![part]);
    Incident { event, moved: Some(1), began: at, ended: None, cut: false, version, parts }
}

fn case(incident: &Incident) -> Arc<Case> {
    let text = serde_json::to_string(incident).unwrap();
    Arc::new(Case::read(&text).expect("it can be read"))
}

#[test]
fn an_incident_is_followed_to_the_same_end_and_shown_like_the_present() {
    let case = case(&recorded());
    let mut follow = Follow::new(case.clone()).unwrap();
    let began = between(case.from, case.began);
    follow.run_to(began - 1, &mut |_| true);
    assert_eq!(follow.news().services[0].view.desired.single(), Some(SiteId(0)));
    while !follow.run_to(u64::MAX / 2, &mut |_| false) {}
    assert!(follow.is_over() && !follow.differs());
    let service = &follow.news().services[0];
    assert_eq!(service.view.desired.single(), Some(SiteId(1)));
    assert_eq!(service.published[0].answer, Answer::Sites(SiteSet::one(SiteId(1))));
    assert_eq!(service.answers[0].answer, Answer::Sites(SiteSet::one(SiteId(1))));
    assert!(service.series[0].samples.len() > 30 && !service.series[0].samples[50].ok);
    let moved = follow.marks().iter().find(|mark| mark.kind == Kind::Move).unwrap();
    assert_eq!((moved.at, moved.text.clone()), (began, follow.title()));
    assert!(moved.text.starts_with("Failover from london to falkenstein"), "{}", moved.text);
    assert!(follow.told()[0].1.starts_with("here: http of falkenstein"));
}

#[test]
fn what_if_needs_more_failures_moves_later() {
    let case = case(&recorded());
    let mut spec = case.policy().unwrap().clone();
    let same = what_if(&case.parts, &Policy::new(spec.clone()).unwrap()).unwrap();
    assert!(same.rows.iter().any(|row| row.begins_move && row.recorded == row.other));
    spec.fall = failover_core::Fall::InARow(6);
    let slower = what_if(&case.parts, &Policy::new(spec).unwrap()).unwrap();
    let row = slower.rows.iter().find(|row| row.begins_move).unwrap();
    let later = row.other.unwrap().since(row.recorded.unwrap());
    assert_eq!(later, Duration::from_millis(600));
}

#[test]
fn facts_that_lead_elsewhere_are_not_followed_and_rubbish_is_not_read() {
    let mut incident = recorded();
    incident.parts[0].facts[50].digest = "00000000000000ff".to_owned();
    let mut follow = Follow::new(case(&incident)).unwrap();
    follow.run_to(u64::MAX / 2, &mut |_| true);
    assert!(follow.differs());
    assert!(what_if(&follow.case().parts, follow.machine.policy()).is_none());
    incident.parts[0].machine = "{}".to_owned();
    let text = serde_json::to_string(&incident).unwrap();
    assert!(Case::read(&text).is_none());
    assert!(Case::read("[]").is_none());
}
