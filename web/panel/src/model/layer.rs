//! A site layer by layer, as people reach it: where it breaks, and what nobody can see behind that.
use super::lane::{self, Lane};
use super::tone::Tone;
use crate::words;
use failover_core::{Layer, ServiceSnapshot, SiteId, Verdict};

/// All layers, in the order in which people reach them.
pub const ALL: [Layer; 3] = [Layer::Proxy, Layer::Application, Layer::Database];

/// How a layer of a site stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// No check looks at it.
    Unchecked,
    /// Its checks are met.
    Up,
    /// It is the first that is not.
    Broken,
    /// It lies behind a broken one, so that nobody can tell.
    Behind,
    /// Not enough probes yet.
    Unknown,
}

impl Standing {
    /// How it looks.
    pub fn tone(self) -> Tone {
        match self {
            Self::Up => Tone::Up,
            Self::Broken => Tone::Down,
            Self::Unchecked | Self::Behind | Self::Unknown => Tone::Unknown,
        }
    }

    /// The word beside the shape.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unchecked => words::LAYER_UNCHECKED.text(),
            Self::Up => words::UP.text(),
            Self::Broken => words::LAYER_BROKEN.text(),
            Self::Behind | Self::Unknown => words::LAYER_UNKNOWN.text(),
        }
    }
}

/// One layer of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub layer: Layer,
    /// How it stands.
    pub standing: Standing,
    /// The lane that tells most of it: one that complains, else the first.
    pub lane: Option<Lane>,
}

/// The layers of a site.
pub fn rows(service: &ServiceSnapshot, site: SiteId) -> Vec<Row> {
    let lanes = lane::lanes(service, site);
    let mut broken = false;
    let row = |layer: Layer| {
        let standing = match verdict(service, site, layer) {
            None => Standing::Unchecked,
            Some(Verdict::Up) => Standing::Up,
            Some(Verdict::Down) if !broken => Standing::Broken,
            Some(Verdict::Unknown) if !broken => Standing::Unknown,
            Some(_) => Standing::Behind,
        };
        broken |= standing == Standing::Broken;
        Row { layer, standing, lane: lanes.iter().find(|lane| lane.layer == layer).cloned() }
    };
    ALL.into_iter().map(row).collect()
}

/// The layer at which a site breaks.
pub fn broken(service: &ServiceSnapshot, site: SiteId) -> Option<Layer> {
    let first = rows(service, site).into_iter().find(|row| row.standing == Standing::Broken);
    first.map(|row| row.layer)
}

/// What the vantages say of a layer; `None` if no check looks at it.
fn verdict(service: &ServiceSnapshot, site: SiteId, layer: Layer) -> Option<Verdict> {
    let checks = service.checks.iter().enumerate().filter(|(_, check)| check.layer == layer);
    let all: Vec<Verdict> = checks.map(|(place, _)| agreed(service, site, place)).collect();
    let worst = [Verdict::Down, Verdict::Unknown, Verdict::Up];
    worst.into_iter().find(|verdict| all.contains(verdict))
}

/// What a quorum says of one check.
fn agreed(service: &ServiceSnapshot, site: SiteId, check: usize) -> Verdict {
    let view = &service.view;
    let Some(site) = view.sites.get(site.index()) else { return Verdict::Unknown };
    let heard = site.votes.iter().filter(|vote| !vote.stale && !vote.isolated);
    let said: Vec<Verdict> =
        heard.filter_map(|vote| vote.checks.get(check)).map(|check| check.verdict).collect();
    let enough = |verdict: &Verdict| {
        let count = said.iter().filter(|said| *said == verdict).count();
        count >= usize::from(view.quorum.max(1))
    };
    let sure = [Verdict::Down, Verdict::Up].into_iter().find(enough);
    sure.unwrap_or(Verdict::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture;

    fn standings(service: &ServiceSnapshot) -> Vec<Standing> {
        rows(service, SiteId(0)).into_iter().map(|row| row.standing).collect()
    }

    fn layered(verdicts: [Verdict; 3]) -> ServiceSnapshot {
        let mut shop = fixture::layered();
        for (check, verdict) in shop.view.sites[0].votes[0].checks.iter_mut().zip(verdicts) {
            check.verdict = verdict;
        }
        shop
    }

    #[test]
    fn a_site_breaks_at_its_first_broken_layer_and_nobody_knows_what_is_behind() {
        use Standing::{Behind, Broken, Unknown, Up};
        use Verdict::Down;
        let up = Verdict::Up;
        assert_eq!(standings(&layered([up; 3])), [Up; 3]);
        assert_eq!(standings(&layered([Down; 3])), [Broken, Behind, Behind]);
        assert_eq!(standings(&layered([up, Down, Down])), [Up, Broken, Behind]);
        assert_eq!(standings(&layered([up, up, Down])), [Up, Up, Broken]);
        // A database that is asked by itself answers although the application is gone.
        assert_eq!(standings(&layered([up, Down, up])), [Up, Broken, Up]);
        assert_eq!(standings(&layered([up, Verdict::Unknown, up])), [Up, Unknown, Up]);
        assert_eq!(broken(&layered([up, Down, Down]), SiteId(0)), Some(Layer::Application));
        assert_eq!(broken(&layered([up; 3]), SiteId(0)), None);
    }

    #[test]
    fn what_no_check_looks_at_is_said_to_be_unchecked() {
        let expected = [Standing::Unchecked, Standing::Up, Standing::Unchecked];
        assert_eq!(standings(&fixture::service()), expected);
        let mut old = fixture::service();
        old.checks.clear();
        assert_eq!(standings(&old), [Standing::Unchecked; 3]);
    }

    #[test]
    fn one_vantage_of_three_does_not_break_a_layer() {
        let mut shop = layered([Verdict::Up; 3]);
        let vote = shop.view.sites[0].votes[0].clone();
        shop.view.sites[0].votes.extend([vote.clone(), vote]);
        shop.view.quorum = 2;
        shop.view.sites[0].votes[0].checks[0].verdict = Verdict::Down;
        assert_eq!(standings(&shop)[0], Standing::Up);
        shop.view.sites[0].votes[1].checks[0].verdict = Verdict::Down;
        assert_eq!(standings(&shop)[0], Standing::Broken);
        shop.view.sites[0].votes[1].stale = true;
        assert_eq!(standings(&shop)[0], Standing::Unknown);
    }

    #[test]
    fn a_layer_shows_the_lane_that_complains() {
        let row = &rows(&fixture::layered(), SiteId(0))[2];
        assert_eq!(row.lane.as_ref().map(|lane| lane.name.as_str()), Some("database"));
    }
}
