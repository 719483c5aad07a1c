//! Events in the language of the page. The server says them in English; other languages are made
//! here from the event's own data, and what has no words here stays as the server said it.
use super::json::{FromJson, at};
use super::news::Happening;
use super::{site_name, site_names, time};
use crate::words;
use failover_core::{Actor, MoveKind, ServiceSnapshot, SiteId, SiteSet, Timestamp, Verdict};
use serde_json::Value;

/// The event as a sentence; `services` give places their names.
pub fn sentence(record: &Happening, services: &[ServiceSnapshot]) -> String {
    let service = services.iter().find(|service| service.view.service == record.service);
    let known = service.filter(|_| *words::LANGUAGE != *"en");
    known.and_then(|service| told(record, service)).unwrap_or_else(|| record.text.clone())
}

/// The same from the event's own data, if there are words for it.
pub fn told(record: &Happening, service: &ServiceSnapshot) -> Option<String> {
    Told { record, service }.say()
}

struct Told<'a> {
    record: &'a Happening,
    service: &'a ServiceSnapshot,
}

impl Told<'_> {
    fn say(&self) -> Option<String> {
        let kind = self.record.event.kind.as_str();
        self.of_moves(kind).or_else(|| self.of_belief(kind)).or_else(|| self.of_people(kind))
    }

    fn fact<T: FromJson>(&self, name: &str) -> Option<T> {
        at(&self.record.event.facts, name)
    }

    fn sites(&self, name: &str) -> Option<String> {
        self.fact::<SiteSet>(name).map(|sites| site_names(self.service, sites))
    }

    fn site(&self) -> Option<String> {
        self.fact::<SiteId>("site").map(|site| site_name(self.service, site))
    }

    fn provider(&self, name: &str) -> Option<String> {
        let place: u8 = self.fact(name)?;
        Some(self.service.view.providers.get(usize::from(place))?.name.clone())
    }

    fn vantage(&self) -> Option<String> {
        let place: u8 = self.fact("vantage")?;
        let votes = &self.service.view.sites.first()?.votes;
        Some(votes.get(usize::from(place))?.vantage.clone())
    }

    /// A human; `None` if it was the machine.
    fn human(&self) -> Option<String> {
        self.fact::<String>("who").filter(|who| *who != Actor::machine().0)
    }

    fn who(&self) -> String {
        self.human().unwrap_or_else(|| words::THE_MACHINE.into())
    }

    fn until(&self) -> Option<String> {
        self.fact::<Timestamp>("until").map(time::utc)
    }

    fn of_moves(&self, kind: &str) -> Option<String> {
        let id = || self.fact::<u64>("id");
        Some(match kind {
            "move_started" => {
                let reason: MoveKind = self.fact("reason")?;
                let what = words::move_title(reason, &self.sites("from")?, &self.sites("to")?);
                words::decided(&what, self.human().as_deref())
            }
            "attempt_started" => {
                words::told_attempt(id()?, self.fact("attempt")?, &self.provider("provider")?)
            }
            "attempt_ended" => self.receipt(id()?)?,
            "verified" => words::told_verified(id()?, &self.provider("provider")?),
            "move_completed" => words::told_completed(id()?),
            "move_abandoned" => words::told_abandoned(id()?, &self.who()),
            "split" => words::told_split(id()?, &self.provider("missing")?),
            "healed" => words::told_healed(id()?, &self.provider("provider")?),
            "drift_seen" => words::told_drift(&self.provider("provider")?),
            "drift_gone" => words::told_drift_gone(&self.provider("provider")?),
            _ => return None,
        })
    }

    /// What became of an attempt; the provider's own words stay as they are.
    fn receipt(&self, id: u64) -> Option<String> {
        let provider = self.provider("provider")?;
        let receipt = self.record.event.facts.get("receipt")?;
        let message = |name: &str| receipt.get(name).and_then(|inner| at(inner, "message"));
        if let Some(message) = message("refused") {
            let message: String = message;
            return Some(words::told_refused(id, &provider, &message));
        }
        if let Some(message) = message("unknown") {
            let message: String = message;
            return Some(words::told_unknown(id, &provider, &message));
        }
        match receipt.as_str()? {
            "applied" => Some(words::told_applied(id, &provider)),
            "already_so" => Some(words::told_already(id, &provider)),
            _ => None,
        }
    }

    fn of_belief(&self, kind: &str) -> Option<String> {
        let verdict = |name| self.fact::<Verdict>(name).map(|v| super::tone::verdict(v).word());
        Some(match kind {
            "policy_adopted" => words::TOLD_POLICY.into(),
            "adopted" => words::told_adopted(&self.sites("sites")?),
            "verdict_changed" => {
                words::told_verdict(&self.site()?, verdict("to")?, verdict("from")?)
            }
            "budget_spent" => words::told_budget(self.fact("moves")?),
            "held" => self.held(),
            "all_down" => words::TOLD_ALL_DOWN.into(),
            "all_down_over" => words::TOLD_ALL_DOWN_OVER.into(),
            "vantage_isolated" => words::told_isolated(&self.vantage()?),
            "vantage_back" => words::told_vantage_back(&self.vantage()?),
            "leadership_taken" => words::told_leads(self.fact("epoch")?),
            "leadership_lost" => words::told_leads_no_more(self.fact("epoch")?),
            _ => return None,
        })
    }

    fn held(&self) -> String {
        let blockers = self.record.event.facts.get("blockers").and_then(Value::as_array);
        let blockers = blockers.into_iter().flatten().filter_map(FromJson::from_json);
        let said = blockers.map(|b| super::next::blocker(self.service, &b, self.record.at));
        let said: Vec<String> = said.collect();
        words::held(&said)
    }

    fn of_people(&self, kind: &str) -> Option<String> {
        let ok = || self.fact::<bool>("ok");
        Some(match (kind, self.human()) {
            ("latched", _) => match self.until() {
                Some(until) => words::told_latched_until(&until),
                None => words::TOLD_LATCHED.into(),
            },
            ("rearmed", None) => words::TOLD_LATCH_LIFTED.into(),
            ("rearmed", Some(who)) => words::told_rearmed(&who),
            ("armed", None) => words::TOLD_PAUSE_OVER.into(),
            ("armed", Some(who)) => words::told_armed(&who),
            ("disarmed", _) => match self.until() {
                Some(until) => words::told_disarmed_until(&self.who(), &until),
                None => words::told_disarmed(&self.who()),
            },
            ("maintenance_on", _) => {
                words::told_maintenance(&self.who(), &self.site()?, &self.until()?)
            }
            ("maintenance_off", None) => words::told_maintenance_over(&self.site()?),
            ("maintenance_off", Some(who)) => words::told_maintenance_off(&who, &self.site()?),
            ("fence_started", _) => words::told_fencing(&self.site()?),
            ("fence_ended", _) if ok()? => words::told_fenced(&self.site()?),
            ("fence_ended", _) => words::told_not_fenced(&self.site()?),
            ("standby_starting", _) => words::told_starting(&self.site()?),
            ("standby_started", _) if ok()? => words::told_runs(&self.site()?),
            ("standby_started", _) => words::told_not_started(&self.site()?),
            ("acknowledged", _) => words::told_acknowledged(&self.who()),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture;
    use crate::model::json::parse;
    use failover_core::{Event, EventRecord, MoveId, ProviderId, Severity};

    fn happening(event: Event) -> Happening {
        let record = EventRecord {
            seq: 1,
            at: fixture::NOW,
            service: "shop".to_owned(),
            severity: Severity::Info,
            text: "As the server said it.".to_owned(),
            event,
        };
        parse(&serde_json::to_string(&record).unwrap()).unwrap()
    }

    fn said(event: Event) -> Option<String> {
        told(&happening(event), &fixture::service())
    }

    #[test]
    fn an_event_is_told_from_what_it_holds() {
        let who = Actor("anna".to_owned());
        let site = SiteId(1);
        let until = fixture::NOW;
        let maintenance = said(Event::MaintenanceOn { site, who: who.clone(), until }).unwrap();
        assert!(maintenance.starts_with("anna took Falkenstein out of the choice until"));
        let over = Event::MaintenanceOff { site, who: Actor::machine() };
        assert_eq!(said(over).unwrap(), "The maintenance of Falkenstein is over.");
        let armed = said(Event::Armed { who }).unwrap();
        assert_eq!(armed, "anna armed the service: automation may act.");
        let refused = failover_core::Receipt::Refused {
            message: "quota exceeded".to_owned(),
            changed: false,
        };
        let ended = Event::AttemptEnded {
            id: MoveId(7),
            attempt: failover_core::AttemptId(1),
            provider: ProviderId(0),
            receipt: refused,
        };
        let ended = said(ended).unwrap();
        assert!(ended.contains("refused move 7") && ended.ends_with("quota exceeded"), "{ended}");
    }

    #[test]
    fn what_has_no_words_here_stays_as_the_server_said_it() {
        let record = happening(Event::AllDown);
        assert_eq!(sentence(&record, &[]), "As the server said it.");
        let mut unheard = happening(Event::AllDownOver);
        unheard.event.kind = "from_the_future".to_owned();
        let service = fixture::service();
        assert_eq!(told(&unheard, &service), None);
    }
}
