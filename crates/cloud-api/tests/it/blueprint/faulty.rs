//! What goes wrong is told, with what there is and how to go on; and nothing foreign is touched.
use cloud_api::blueprint::{Job, Outcome, Refused, Thing, Unobserved};
use cloud_api::{AddressSpec, Kind, NetworkSpec, Owner, ServerSpec, SubnetSpec};
use serde_json::json;

use super::terms;
use super::yard::{
    Naming, apply, blueprint, clear, clouds, emulator, falkenstein, fault, plan, six, transport,
};
use crate::support::{call, name, owner, range};

#[tokio::test]
async fn without_capacity_the_next_place_is_taken_and_scripts_follow() {
    let emulator = emulator().await;
    let clouds = clouds(&emulator, transport());
    fault(&emulator, json!({"fault": "stock_out", "cloud": "hetzner", "place": "fsn1"}));
    fault(&emulator, json!({"fault": "stock_out", "cloud": "google", "place": "europe-west2-c"}));
    let report = apply(&six(), &clouds).await;
    assert!(report.is_complete(), "{report:#?}");
    let noted = |result: &&cloud_api::blueprint::StepResult| matches!(&result.outcome, Outcome::Done { note: Some(note), .. } if note.contains("no capacity at"));
    assert_eq!(report.results.iter().filter(noted).count(), 6);
    for server in clouds["hetzner"].servers(Some(&owner()), call()).await.unwrap() {
        assert_eq!(server.place, "nbg1");
    }
    emulator.faults().clear_all();
    assert!(apply(&six(), &clouds).await.results.is_empty(), "nobody moves back");
    clear(&clouds).await;
}

#[tokio::test]
async fn no_capacity_anywhere_says_where_there_is_some_and_what_there_is() {
    let emulator = emulator().await;
    let clouds = clouds(&emulator, transport());
    for place in ["fsn1", "nbg1"] {
        // Only the first of the same kind and place is replaced.
        fault(&emulator, json!({"fault": "stock_out", "cloud": "hetzner", "place": place}));
    }
    let report = apply(&six(), &clouds).await;
    let (step, failure, advice) = report.failures().next().expect("a failure");
    assert_eq!((step.thing, failure.kind), (Thing::Server, Kind::NoCapacity));
    assert!(failure.message.contains("no capacity for cax11 at fsn1, nbg1"), "{failure}");
    assert!(!failure.alternatives.is_empty() && advice.contains("apply again"), "{failure:?}");
    let there =
        |name: &str| report.there.iter().any(|one| one.thing == Thing::Server && one.name == name);
    assert!(there("acme-london-app-1"), "London does not wait: {:#?}", report.there);
    assert!(!there("acme-falkenstein-app-1"));
    assert!(report.left.steps.iter().any(|step| step.name == "acme-falkenstein-app-1"));
    emulator.faults().clear_all();
    assert!(apply(&six(), &clouds).await.is_complete());
    clear(&clouds).await;
}

#[tokio::test]
async fn a_refusal_is_told_apart_and_mended_by_the_next_application() {
    for (broken, kind) in [
        (json!({"fault": "quota", "cloud": "hetzner"}), Kind::Quota),
        (json!({"fault": "quota", "cloud": "google", "at_end": true}), Kind::Quota),
        (json!({"fault": "read_only", "cloud": "hetzner"}), Kind::Forbidden),
        (json!({"fault": "read_only", "cloud": "google"}), Kind::Forbidden),
        (json!({"fault": "ssh_key_refused", "cloud": "hetzner"}), Kind::Invalid),
    ] {
        let emulator = emulator().await;
        let clouds = clouds(&emulator, transport());
        fault(&emulator, broken.clone());
        let report = apply(&six(), &clouds).await;
        let failures: Vec<_> = report.failures().map(|(_, failure, _)| failure.kind).collect();
        assert!(failures.contains(&kind), "{broken}: {failures:?}");
        assert!(!report.is_complete());
        emulator.faults().clear_all();
        assert!(apply(&six(), &clouds).await.is_complete(), "{broken}");
        clear(&clouds).await;
    }
}

#[tokio::test]
async fn a_provider_that_dies_in_the_middle_leaves_a_list_and_a_way_on() {
    for cloud in ["hetzner", "google"] {
        for count in [1, 4, 8, 12] {
            let emulator = emulator().await;
            let clouds = clouds(&emulator, transport());
            fault(&emulator, json!({"fault": "dies_after", "cloud": cloud, "count": count}));
            let report = apply(&six(), &clouds).await;
            assert!(!report.is_complete(), "{cloud} after {count}");
            let failure = report.failures().find(|(step, ..)| step.provider == cloud);
            let (_, failure, advice) = failure.expect("a failure there");
            assert!(advice.contains("goes on where it stopped"), "{failure:?}");
            let unsure: Vec<_> = report.there.iter().filter(|one| !one.sure).collect();
            assert!(unsure.iter().all(|one| one.provider == cloud), "{unsure:?}");
            assert!(!unsure.is_empty(), "what may be there is listed: {:#?}", report.there);
            emulator.faults().clear_all();
            assert!(apply(&six(), &clouds).await.is_complete(), "{cloud} after {count}");
            clear(&clouds).await;
        }
    }
}

