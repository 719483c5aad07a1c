//! What the cloud in memory does when things go wrong.
use std::time::Duration;

use cloud_api::memory::Fault;
use cloud_api::{ComputeProvider, Effect, Failure, Kind, MemoryCloud, Power, Retry, Status};

use crate::support::{call, owner, short, spec};

#[tokio::test]
async fn capacity_quota_and_rate_are_three_things() {
    let cloud = MemoryCloud::new("memory");
    cloud.sell_out("north-a", "small", true);
    let failure = cloud.create(&spec("north-a", "small"), call()).await.unwrap_err().failure;
    assert_eq!((failure.kind, failure.retry), (Kind::NoCapacity, Retry::Never));
    assert_eq!(failure.alternatives, ["north-b", "south-a"]);

    cloud.limit(Some(0));
    let failure = cloud.create(&spec("north-b", "small"), call()).await.unwrap_err().failure;
    assert_eq!((failure.kind, failure.retry), (Kind::Quota, Retry::Never));
    cloud.limit(None);

    let rate = Failure::new(Kind::RateLimited, "too many requests").retry(Retry::Later);
    cloud.inject(Fault::Refuse(rate.clone()));
    let failure = cloud.create(&spec("north-b", "small"), call()).await.unwrap_err().failure;
    assert_eq!(failure, rate);
    assert_eq!(cloud.writes(), 0);

    cloud.sell_out("north-a", "small", false);
    assert!(cloud.create(&spec("north-a", "small"), call()).await.is_ok());
}

#[tokio::test]
async fn a_stock_out_found_late_leaves_no_server() {
    let cloud = MemoryCloud::new("memory").with_delay(Duration::from_millis(1));
    cloud.inject(Fault::Work(Failure::new(Kind::NoCapacity, "sold out")));
    let creation = cloud.create(&spec("north-a", "small"), call()).await.unwrap();
    let error = cloud.settle(&creation.ticket.unwrap(), call()).await.unwrap_err();
    assert_eq!(error.failure.kind, Kind::NoCapacity);
    assert_eq!(cloud.server(&creation.id, call()).await.unwrap(), None);
}

#[tokio::test]
async fn a_server_made_without_an_answer_is_found_again() {
    let cloud = MemoryCloud::new("memory");
    cloud.inject(Fault::AnswerLost(Failure::new(Kind::Timeout, "no answer")));
    let failure = cloud.create(&spec("north-a", "small"), call()).await.unwrap_err().failure;
    assert_eq!(failure.effect, Effect::MaybeApplied);
    let creation = cloud.create(&spec("north-a", "small"), call()).await.unwrap();
    assert!(creation.adopted);
    assert_eq!(cloud.writes(), 1);

    cloud.inject(Fault::RequestLost(Failure::new(Kind::Timeout, "no answer")));
    let failure = cloud.delete(&creation.id, call()).await.unwrap_err().failure;
    assert_eq!(failure.effect, Effect::MaybeApplied);
    assert!(cloud.server(&creation.id, call()).await.unwrap().is_some());
}

#[tokio::test]
async fn slow_work_is_unknown_at_the_deadline_and_can_be_waited_for_again() {
    let cloud = MemoryCloud::new("memory").with_delay(Duration::from_secs(1));
    let ticket = cloud.create(&spec("north-a", "small"), call()).await.unwrap().ticket.unwrap();
    let failure = cloud.settle(&ticket, short()).await.unwrap_err().failure;
    assert_eq!((failure.kind, failure.effect), (Kind::Timeout, Effect::MaybeApplied));
    let server = cloud.settle(&ticket, call()).await.unwrap().server.unwrap();
    assert_eq!(server.status, Status::Running);
}

#[tokio::test]
async fn a_stubborn_system_has_to_be_powered_off() {
    let cloud = MemoryCloud::new("memory");
    let creation = cloud.create(&spec("north-a", "small"), call()).await.unwrap();
    cloud.inject(Fault::Stubborn);
    let ticket = cloud.power(&creation.id, Power::Shutdown, call()).await.unwrap().unwrap();
    let failure = cloud.settle(&ticket, short()).await.unwrap_err().failure;
    assert_eq!(failure.kind, Kind::Timeout);
    let ticket = cloud.power(&creation.id, Power::PowerOff, call()).await.unwrap().unwrap();
    let server = cloud.settle(&ticket, call()).await.unwrap().server.unwrap();
    assert_eq!(server.status, Status::Off);
}

#[tokio::test]
async fn a_failed_change_leaves_the_server_as_it_was() {
    let cloud = MemoryCloud::new("memory");
    let creation = cloud.create(&spec("north-a", "small"), call()).await.unwrap();
    cloud.inject(Fault::Work(Failure::new(Kind::Unavailable, "broken")));
    let ticket = cloud.resize(&creation.id, "large", call()).await.unwrap().unwrap();
    assert!(cloud.settle(&ticket, call()).await.is_err());
    let server = cloud.server(&creation.id, call()).await.unwrap().unwrap();
    assert_eq!((server.machine.as_str(), server.status), ("small", Status::Running));
}

#[tokio::test]
async fn read_faults_strike_once_and_can_be_taken_back() {
    let cloud = MemoryCloud::new("memory");
    cloud.inject(Fault::Read(Failure::new(Kind::Unavailable, "down")));
    assert!(cloud.servers(Some(&owner()), call()).await.is_err());
    assert!(cloud.servers(Some(&owner()), call()).await.is_ok());
    cloud.inject(Fault::Read(Failure::new(Kind::Unavailable, "down")));
    cloud.clear_faults();
    assert!(cloud.servers(Some(&owner()), call()).await.is_ok());
}
