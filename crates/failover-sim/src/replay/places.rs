//! From the places of one policy to those of another, by name.
use failover_core::{
    Answer, CheckId, Command, Input, MoveId, PolicySpec, ProviderId, SiteId, SiteSet, VantageId,
};

/// Where the places of one policy are in another.
#[derive(Debug)]
pub(crate) struct Places {
    sites: Vec<Option<u8>>,
    vantages: Vec<Option<u8>>,
    checks: Vec<Option<u8>>,
    providers: Vec<Option<u8>>,
}

impl Places {
    pub(crate) fn between(from: &PolicySpec, to: &PolicySpec) -> Self {
        fn each<'a>(
            from: impl Iterator<Item = &'a str>,
            to: impl Iterator<Item = &'a str> + Clone,
        ) -> Vec<Option<u8>> {
            let place = |name| to.clone().position(|other| other == name);
            from.map(|name| place(name).and_then(|at| u8::try_from(at).ok())).collect()
        }
        let sites = |spec: &'_ PolicySpec| -> Vec<String> {
            spec.sites.iter().map(|site| site.name.clone()).collect()
        };
        let (from_sites, to_sites) = (sites(from), sites(to));
        Self {
            sites: each(from_sites.iter().map(String::as_str), to_sites.iter().map(String::as_str)),
            vantages: each(
                from.vantages.iter().map(String::as_str),
                to.vantages.iter().map(String::as_str),
            ),
            checks: each(
                from.checks.iter().map(|check| check.name.as_str()),
                to.checks.iter().map(|check| check.name.as_str()),
            ),
            providers: each(
                from.providers.iter().map(|provider| provider.name.as_str()),
                to.providers.iter().map(|provider| provider.name.as_str()),
            ),
        }
    }

    pub(crate) fn provider(&self, provider: ProviderId) -> Option<ProviderId> {
        at(&self.providers, provider.index()).map(ProviderId)
    }

    pub(crate) fn sites(&self, sites: SiteSet) -> SiteSet {
        sites.iter().filter_map(|site| self.site(site)).collect()
    }

    pub(crate) fn answer(&self, answer: &Answer) -> Answer {
        match answer {
            Answer::Sites(sites) => Answer::Sites(self.sites(*sites)),
            other => other.clone(),
        }
    }

    /// The same observation or command in the other places; `None` for a place that is not there,
    /// and for what the world answered to the machine. `open` is the move that is open there.
    pub(crate) fn fact(&self, fact: &Input, open: Option<MoveId>) -> Option<Input> {
        Some(match fact {
            Input::Probed { vantage, site, check, ok, at } => Input::Probed {
                vantage: self.vantage(*vantage)?,
                site: self.site(*site)?,
                check: self.check(*check)?,
                ok: *ok,
                at: *at,
            },
            Input::Isolated { vantage, isolated } => {
                Input::Isolated { vantage: self.vantage(*vantage)?, isolated: *isolated }
            }
            Input::Lag { site, lag } => Input::Lag { site: self.site(*site)?, lag: *lag },
            Input::Operator { who, command } => {
                Input::Operator { who: who.clone(), command: self.command(command, open)? }
            }
            Input::Tick
            | Input::Leadership { .. }
            | Input::LeadershipLost
            | Input::Journal { .. } => fact.clone(),
            _ => return None,
        })
    }

    fn command(&self, command: &Command, open: Option<MoveId>) -> Option<Command> {
        Some(match command {
            Command::SwitchOver { from, to } => {
                Command::SwitchOver { from: self.site(*from)?, to: self.site(*to)? }
            }
            Command::Force { from, to } => {
                Command::Force { from: self.site(*from)?, to: self.site(*to)? }
            }
            Command::MaintenanceOn { site, until } => {
                Command::MaintenanceOn { site: self.site(*site)?, until: *until }
            }
            Command::MaintenanceOff { site } => Command::MaintenanceOff { site: self.site(*site)? },
            // Its moves have numbers of their own.
            Command::Abandon { id } => Command::Abandon { id: open.unwrap_or(*id) },
            other => other.clone(),
        })
    }

    fn site(&self, site: SiteId) -> Option<SiteId> {
        at(&self.sites, site.index()).map(SiteId)
    }

    fn vantage(&self, vantage: VantageId) -> Option<VantageId> {
        at(&self.vantages, vantage.index()).map(VantageId)
    }

    fn check(&self, check: CheckId) -> Option<CheckId> {
        at(&self.checks, check.index()).map(CheckId)
    }
}

fn at(places: &[Option<u8>], place: usize) -> Option<u8> {
    places.get(place).copied().flatten()
}
