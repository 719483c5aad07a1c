//! What a machine was told, in words.
use crate::words::simulator as say;
use failover_core::{
    Answer, CheckId, Input, PolicySpec, ProviderId, Receipt, SiteId, SiteSet, VantageId,
};

/// A fact in words; `None`: nothing but the passing of time.
pub fn told(fact: &Input, spec: &PolicySpec) -> Option<String> {
    let names = Names(spec);
    Some(match fact {
        Input::Tick => return None,
        Input::Probed { vantage, site, check, ok, .. } => {
            say::probed(names.vantage(*vantage), names.check(*check), names.site(*site), *ok)
        }
        Input::Receipt { provider, receipt, .. } => {
            let what = match receipt {
                Receipt::Applied => say::SIM_RECEIPT_APPLIED.to_owned(),
                Receipt::AlreadySo => say::SIM_RECEIPT_ALREADY.to_owned(),
                Receipt::Refused { message, .. } => say::sim_refused(message),
                Receipt::Unknown { message } => say::sim_unknown(message),
                _ => return None,
            };
            say::sim_receipt(names.provider(*provider), &what)
        }
        Input::Answered { provider, answer } => {
            say::sim_answered(names.provider(*provider), &names.answer(answer))
        }
        Input::Stored { provider, answer } => {
            say::sim_stored(names.provider(*provider), &names.answer(answer))
        }
        Input::Fenced { site, ok } => say::fenced(names.site(*site), *ok),
        Input::Started { site, ok } => say::started(names.site(*site), *ok),
        Input::Leadership { epoch, .. } => say::sim_leads(*epoch),
        Input::LeadershipLost => say::SIM_LEADS_NOT.to_owned(),
        Input::Operator { who, .. } => say::sim_commanded(&who.0),
        Input::Isolated { vantage, isolated } => say::isolated(names.vantage(*vantage), *isolated),
        Input::Lag { site, lag } => {
            let lag = lag.map(|lag| u64::try_from(lag.as_millis()).unwrap_or(u64::MAX));
            say::lag(names.site(*site), lag.map(super::knobs::span).as_deref())
        }
        Input::Journal { writable } => say::journal(*writable).to_owned(),
        _ => return None,
    })
}

/// The names of a policy's places.
struct Names<'a>(&'a PolicySpec);

impl<'a> Names<'a> {
    fn site(&self, id: SiteId) -> &'a str {
        self.0.sites.get(id.index()).map_or("?", |site| site.name.as_str())
    }

    fn vantage(&self, id: VantageId) -> &'a str {
        self.0.vantages.get(id.index()).map_or("?", String::as_str)
    }

    fn check(&self, id: CheckId) -> &'a str {
        self.0.checks.get(id.index()).map_or("?", |check| check.name.as_str())
    }

    fn provider(&self, id: ProviderId) -> &'a str {
        self.0.providers.get(id.index()).map_or("?", |provider| provider.name.as_str())
    }

    fn sites(&self, sites: SiteSet) -> String {
        let names: Vec<String> = sites.iter().map(|site| self.site(site).to_owned()).collect();
        crate::words::list(&names)
    }

    fn answer(&self, answer: &Answer) -> String {
        match answer {
            Answer::Sites(sites) => self.sites(*sites),
            Answer::Foreign { text } => say::sim_foreign_answer(text),
            _ => say::SIM_NO_ANSWER.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::{draft, examples};
    use failover_core::Timestamp;

    #[test]
    fn facts_are_told_by_name_and_the_passing_of_time_is_not() {
        let spec = draft::parse(examples::ALL[0].text).unwrap().spec;
        let at = Timestamp::default();
        let (vantage, site, check) = (VantageId(1), SiteId(0), CheckId(0));
        let probed = Input::Probed { vantage, site, check, ok: false, at };
        assert_eq!(told(&probed, &spec).unwrap(), "paris: http of london fails");
        let answer = Answer::Sites(SiteSet::first(2));
        let stored = Input::Stored { provider: ProviderId(1), answer };
        assert_eq!(told(&stored, &spec).unwrap(), "hetzner stores london and falkenstein");
        assert_eq!(told(&Input::Tick, &spec), None);
        let beyond = Input::Fenced { site: SiteId(9), ok: true };
        assert!(told(&beyond, &spec).unwrap().contains('?'));
    }
}
