//! What travels looks the same as ever: one JSON document per envelope, pinned.
mod changes;
mod pinned;
mod places;
mod records;

use std::collections::BTreeSet;

use failover_core::{
    Actor, Command, Event, EventRecord, Severity, SiteId, SiteSet, Snapshot, Timestamp,
};
use insta::assert_json_snapshot;
use serde::Serialize;
use serde::de::DeserializeOwned;
use web_api::{
    CommandAnswer, CommandRequest, DemoFault, DemoFaultState, DemoFaults, Events, History,
    HistoryMark, HistoryRow, HistorySpan, HistoryState, HistorySubject, LoginRequest, Plan,
    PlanCheck, Problem, ProviderPlan, Role, Said, Session, Version,
};

/// The value as JSON, after making sure that it reads back as itself.
fn travelled<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) -> &T {
    let text = serde_json::to_string(value).expect("JSON");
    assert_eq!(&serde_json::from_str::<T>(&text).expect("it reads back"), value);
    value
}

fn record() -> EventRecord {
    EventRecord {
        seq: 7,
        at: Timestamp::from_millis(1_795_392_000_000),
        service: "shop".to_owned(),
        severity: Severity::Warning,
        text: "anna disarmed the service".to_owned(),
        event: Event::Disarmed { who: Actor("anna".to_owned()), until: None },
    }
}

