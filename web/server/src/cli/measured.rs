//! What was measured of the paths to the sites, in words.
use failover_core::bound::SiteLosses;
use failover_core::{ServiceSnapshot, VantageId};

use super::check::{percent, spell};
use crate::config::duration::show_moment;

/// One line per site of which something was measured, and what follows for the service.
pub fn lines(service: &ServiceSnapshot) -> String {
    let mut text = String::new();
    for (site, losses) in service.view.sites.iter().zip(&service.losses) {
        let Some(losses) = losses else { continue };
        let vantage = |id: VantageId| site.votes.get(id.index()).map_or("?", |vote| &*vote.vantage);
        text += &format!("measured of {}: {}", site.name, counted(losses));
        let most = losses.pairs.iter().max_by(|a, b| a.correlation.total_cmp(&b.correlation));
        match most {
            Some(pair) if losses.lost > 0 => {
                let whose = match pair.one == pair.other {
                    true => format!("the checks of {}", vantage(pair.one)),
                    false => format!("{} and {}", vantage(pair.one), vantage(pair.other)),
                };
                text += &format!(", correlation {:.2} ({whose})", pair.correlation);
            }
            _ => {}
        }
        text += "\n";
    }
    if let Some(bound) = service.false_failover {
        // The largest rate that fits what was counted makes it a bound, exact or not.
        text += &match bound.seconds {
            Some(seconds) => format!("so a false failover at most once in {}\n", spell(seconds)),
            None => "so never a false failover\n".to_owned(),
        };
    }
    text
}

/// "3 of 1200 probes lost (0.25 %, at most 0.6 %), 1.5 in a row, since 2026-11-23 12:00:00Z".
pub fn counted(losses: &SiteLosses) -> String {
    let SiteLosses { since, probes, lost, burst, .. } = losses;
    let share = |share: f64| percent((share * 1e5).round() / 1e5);
    let row = if *lost > 0 { format!(", {burst:.1} in a row") } else { String::new() };
    format!(
        "{lost} of {probes} probes lost ({} %, at most {} %){row}, since {}",
        share(losses.rate()),
        share(losses.rate_at_most()),
        show_moment(since.as_millis())
    )
}
