//! How the envelopes of records and of notifications are read from JSON.
use super::json::{FromJson, at, fields};
use serde_json::Value;
use web_api::{
    ChannelState, ChannelTested, DemoInbox, DemoMessage, HeartbeatState, Notification,
    Notifications, ProviderRead, RecordCell, RecordChange, RecordColumn, RecordRow, RecordsChecked,
    RecordsLimits, RecordsPlan, RecordsPlanned, RecordsRun, RecordsStep, ZoneAt, ZoneDoctor,
    ZoneFinding, ZoneRecords, Zones,
};

fields! {
    Zones { zones, providers }
    ZoneAt { name, providers }
    ProviderRead { provider, problem }
    ZoneRecords { zone, columns, rows, total, differing, offset, age_secs }
    RecordColumn { provider, problem, notes, name_servers, count, ttl_min, guard }
    RecordCell { state, ttl, values, opaque }
    RecordsPlan { zone, digest, providers, dangers, allowed, limits }
    RecordsPlanned { provider, remove, add, problems, puts, removals, present }
    RecordsLimits { updates_percent, removals_percent, sample_min }
    RecordsRun { id, zone, who, steps, state, text, undo }
    RecordsStep { provider, state, problem, found }
    ZoneDoctor { zone, findings, age_secs }
    ZoneFinding { grade, code, text, remedy, said }
    Notifications { notifications, channels, heartbeat }
    Notification {
        id, at, channel, key, kind, severity, service, text, since, attempts, delivery, ended,
        problem,
    }
    ChannelState {
        name, kind, waiting, problem, least, services, quiet, remind_every_secs,
        give_up_after_secs, delivered, lost, retried,
    }
    HeartbeatState { every_secs, reached, problem, said }
    ChannelTested { channel, kind, delivered, problem, again, millis }
    DemoInbox { messages, pings }
    DemoMessage { number, at, to, severity, headline, text, signed }
}

impl FromJson for RecordRow {
    fn from_json(json: &Value) -> Option<Self> {
        Some(Self {
            name: at(json, "name")?,
            rtype: at(json, "type")?,
            cells: at(json, "cells")?,
            agreement: at(json, "agreement")?,
            differences: at(json, "differences")?,
            service: at(json, "service")?,
        })
    }
}

impl FromJson for RecordChange {
    fn from_json(json: &Value) -> Option<Self> {
        Some(Self {
            name: at(json, "name")?,
            rtype: at(json, "type")?,
            providers: at(json, "providers")?,
            ttl: at(json, "ttl")?,
            values: at(json, "values")?,
            remove: at(json, "remove")?,
        })
    }
}

impl FromJson for RecordsChecked {
    fn from_json(json: &Value) -> Option<Self> {
        Some(Self {
            name: at(json, "name")?,
            rtype: at(json, "type")?,
            ttl: at(json, "ttl")?,
            values: at(json, "values")?,
            whole: at(json, "whole")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json::parse;
    use failover_core::{Severity, Timestamp};
    use serde::Serialize;
    use std::fmt::Debug;

    fn survives<T: Serialize + FromJson + PartialEq + Debug>(value: T) {
        let text = serde_json::to_string(&value).unwrap();
        assert_eq!(parse::<T>(&text), Some(value), "{text}");
    }

    fn text(text: &str) -> String {
        text.to_owned()
    }

    fn change() -> RecordChange {
        RecordChange {
            name: text("www.example.com"),
            rtype: text("A"),
            providers: vec![text("google")],
            ttl: Some(60),
            values: vec![text("192.0.2.1")],
            remove: false,
        }
    }

    #[test]
    fn every_envelope_of_records_survives() {
        let providers = vec![ProviderRead { provider: text("google"), problem: Some(text("x")) }];
        let zones = vec![ZoneAt { name: text("example.com"), providers: vec![text("google")] }];
        survives(Zones { zones, providers });
        let cell = RecordCell { state: text("there"), ttl: Some(1), values: vec![], opaque: true };
        survives(ZoneRecords {
            zone: text("example.com"),
            columns: vec![RecordColumn {
                provider: text("google"),
                problem: None,
                notes: vec![text("secondary")],
                name_servers: vec![text("ns1")],
                count: 3,
                ttl_min: 60,
                guard: text("server"),
            }],
            rows: vec![RecordRow {
                name: text("www"),
                rtype: text("A"),
                cells: vec![cell],
                agreement: text("differs"),
                differences: vec![text("ttl")],
                service: Some(text("app")),
            }],
            total: 1,
            differing: 1,
            offset: 0,
            age_secs: 2,
        });
        survives(RecordsPlan {
            zone: text("example.com"),
            digest: text("abc"),
            providers: vec![RecordsPlanned {
                provider: text("google"),
                remove: vec![text("a")],
                add: vec![text("b")],
                problems: vec![text("c")],
                puts: 1,
                removals: 0,
                present: 9,
            }],
            dangers: vec![text("remove")],
            allowed: false,
            limits: RecordsLimits { updates_percent: 30, removals_percent: 30, sample_min: 10 },
        });
        survives(RecordsRun {
            id: 1,
            zone: text("example.com"),
            who: text("anna"),
            steps: vec![RecordsStep {
                provider: text("google"),
                state: text("unknown"),
                problem: Some(text("lost")),
                found: Some(vec![text("line")]),
            }],
            state: text("unknown"),
            text: text("t"),
            undo: vec![change()],
        });
        survives(RecordsChecked {
            name: None,
            rtype: Some(text("x")),
            ttl: None,
            values: vec![None, Some(text("wrong"))],
            whole: None,
        });
        let (grade, code, remedy) = (text("good"), text("c"), text("r"));
        let said = Some(web_api::Said::of("doctor.c").with_all("servers", ["a", "b"]));
        let findings = vec![ZoneFinding { grade, code, text: text("t"), remedy, said }];
        survives(ZoneDoctor { zone: text("example.com"), findings, age_secs: 4 });
    }

    #[test]
    fn every_envelope_of_notifications_survives() {
        let at = Timestamp::from_millis(5);
        survives(Notifications {
            notifications: vec![Notification {
                id: 1,
                at,
                channel: text("pager"),
                key: text("k"),
                kind: text("raised"),
                severity: Severity::Critical,
                service: None,
                text: text("t"),
                since: Some(at),
                attempts: 2,
                delivery: text("waiting"),
                ended: None,
                problem: Some(text("503")),
            }],
            channels: vec![ChannelState {
                name: text("pager"),
                kind: text("webhook"),
                waiting: 1,
                problem: None,
                least: Severity::Warning,
                services: Some(vec![text("app")]),
                quiet: true,
                remind_every_secs: Some(60),
                give_up_after_secs: 90,
                delivered: 1,
                lost: 2,
                retried: 3,
            }],
            heartbeat: Some(HeartbeatState {
                every_secs: 10,
                reached: Some(at),
                problem: None,
                said: Some(text("s")),
            }),
        });
        survives(ChannelTested {
            channel: text("pager"),
            kind: text("webhook"),
            delivered: false,
            problem: Some(text("p")),
            again: true,
            millis: 7,
        });
        let message = DemoMessage {
            number: 1,
            at,
            to: text("pager"),
            severity: text("info"),
            headline: text("h"),
            text: text("t"),
            signed: true,
        };
        survives(DemoInbox { messages: vec![message], pings: 3 });
    }
}