#[tokio::test]
async fn a_provider_that_is_away_keeps_anything_from_being_begun() {
    let emulator = emulator().await;
    let clouds = clouds(&emulator, transport());
    fault(&emulator, json!({"fault": "api_down", "cloud": "google"}));
    let blueprint = six();
    let job = Job::new(&blueprint, &clouds, &Naming, terms(), &Unobserved);
    let refused = job.apply(None).await.unwrap_err();
    assert!(matches!(refused, Refused::Unseen(_)) && refused.to_string().contains("google"));
    let hetzner = clouds["hetzner"].networks().unwrap();
    assert!(hetzner.networks(Some(&owner()), call()).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_the_clouds_do_not_have_blocks_before_anything_is_made() {
    let emulator = emulator().await;
    let clouds = clouds(&emulator, transport());
    let with = |change: &dyn Fn(&mut cloud_api::blueprint::LocationSpec)| {
        let mut location = falkenstein("cax11", 1);
        change(&mut location);
        blueprint(vec![location])
    };
    for (blueprint, why) in [
        (
            with(&|l| l.servers[0].machine = "cax12".into()),
            "no such machine type at fsn1; it has cax1",
        ),
        (with(&|l| l.places[1] = "fsn9".into()), "hetzner has no such place; it has fsn1"),
        (with(&|l| l.places[1] = "ash".into()), "one network reaches one of them only"),
        (with(&|l| l.image = "debian-99".into()), "hetzner has no such image"),
        (with(&|l| l.servers[0].disk_gb = Some(20)), "leave disk_gb out"),
        (with(&|l| l.range = range("10.0.1.0/25")), "no networks smaller than a /24"),
        (with(&|l| l.provider = "aws".into()), "there is no provider \"aws\""),
    ] {
        let plan = plan(&blueprint, &clouds).await;
        let texts: Vec<String> = plan.blocked.iter().map(ToString::to_string).collect();
        assert!(texts.iter().any(|text| text.contains(why)), "{why}: {texts:?}");
        let job = Job::new(&blueprint, &clouds, &Naming, terms(), &Unobserved);
        job.apply(None).await.unwrap_err();
    }
    clear(&clouds).await;
}

#[tokio::test]
async fn what_belongs_to_others_blocks_and_stays() {
    let emulator = emulator().await;
    let clouds = clouds(&emulator, transport());
    let other = Owner::parse("somebody").unwrap();
    let hetzner = clouds["hetzner"].as_ref();
    let networks = hetzner.networks().unwrap();
    let spec = NetworkSpec::new(name("theirs"), other.clone(), range("10.0.0.0/16"));
    let network = networks.create_network(&spec, call()).await.unwrap();
    let spec =
        SubnetSpec::new(&network.id, name("theirs"), other.clone(), "fsn1", range("10.0.1.0/24"));
    let subnet = networks.create_subnet(&spec, call()).await.unwrap();
    hetzner.settle(&subnet.ticket.unwrap(), call()).await.unwrap();
    let spec =
        ServerSpec::new(name("acme-falkenstein-db-1"), other.clone(), "fsn1", "cax11", "debian-12");
    let server = hetzner.create(&spec, call()).await.unwrap();
    hetzner.settle(&server.ticket.unwrap(), call()).await.unwrap();
    let spec = AddressSpec::new(name("acme-falkenstein-app-1"), other.clone(), "fsn1");
    hetzner.addresses().unwrap().reserve(&spec, call()).await.unwrap();

    let blueprint = six();
    let plan = plan(&blueprint, &clouds).await;
    let texts: Vec<String> = plan.blocked.iter().map(ToString::to_string).collect();
    for why in [
        "10.0.1.0/24: it overlaps 10.0.0.0/16 of the network theirs, which is somebody's",
        "acme-falkenstein-db-1: there is another server of this name, and it is somebody's",
        "acme-falkenstein-app-1: there is another address of this name, and it is somebody's",
    ] {
        assert!(texts.iter().any(|text| text.contains(why)), "{why}: {texts:#?}");
    }
    let job = Job::new(&blueprint, &clouds, &Naming, terms(), &Unobserved);
    assert!(matches!(job.apply(None).await, Err(Refused::Blocked(_))));
    clear(&clouds).await;
    assert_eq!(hetzner.servers(Some(&other), call()).await.unwrap().len(), 1);
    assert_eq!(networks.networks(Some(&other), call()).await.unwrap().len(), 1);
}
