//! How `web-api`'s envelopes are read from JSON.
use super::json::{FromJson, at, fields, word, words};
use serde_json::Value;
use web_api::{
    DemoFaultState, DemoFaults, Plan, PlanCheck, Problem, ProviderPlan, Role, Said, Session,
};

fields! {
    Session { user, role, demo }
    Plan { service, from, to, providers, checks, allowed, converges_in_secs }
    ProviderPlan { provider, remove, add, problem }
    PlanCheck { ok, text, said }
    Said { code, with }
    DemoFaults { faults }
    DemoFaultState { id, group, text, on }
}

words! {
    Role { "view" => View, "operate" => Operate }
}

impl FromJson for Problem {
    fn from_json(json: &Value) -> Option<Self> {
        Some(Self {
            kind: at(json, "type")?,
            title: at(json, "title")?,
            status: at(json, "status")?,
            detail: at(json, "detail")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json::parse;
    use serde::Serialize;
    use std::fmt::Debug;

    fn survives<T: Serialize + FromJson + PartialEq + Debug>(value: T) {
        let text = serde_json::to_string(&value).unwrap();
        assert_eq!(parse::<T>(&text), Some(value), "{text}");
    }

    #[test]
    fn every_envelope_survives() {
        let text = |text: &str| text.to_owned();
        for role in [Role::View, Role::Operate] {
            survives(Session { user: text("anna"), role, demo: true });
        }
        survives(Plan {
            service: text("shop"),
            from: None,
            to: text("london"),
            providers: vec![ProviderPlan {
                provider: text("google"),
                remove: vec![text("a")],
                add: vec![text("b")],
                problem: Some(text("c")),
            }],
            checks: vec![PlanCheck {
                ok: false,
                text: text("d"),
                said: Some(Said::of("check.standby")),
            }],
            allowed: false,
            converges_in_secs: 60,
        });
        survives(Problem {
            kind: text("stale_from"),
            title: text("Stale"),
            status: 409,
            detail: text("look again"),
        });
        let (id, group, on) = (text("kill"), text("Site"), true);
        survives(DemoFaults { faults: vec![DemoFaultState { id, group, text: text("e"), on }] });
    }
}
