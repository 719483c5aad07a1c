//! The clouds' envelopes, pinned.
use serde_json::{Value, json};
use web_api::{
    ApplyRequest, BlueprintPlan, DestroyRequest, LatestJob, Locations, MachineTypes, PowerAct,
    PowerRequest, ResizeRequest,
};

use crate::pinned::{pinned, strict};

fn step() -> Value {
    json!({
        "action": "create",
        "thing": "server",
        "provider": "hetzner",
        "location": "falkenstein",
        "name": "shop-app-1",
        "detail": "cx22 in fsn1",
        "reason": "the blueprint wants it",
    })
}

fn job() -> Value {
    json!({
        "id": 3,
        "kind": "apply",
        "title": "apply the blueprint",
        "who": "anna",
        "began": 1000,
        "ended": null,
        "state": "running",
        "can_stop": true,
        "steps": [{
            "step": step(), "state": "running", "note": "starting", "note_said": { "code": "power.off" }, "advice": null, "advice_said": null,
            "began": 1500, "ended": null,
        }],
        "summary": null, "summary_said": { "code": "job.steps", "with": { "count": "1" } },
        "advice": null, "advice_said": null,
    })
}

#[test]
fn what_stands_at_the_clouds() {
    let server = json!({
        "id": "42",
        "name": "shop-app-1",
        "state": "running",
        "busy": false,
        "place": "fsn1",
        "machine": "cx22",
        "whose": "own",
        "owner": "shop",
        "location": "falkenstein",
        "role": "app",
        "labels": ["owner=shop"],
        "public": ["203.0.113.5"],
        "private": ["10.0.0.2"],
        "monthly": "EUR 3.79",
        "notes": [],
        "serves": [{ "service": "shop", "site": "falkenstein", "active": true }],
    });
    let cloud = json!({
        "provider": "hetzner",
        "kind": "hetzner",
        "problem": null,
        "servers": [server],
        "networks": [
            { "name": "shop", "range": "10.0.0.0/16", "subnets": ["10.0.0.0/24 eu"], "own": true },
        ],
        "addresses": [{
            "name": "shop", "address": null, "region": "fsn1", "used": false, "own": true,
            "monthly": "EUR 0.50",
        }],
        "currency": "EUR",
        "monthly": "EUR 4.29",
        "unpriced": ["2 × e2-small"],
        "notes": ["prices without tax"],
    });
    pinned::<Locations>(&json!({
        "at": 2000,
        "owner": "shop",
        "locations": [{
            "name": "falkenstein",
            "provider": "hetzner",
            "places": ["fsn1", "nbg1"],
            "range": "10.0.0.0/16",
            "roles": [{ "role": "app", "machine": "cx22", "count": 2 }],
        }],
        "clouds": [cloud],
        "job": job(),
    }));
    pinned::<MachineTypes>(&json!({ "machines": [{
        "name": "cx22", "cores": 2, "memory_mib": 4096, "architecture": "x86", "available": true,
        "monthly": "EUR 3.79", "note": null,
    }] }));
}

#[test]
fn a_plan_and_the_work_on_it() {
    let costs = |monthly: &str| {
        json!({
            "locations": [{
                "location": "falkenstein", "monthly": monthly, "unpriced": ["3 × e2-medium"],
            }],
            "totals": [monthly],
            "complete": false,
        })
    };
    let remark = json!({
        "provider": "hetzner", "location": null, "about": "quota", "message": "ask for more",
    });
    pinned::<BlueprintPlan>(&json!({
        "fingerprint": "9c1e",
        "owner": "shop",
        "steps": [step()],
        "blocked": [remark],
        "notices": [],
        "kept": ["network shop"],
        "before": costs("EUR 0.00"),
        "after": costs("EUR 3.79"),
        "deletions": 0,
    }));
    pinned::<LatestJob>(&json!({ "job": job() }));
    pinned::<LatestJob>(&json!({ "job": null }));
}

#[test]
fn what_is_asked_of_the_clouds() {
    let power = json!({
        "provider": "hetzner", "server": "42", "name": "shop-app-1", "do": "power_off",
        "foreign": false,
    });
    pinned::<PowerRequest>(&power);
    strict::<PowerRequest>(&power);
    let acts = ["start", "shutdown", "power_off", "reboot", "reset"];
    acts.iter().for_each(|act| pinned::<PowerAct>(&json!(act)));
    let resize = json!({
        "provider": "hetzner", "server": "42", "name": "shop-app-1", "machine": "cx32",
        "foreign": true,
    });
    pinned::<ResizeRequest>(&resize);
    strict::<ResizeRequest>(&resize);
    let apply = json!({ "fingerprint": "9c1e", "owner": null });
    pinned::<ApplyRequest>(&apply);
    strict::<ApplyRequest>(&apply);
    pinned::<DestroyRequest>(&json!({ "owner": "shop" }));
    strict::<DestroyRequest>(&json!({ "owner": "shop" }));
}
