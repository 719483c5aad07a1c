//! `[expect]`: what is assumed of the network, and what the bounds are held to.
use std::time::Duration;

use failover_core::bound::{Loss, LossProblem};

use crate::config::file::ExpectFile;
use crate::config::model::Expect;
use crate::config::read::{Field, Reader};

/// A usual path; a bad one loses ten times as much, a good one a tenth.
const LOSS: f64 = 0.01;
/// Two providers' paths to one site share its last mile at least.
const CORRELATION: f64 = 0.1;
/// Ten years: longer than most set-ups live.
const FALSE_FAILOVER: Duration = Duration::from_secs(315_576_000);

pub fn expect(file: Option<&Field<ExpectFile>>, reader: &mut Reader<'_>) -> Option<Expect> {
    let file = file.map(|field| &field.value);
    let loss = file.and_then(|file| file.loss.as_ref());
    let correlation = file.and_then(|file| file.correlation.as_ref());
    let burst = file.and_then(|file| file.burst.as_ref());
    let found = Loss::new(
        loss.map_or(LOSS, |field| field.value.0),
        correlation.map_or(CORRELATION, |field| field.value.0),
        burst.map_or(1.0, |field| field.value.0),
    );
    let problem = |problem: LossProblem| {
        let place = match problem {
            LossProblem::Correlation(_) => correlation.map(|field| &field.at),
            LossProblem::Burst(_) => burst.map(|field| &field.at),
            _ => loss.map(|field| &field.at),
        };
        if let Some(place) = place {
            reader.error(place, problem.to_string());
        }
    };
    Some(Expect {
        loss: found.map_err(problem).ok()?,
        false_failover: file
            .and_then(|file| file.false_failover.as_ref())
            .map_or(FALSE_FAILOVER, |field| field.value.0),
        detection: file.and_then(|file| file.detection.as_ref()).map(|field| field.value),
    })
}
