//! The two sides of a policy, by the core's own functions: how soon it sees a failure, and how
//! rarely one that is none.
use crate::words::simulator as say;
use failover_core::PolicySpec;
use failover_core::bound::{Failure, detection, false_failover};

/// Lost probes, of a thousand, that a bound is given for: a good path, a usual one, a bad one.
pub const LOSSES: [u16; 3] = [1, 10, 50];

const YEAR: f64 = 31_557_600.0;
const MONTH: f64 = YEAR / 12.0;

/// What a policy promises and risks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// On average and at worst, in milliseconds, until a site that refuses is known to be down.
    pub refused: (u64, u64),
    /// The same for a site that is silent.
    pub silent: (u64, u64),
    /// Seconds between two false failovers, for each of [`LOSSES`]; infinite: never.
    pub between: [f64; 3],
}

impl Figures {
    /// Those of a policy, which should be valid.
    pub fn of(spec: &PolicySpec) -> Self {
        let seen = |failure| {
            let bound = detection(spec, failure);
            let millis = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(0);
            (millis(bound.expected), millis(bound.worst))
        };
        let between = LOSSES.map(|lost| false_failover(spec, f64::from(lost) / 1_000.0).quorum);
        Self { refused: seen(Failure::Refused), silent: seen(Failure::BlackHole), between }
    }
}

/// How often something happens that happens once in so many seconds on average, in words.
pub fn often(seconds: f64) -> String {
    let tenths = |count: f64| {
        let tenths = (count * 10.0).round().min(1e15) as u64;
        if tenths >= 100 {
            (tenths / 10).to_string()
        } else {
            format!("{}.{}", tenths / 10, tenths % 10)
        }
    };
    match seconds {
        // Beyond a million years nobody waits.
        _ if !seconds.is_finite() || seconds > 1e6 * YEAR => say::SIM_PRACTICALLY_NEVER.to_owned(),
        _ if seconds >= 1e3 * YEAR => say::sim_once_in_thousands(&tenths(seconds / YEAR / 1e3)),
        _ if seconds >= YEAR => say::sim_once_in_years(&tenths(seconds / YEAR)),
        _ if seconds >= MONTH => say::sim_once_in_months(&tenths(seconds / MONTH)),
        _ if MONTH / seconds < 1e5 => say::sim_times_a_month(&tenths(MONTH / seconds)),
        _ => say::SIM_ALL_THE_TIME.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::{draft, examples};

    #[test]
    fn the_figures_are_those_of_the_core() {
        let spec = draft::parse(examples::ALL[0].text).unwrap().spec;
        let figures = Figures::of(&spec);
        // 500 ms until the next probe, then two more 200 ms apart; the last waits for its timeout.
        assert_eq!((figures.refused.1, figures.silent.1), (900, 1_700));
        assert!(figures.refused.0 < 900 && figures.silent.0 < 1_700);
        let [good, usual, bad] = figures.between;
        assert!(good > usual && usual > bad);
        let slower = PolicySpec { fall: failover_core::Fall::InARow(6), ..spec };
        let slower = Figures::of(&slower);
        assert!(slower.silent > figures.silent && slower.between[1] > usual);
    }

    #[test]
    fn how_often_is_said_in_fitting_words() {
        assert_eq!(often(f64::INFINITY), "practically never");
        assert_eq!(often(3.2 * YEAR), "once in 3.2 years");
        assert_eq!(often(4_200.0 * YEAR), "once in 4.2 thousand years");
        assert_eq!(often(2.5 * MONTH), "once in 2.5 months");
        assert_eq!(often(MONTH / 30.0), "30 times a month");
        assert_eq!(often(0.001), "all the time");
    }
}