#[test]
fn a_login_and_a_session() {
    let login = LoginRequest { user: "anna".to_owned(), password: "open sesame".to_owned() };
    assert_json_snapshot!(travelled(&login), @r#"
    {
      "user": "anna",
      "password": "open sesame"
    }
    "#);
    let session = Session { user: "anna".to_owned(), role: Role::Operate, demo: false };
    assert_json_snapshot!(travelled(&session), @r#"
    {
      "user": "anna",
      "role": "operate",
      "demo": false
    }
    "#);
    let more = r#"{"user": "anna", "password": "x", "remember": true}"#;
    assert!(serde_json::from_str::<LoginRequest>(more).is_err(), "nothing is silently ignored");
    assert!(Role::View < Role::Operate, "roles are ordered by what they may do");
}

#[test]
fn commands_are_flat_and_say_what_to_do() {
    let until = Timestamp::from_millis(1_795_392_000_000);
    let commands = [
        Command::SwitchOver { from: SiteId(0), to: SiteId(1) },
        Command::Disarm { until },
        Command::MaintenanceOn { site: SiteId(1), until },
        Command::Rearm,
    ];
    let requests: Vec<CommandRequest> =
        commands.into_iter().map(|command| CommandRequest { command, alone: false }).collect();
    assert_json_snapshot!(travelled(&requests), @r#"
    [
      {
        "do": "switch_over",
        "from": 0,
        "to": 1
      },
      {
        "do": "disarm",
        "until": 1795392000000
      },
      {
        "do": "maintenance_on",
        "site": 1,
        "until": 1795392000000
      },
      {
        "do": "rearm"
      }
    ]
    "#);
}

#[test]
fn answers_and_journals_carry_whole_events() {
    let answer = CommandAnswer { events: vec![record()] };
    assert_json_snapshot!(travelled(&answer), @r#"
    {
      "events": [
        {
          "seq": 7,
          "at": 1795392000000,
          "service": "shop",
          "severity": "warning",
          "text": "anna disarmed the service",
          "event": {
            "kind": "disarmed",
            "who": "anna",
            "until": null
          }
        }
      ]
    }
    "#);
    let events = Events { events: vec![record()] };
    assert_eq!(
        serde_json::to_value(travelled(&events)).expect("JSON"),
        serde_json::to_value(&answer).expect("JSON")
    );
}

#[test]
fn a_plan() {
    let plan = Plan {
        service: "shop".to_owned(),
        from: Some("london".to_owned()),
        to: "falkenstein".to_owned(),
        providers: vec![ProviderPlan {
            provider: "google".to_owned(),
            remove: vec!["shop.example.com. 60 IN A 203.0.113.5".to_owned()],
            add: vec!["shop.example.com. 60 IN A 198.51.100.7".to_owned()],
            problem: None,
        }],
        checks: vec![PlanCheck {
            ok: true,
            text: "falkenstein is up".to_owned(),
            said: Some(Said::of("check.up").with("site", "falkenstein")),
        }],
        allowed: true,
        converges_in_secs: 60,
    };
    assert_json_snapshot!(travelled(&plan), @r#"
    {
      "service": "shop",
      "from": "london",
      "to": "falkenstein",
      "providers": [
        {
          "provider": "google",
          "remove": [
            "shop.example.com. 60 IN A 203.0.113.5"
          ],
          "add": [
            "shop.example.com. 60 IN A 198.51.100.7"
          ],
          "problem": null
        }
      ],
      "checks": [
        {
          "ok": true,
          "text": "falkenstein is up",
          "said": {
            "code": "check.up",
            "with": {
              "site": "falkenstein"
            }
          }
        }
      ],
      "allowed": true,
      "converges_in_secs": 60
    }
    "#);
}

#[test]
fn the_past() {
    let [from, to] = [1000, 3000].map(Timestamp::from_millis);
    let spans = vec![HistorySpan { state: HistoryState::Moving, from, to }];
    let row = HistoryRow { subject: HistorySubject::Site, name: "london".to_owned(), spans };
    let mark = HistoryMark {
        at: to,
        seq: 7,
        kind: "move_started".to_owned(),
        severity: Severity::Critical,
        text: "Failover".to_owned(),
    };
    let history = History { from, to, rows: vec![row], marks: vec![mark], known_from: from };
    assert_json_snapshot!(travelled(&history), @r#"
    {
      "from": 1000,
      "to": 3000,
      "rows": [
        {
          "subject": "site",
          "name": "london",
          "spans": [
            {
              "state": "moving",
              "from": 1000,
              "to": 3000
            }
          ]
        }
      ],
      "marks": [
        {
          "at": 3000,
          "seq": 7,
          "kind": "move_started",
          "severity": "critical",
          "text": "Failover"
        }
      ],
      "known_from": 1000
    }
    "#);
}

#[test]
fn a_problem_has_the_fields_of_rfc_9457() {
    let problem = Problem {
        kind: "stale_from".to_owned(),
        title: "The command was refused".to_owned(),
        status: 409,
        detail: "falkenstein is active, not london".to_owned(),
    };
    assert_json_snapshot!(travelled(&problem), @r#"
    {
      "type": "stale_from",
      "title": "The command was refused",
      "status": 409,
      "detail": "falkenstein is active, not london"
    }
    "#);
}

#[test]
fn the_demo_and_the_version() {
    let fault = DemoFault { id: "london-kill".to_owned(), on: true };
    let state = DemoFaultState {
        id: "london-kill".to_owned(),
        group: "london".to_owned(),
        text: "kill it".to_owned(),
        on: true,
    };
    assert_json_snapshot!(travelled(&fault), @r#"
    {
      "id": "london-kill",
      "on": true
    }
    "#);
    assert_json_snapshot!(travelled(&DemoFaults { faults: vec![state] }), @r#"
    {
      "faults": [
        {
          "id": "london-kill",
          "group": "london",
          "text": "kill it",
          "on": true
        }
      ]
    }
    "#);
    assert_json_snapshot!(travelled(&Version { version: "1.2.3".to_owned() }), @r#"
    {
      "version": "1.2.3"
    }
    "#);
}

#[test]
fn a_snapshot_names_its_parts_as_the_panel_reads_them() {
    let snapshot = Snapshot {
        number: 3,
        at: Timestamp::from_millis(2000),
        started: Timestamp::from_millis(1000),
        version: "1.2.3".to_owned(),
        vantage: "here".to_owned(),
        journal_problem: Some("disk full".to_owned()),
        alerts: Vec::new(),
        cluster: None,
        services: Vec::new(),
        recent: vec![record()],
    };
    let value = serde_json::to_value(travelled(&snapshot)).expect("JSON");
    // In which order an object is kept depends on who else uses serde_json in the same build.
    let keys: BTreeSet<&String> = value.as_object().expect("an object").keys().collect();
    assert_json_snapshot!(keys, @r#"
    [
      "alerts",
      "at",
      "cluster",
      "journal_problem",
      "number",
      "recent",
      "services",
      "started",
      "vantage",
      "version"
    ]
    "#);
    assert_eq!(serde_json::to_value(SiteSet::first(2)).expect("JSON"), 3, "a set is its bits");
}
