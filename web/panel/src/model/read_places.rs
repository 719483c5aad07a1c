//! How the envelopes about clouds and configuration are read from JSON.
use super::json::{FromJson, at, fields};
use serde_json::Value;
use web_api::{
    AddressState, BlueprintPlan, BlueprintRemark, BlueprintStep, CloudState, Configuration,
    Consequence, CostOfLocation, CostSum, JobStep, LatestJob, LocationFacts, Locations,
    MachineFacts, MachineTypes, NetworkState, PlacesJob, Reached, ReachedProvider, RoleFacts,
    ServerState, Serving, Setting, SettingSection,
};

fields! {
    Locations { at, owner, locations, clouds, job }
    LocationFacts { name, provider, places, range, roles }
    RoleFacts { role, machine, count }
    CloudState {
        provider, kind, problem, servers, networks, addresses, currency, monthly, unpriced, notes
    }
    ServerState {
        id, name, state, busy, place, machine, whose, owner, location, role, labels, public,
        private, monthly, notes, serves
    }
    Serving { service, site, active }
    NetworkState { name, range, subnets, own }
    AddressState { name, address, region, used, own, monthly }
    MachineTypes { machines }
    MachineFacts { name, cores, memory_mib, architecture, available, monthly, note }
    BlueprintPlan {
        fingerprint, owner, steps, blocked, notices, kept, before, after, deletions
    }
    BlueprintStep { action, thing, provider, location, name, detail, reason }
    BlueprintRemark { provider, location, about, message }
    CostSum { locations, totals, complete }
    CostOfLocation { location, monthly, unpriced }
    LatestJob { job }
    PlacesJob {
        id, kind, title, who, began, ended, state, can_stop, steps, summary, summary_said, advice,
        advice_said,
    }
    JobStep { step, state, note, note_said, advice, advice_said, began, ended }
    Configuration { file, version, sections, consequences, warnings }
    SettingSection { title, settings }
    Setting { key, value, secret, line, from }
    Consequence { service, lines }
    Reached { providers }
    ReachedProvider { provider, zones, zones_problem, servers, servers_problem, millis }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json::parse;
    use crate::model::locations::tests::{job, plan, seen};
    use crate::model::settings::tests::configuration;
    use serde::Serialize;
    use std::fmt::Debug;

    fn survives<T: Serialize + FromJson + PartialEq + Debug>(value: T) {
        let text = serde_json::to_string(&value).unwrap();
        assert_eq!(parse::<T>(&text), Some(value), "{text}");
    }

    #[test]
    fn every_envelope_about_places_survives() {
        survives(seen());
        survives(plan());
        survives(LatestJob { job: Some(job()) });
        survives(configuration());
        survives(MachineTypes {
            machines: vec![MachineFacts {
                name: "cx23".to_owned(),
                cores: 2,
                memory_mib: 4096,
                architecture: Some("x86".to_owned()),
                available: true,
                monthly: None,
                note: Some("old".to_owned()),
            }],
        });
        survives(Reached {
            providers: vec![ReachedProvider {
                provider: "google".to_owned(),
                zones: vec!["example.org".to_owned()],
                zones_problem: None,
                servers: Some(3),
                servers_problem: Some("down".to_owned()),
                millis: 40,
            }],
        });
    }
}
