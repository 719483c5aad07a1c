//! An application that dies at any request is finished by the next one.
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_api::Status;
use cloud_api::blueprint::{Blueprint, Job, Unobserved};
use cloud_emulator::Emulator;
use cloud_http::{Transport, TransportError};
use tokio::sync::Notify;

use super::terms;
use super::yard::{
    Naming, apply, blueprint, clear, clouds, emulator, falkenstein, london, plan, six, transport,
};
use crate::support::{call, owner};

/// Carries so many requests out; the last one's answer never comes.
struct Mortal {
    inner: Arc<dyn Transport>,
    left: AtomicUsize,
    dead: Notify,
}

impl fmt::Debug for Mortal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mortal")
    }
}

#[async_trait]
impl Transport for Mortal {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        deadline: Instant,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let left =
            self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        match left {
            Err(_) => std::future::pending().await,
            Ok(1) => {
                let _ = self.inner.send(request, deadline).await;
                self.dead.notify_one();
                std::future::pending().await
            }
            Ok(_) => self.inner.send(request, deadline).await,
        }
    }
}

/// Applies until the `last` request; whether it died before it was done.
async fn dies(emulator: &Emulator, blueprint: &Blueprint, last: usize) -> bool {
    let (left, dead) = (AtomicUsize::new(last), Notify::new());
    let mortal = Arc::new(Mortal { inner: transport(), left, dead });
    let clouds = clouds(emulator, mortal.clone());
    let job = Job::new(blueprint, &clouds, &Naming, terms(), &Unobserved);
    tokio::select! {
        report = job.apply(None) => {
            assert!(report.expect("it begins").is_complete());
            false
        }
        () = mortal.dead.notified() => true,
    }
}

/// Side by side, each at clouds of its own: most of the time they wait for what the dead one has begun.
/// Together they take every request.
const LANES: usize = 6;

/// Does `lane` with 1, 2, 3 … as the first request to die at, in a thread for each; the first request
/// that is never sent.
fn in_lanes(lane: impl AsyncFn(usize) -> usize + Sync) -> usize {
    let lane = &lane;
    let ends: Vec<usize> = std::thread::scope(|scope| {
        let run = |first| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(lane(first))
        };
        let lanes: Vec<_> = (1..=LANES).map(|first| scope.spawn(move || run(first))).collect();
        lanes.into_iter().map(|lane| lane.join().expect("a lane that ends well")).collect()
    });
    ends.into_iter().min().expect("a lane")
}

#[test]
fn whichever_request_is_the_last_the_next_application_ends_the_same() {
    let end = in_lanes(async |first| {
        let emulator = emulator().await;
        let clouds = clouds(&emulator, transport());
        let blueprint = six();
        let mut last = first;
        while dies(&emulator, &blueprint, last).await {
            let report = apply(&blueprint, &clouds).await;
            assert!(report.is_complete(), "after request {last}: {report:#?}");
            let servers = report.there.iter().filter(|one| one.name.contains("-app-"));
            assert_eq!(servers.count(), 4, "two servers and two addresses after request {last}");
            assert!(plan(&blueprint, &clouds).await.is_empty(), "after request {last}");
            clear(&clouds).await;
            last += LANES;
        }
        clear(&clouds).await;
        last
    });
    assert!(end > 50, "six servers take more than {end} requests");
}

#[test]
fn whatever_a_dead_application_has_left_is_removed() {
    let end = in_lanes(async |first| {
        let emulator = emulator().await;
        let clouds = clouds(&emulator, transport());
        let mut last = first;
        while dies(&emulator, &six(), last).await {
            clear(&clouds).await;
            last += LANES;
        }
        clear(&clouds).await;
        last
    });
    assert!(end > 50, "six servers take more than {end} requests");
}

#[test]
fn a_server_that_was_stopped_to_be_resized_runs_again_whichever_request_was_the_last() {
    let of = |hetzner: &str, google: &str| {
        let (mut there, mut here) = (falkenstein(hetzner, 1), london(1));
        for location in [&mut there, &mut here] {
            location.servers.truncate(1);
        }
        here.servers[0].machine = google.to_owned();
        blueprint(vec![there, here])
    };
    let sizes = [of("cax11", "e2-small"), of("cax21", "e2-medium")];
    let end = in_lanes(async |first| {
        let emulator = emulator().await;
        let clouds = clouds(&emulator, transport());
        assert!(apply(&sizes[0], &clouds).await.is_complete());
        let mut last = first;
        // To the larger, to the smaller, and so on.
        for wanted in sizes.iter().rev().cycle() {
            if !dies(&emulator, wanted, last).await {
                break;
            }
            let report = apply(wanted, &clouds).await;
            assert!(report.is_complete(), "after request {last}: {report:#?}");
            for cloud in clouds.values() {
                let servers = cloud.servers(Some(&owner()), call()).await.unwrap();
                assert_eq!(servers.len(), 1);
                let status = &servers[0].status;
                assert_eq!(*status, Status::Running, "after request {last}: {servers:?}");
            }
            last += LANES;
        }
        clear(&clouds).await;
        last
    });
    assert!(end > 30, "two servers are not resized with {end} requests");
}
