//! The six servers at both clouds over HTTP: made, kept, changed, removed.
use std::collections::BTreeSet;

use cloud_api::blueprint::{Action, Job, Refused, Thing, Unobserved};
use cloud_api::{ComputeProvider, Status};

use super::terms;
use super::yard::{
    Naming, apply, blueprint, clear, clouds, emulator, falkenstein, london, plan, six, transport,
};
use crate::support::{call, owner};

#[tokio::test]
async fn six_servers_are_planned_made_once_and_removed_without_a_trace() {
    let emulator = emulator().await;
    let clouds = clouds(&emulator, transport());
    let blueprint = six();
    let plan = plan(&blueprint, &clouds).await;
    assert!(plan.blocked.is_empty(), "{:?}", plan.blocked);
    let count = |thing| plan.steps.iter().filter(|step| step.thing == thing).count();
    assert_eq!((count(Thing::Server), count(Thing::Address), count(Thing::Network)), (6, 6, 2));
    let cost = &plan.cost;
    assert!(!cost.complete && cost.totals.len() == 1, "only Hetzner has a price list: {cost:?}");
    assert_eq!(cost.locations[0].unpriced, ["3 × address", "3 × e2-medium"]);
    assert!(cost.locations[1].unpriced.is_empty() && cost.totals["EUR"].cents() != "0.00");

    let report = apply(&blueprint, &clouds).await;
    assert!(report.is_complete(), "{report:#?}");
    let text = format!("{report:?}{plan:?}");
    assert!(!text.contains("hunter2"), "no script in plan or report");
    let mut addresses = BTreeSet::new();
    for cloud in clouds.values() {
        for server in cloud.servers(Some(&owner()), call()).await.unwrap() {
            assert_eq!(server.status, Status::Running);
            addresses.insert(server.public_v4.expect("a public address"));
            addresses.insert(server.private[0].address);
        }
    }
    assert_eq!(addresses.len(), 12);
    assert!(addresses.contains(&"10.154.0.33".parse().unwrap()), "{addresses:?}");

    let again = apply(&blueprint, &clouds).await;
    assert!(again.results.is_empty() && again.is_complete(), "{:?}", again.results);
    assert!(again.left.notices.is_empty(), "{:?}", again.left.notices);
    clear(&clouds).await;
    assert_eq!(
        self::plan_steps(&blueprint, &clouds).await,
        plan.steps.len(),
        "all is to be made again"
    );
}

async fn plan_steps(
    blueprint: &cloud_api::blueprint::Blueprint,
    clouds: &cloud_api::blueprint::Clouds,
) -> usize {
    plan(blueprint, clouds).await.steps.len()
}

#[tokio::test]
async fn a_count_scales_out_and_in_and_a_type_up() {
    let emulator = emulator().await;
    let clouds = clouds(&emulator, transport());
    assert!(apply(&six(), &clouds).await.is_complete());

    let more = blueprint(vec![london(2), falkenstein("cax21", 1)]);
    let planned = plan(&more, &clouds).await;
    let resized = planned.steps.iter().filter(|s| matches!(s.action, Action::Resize { .. }));
    assert_eq!(resized.count(), 3);
    let report = apply(&more, &clouds).await;
    assert!(report.is_complete(), "{report:#?}");
    // Google's servers got the new script by themselves; Hetzner's must be told by hand.
    let notices = &report.left.notices;
    assert_eq!(notices.iter().filter(|n| n.message.contains("locations script")).count(), 3);
    assert!(notices.iter().all(|notice| notice.provider == "hetzner"), "{notices:?}");
    assert!(apply(&more, &clouds).await.results.is_empty());

    let fewer = plan(&six(), &clouds).await;
    let gone: Vec<_> = fewer.steps.iter().filter(|s| s.action == Action::Delete).collect();
    assert_eq!(fewer.deletions(), 2, "a server and its address: {gone:?}");
    assert!(gone.iter().all(|step| step.name == "acme-london-app-2"));
    assert!(apply(&six(), &clouds).await.is_complete());
    let google = clouds["google"].servers(Some(&owner()), call()).await.unwrap();
    assert_eq!(google.len(), 3);
    clear(&clouds).await;
}

#[tokio::test]
async fn only_the_plan_that_was_reviewed_is_applied() {
    let emulator = emulator().await;
    let clouds = clouds(&emulator, transport());
    let one = blueprint(vec![falkenstein("cax11", 1)]);
    let job = Job::new(&one, &clouds, &Naming, terms(), &Unobserved);
    let reviewed = job.plan().await.fingerprint;
    assert_eq!(job.plan().await.fingerprint, reviewed, "looking twice is the same");
    let two = blueprint(vec![falkenstein("cax11", 2)]);
    let other = Job::new(&two, &clouds, &Naming, terms(), &Unobserved);
    let refused = other.apply(Some(&reviewed)).await.unwrap_err();
    assert!(matches!(refused, Refused::Changed { .. }), "{refused}");
    assert!(clouds["hetzner"].servers(Some(&owner()), call()).await.unwrap().is_empty());
    assert!(job.apply(Some(&reviewed)).await.unwrap().is_complete());
    // The world has changed meanwhile.
    assert!(matches!(job.apply(Some(&reviewed)).await, Err(Refused::Changed { .. })));
    clear(&clouds).await;
}

#[tokio::test]
async fn a_server_that_was_turned_off_is_left_off() {
    let emulator = emulator().await;
    let clouds = clouds(&emulator, transport());
    let one = blueprint(vec![falkenstein("cax11", 1)]);
    assert!(apply(&one, &clouds).await.is_complete());
    let hetzner: &dyn ComputeProvider = clouds["hetzner"].as_ref();
    let server = hetzner.servers(Some(&owner()), call()).await.unwrap().remove(0);
    let ticket = hetzner.power(&server.id, cloud_api::Power::PowerOff, call()).await.unwrap();
    hetzner.settle(&ticket.unwrap(), call()).await.unwrap();
    let report = apply(&one, &clouds).await;
    assert!(report.results.is_empty(), "{:?}", report.results);
    assert!(report.left.notices.iter().any(|notice| notice.message.contains("switched off")));
    clear(&clouds).await;
}
