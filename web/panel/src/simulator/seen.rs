//! What is seen in a simulated world, in the language of the page: the world itself speaks English.
use super::knobs::span as spell;
use crate::words::simulator as say;
use failover_core::{Answer, PolicySpec, ServiceSnapshot};

/// How long a simulated name server is waited for, in milliseconds.
const PATIENCE: u64 = 1_000;

/// Says in the words of the page what probes and questions met.
pub fn translate(services: &mut [ServiceSnapshot], spec: &PolicySpec) {
    for service in services {
        for site in &mut service.sites {
            site.location = say::SIM_SIMULATED.to_owned();
        }
        for series in &mut service.series {
            let check = spec.checks.get(series.check.index());
            let timeout = check.map_or(0, |check| check.timeout.as_millis());
            let late = say::sim_no_answer_in(&spell(u64::try_from(timeout).unwrap_or(u64::MAX)));
            for sample in series.samples.iter_mut().filter(|sample| !sample.ok) {
                let text = match sample.latency_ms {
                    Some(_) => say::SIM_REFUSED_IT.to_owned(),
                    None => late.clone(),
                };
                sample.text = Some(text);
            }
        }
        for stored in &mut service.published {
            say_answer(&mut stored.answer, &stored.values);
        }
        for server in &mut service.answers {
            say_answer(&mut server.answer, &server.values);
        }
    }
}

fn say_answer(answer: &mut Answer, values: &[String]) {
    match answer {
        Answer::Silent { text } => *text = say::sim_no_answer_in(&spell(PATIENCE)),
        Answer::Foreign { text } if values.is_empty() => *text = say::SIM_NO_ANSWER.to_owned(),
        _ => {}
    }
}
