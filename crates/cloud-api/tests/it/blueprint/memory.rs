//! Planning and applying in memory: what needs no vendor.
use std::sync::{Arc, Mutex};

use cloud_api::blueprint::{
    Action, Blueprint, Clouds, Event, Happened, Job, LocationSpec, NoScripts, ServersSpec,
    Unobserved, destroy,
};
use cloud_api::{ComputeProvider, MemoryCloud, Owner, Role, SshKey};

use super::terms;
use super::yard::KEY;
use crate::support::{call, name, owner, range};

fn north(servers: ServersSpec) -> LocationSpec {
    let places = vec!["north-a".to_owned(), "north-b".to_owned()];
    LocationSpec::new(name("north"), "memory", places, range("10.20.0.0/24"), "debian-12")
        .servers(servers)
}

fn memory() -> (Arc<MemoryCloud>, Clouds) {
    let cloud = Arc::new(MemoryCloud::new("memory"));
    let clouds = Clouds::from([("memory".to_owned(), cloud.clone() as Arc<dyn ComputeProvider>)]);
    (cloud, clouds)
}

fn one(servers: ServersSpec, keys: Vec<SshKey>) -> Blueprint {
    Blueprint::new(owner(), keys, vec![north(servers)]).expect("a blueprint")
}

#[test]
fn a_blueprint_that_cannot_be_is_refused_with_the_field() {
    let servers = || ServersSpec::new(Role::App, "small", 1);
    let with = |change: &dyn Fn(&mut LocationSpec)| {
        let mut second = north(servers());
        (second.name, second.range) = (name("south"), range("10.30.0.0/24"));
        change(&mut second);
        Blueprint::new(owner(), Vec::new(), vec![north(servers()), second])
    };
    assert!(with(&|_| {}).is_ok());
    let long = "x".repeat(60);
    for (result, field, why) in [
        (with(&|l| l.range = range("10.20.0.0/16")), "locations[1].range", "overlaps 10.20.0.0/24"),
        (with(&|l| l.range = range("192.0.2.0/24")), "locations[1].range", "RFC 1918"),
        (with(&|l| l.range = range("10.30.0.0/29")), "locations[1].range", "/28 is the least"),
        (with(&|l| l.name = name("north")), "locations[1].name", "locations[0]"),
        (with(&|l| l.name = name(&long)), "locations[1].name", "no cloud takes"),
        (with(&|l| l.places.clear()), "locations[1].places", "at least one"),
        (with(&|l| l.places[1] = "north-a".into()), "locations[1].places[1]", "twice"),
        (with(&|l| l.servers[0].count = 40), "locations[1].servers[0].count", "31 servers"),
        (with(&|l| l.servers[0].disk_gb = Some(5)), "locations[1].servers[0].disk_gb", "10 GB"),
        (with(&|l| l.servers.push(l.servers[0].clone())), "locations[1].servers[1].role", "twice"),
        (
            Blueprint::new(
                owner(),
                vec![SshKey::new(name("k"), "ops", "x")],
                vec![north(servers())],
            ),
            "keys[0]",
            "is no public key",
        ),
        (Blueprint::new(owner(), Vec::new(), Vec::new()), "locations", "at least one"),
    ] {
        let problems = result.expect_err(why);
        let found = problems.iter().find(|problem| problem.field == field);
        let found = found.unwrap_or_else(|| panic!("{field}: {problems:?}"));
        assert!(found.message.contains(why), "{found}");
    }
}

#[tokio::test]
async fn other_keys_come_onto_servers_that_are_there_and_old_ones_are_forgotten() {
    let (cloud, clouds) = memory();
    let servers = ServersSpec::new(Role::App, "small", 2);
    let anna = SshKey::new(name("anna"), "anna", KEY);
    let bert = SshKey::new(name("bert"), "bert", KEY.replace("AAAAIAcI", "AAAAIAcJ"));
    for (keys, steps) in [(vec![anna], 8), (vec![bert], 4)] {
        let blueprint = one(servers.clone(), keys);
        let job =
            Job::new(&blueprint, &clouds, &NoScripts, terms(), &cloud_api::blueprint::Unobserved);
        let report = job.apply(None).await.unwrap();
        assert!(report.is_complete(), "{report:#?}");
        assert_eq!(report.results.len(), steps, "{:#?}", report.results);
    }
    let kept = cloud.keys().unwrap().keys(Some(&owner()), call()).await.unwrap();
    assert_eq!(kept.iter().map(|key| key.name.as_str()).collect::<Vec<_>>(), ["acme-bert"]);
}

#[tokio::test]
async fn whoever_watches_hears_of_every_step_from_begin_to_end() {
    let (cloud, clouds) = memory();
    cloud.sell_out("north-a", "small", true);
    let blueprint = one(ServersSpec::new(Role::App, "small", 1), Vec::new());
    let heard = Mutex::new(Vec::new());
    let observer = |event: &Event| {
        let what = match &event.happened {
            Happened::Begun => "begun",
            Happened::NextPlace { .. } => "next place",
            Happened::Ended(_) => "ended",
            _ => "?",
        };
        heard.lock().unwrap().push((event.step.thing, event.step.name.clone(), what));
    };
    let job = Job::new(&blueprint, &clouds, &NoScripts, terms(), &observer);
    let report = job.apply(None).await.unwrap();
    assert!(report.is_complete(), "{report:#?}");
    let heard = heard.lock().unwrap();
    let of = |what: &str| heard.iter().filter(|(.., said)| *said == what).count();
    assert_eq!((of("begun"), of("next place"), of("ended")), (5, 1, 5), "{heard:?}");
}

#[tokio::test]
async fn somebody_elses_servers_are_no_part_of_a_plan() {
    let (cloud, clouds) = memory();
    let other = Owner::parse("other").unwrap();
    let spec = cloud_api::ServerSpec::new(name("web"), other, "north-a", "small", "debian-12");
    cloud.create(&spec, call()).await.unwrap();
    let blueprint = one(ServersSpec::new(Role::App, "small", 1), Vec::new());
    let job = Job::new(&blueprint, &clouds, &NoScripts, terms(), &cloud_api::blueprint::Unobserved);
    let plan = job.plan().await;
    assert!(plan.steps.iter().all(|step| step.action == Action::Create), "{plan:#?}");
    assert_eq!(plan.cost.totals["EUR"].cents(), "4.00", "addresses have no price there");
    assert!(!plan.cost.complete);
}

#[tokio::test]
async fn an_application_and_a_destruction_can_be_given_to_tasks() {
    let (cloud, clouds) = memory();
    let blueprint = one(ServersSpec::new(Role::App, "small", 2), Vec::new());
    let given = clouds.clone();
    let applying = tokio::spawn(async move {
        let job = Job::new(&blueprint, &given, &NoScripts, terms(), &Unobserved);
        job.apply(None).await.map(|report| report.left.steps.len())
    });
    assert_eq!(applying.await.expect("no panic").ok(), Some(0));
    assert_eq!(cloud.servers(Some(&owner()), call()).await.expect("servers").len(), 2);
    let destroying =
        tokio::spawn(async move { destroy(&owner(), &clouds, &terms(), &Unobserved).await });
    assert!(destroying.await.expect("no panic").is_complete());
    assert!(cloud.servers(Some(&owner()), call()).await.expect("servers").is_empty());
}
