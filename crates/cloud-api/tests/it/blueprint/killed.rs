//! An application that dies at any request is finished by the next one.
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_api::blueprint::{Job, Unobserved};
use cloud_http::{Transport, TransportError};
use tokio::sync::Notify;

use super::terms;
use super::yard::{Naming, apply, clear, clouds, emulator, plan, six, transport};

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
async fn dies(emulator: &cloud_emulator::Emulator, last: usize) -> bool {
    let (left, dead) = (AtomicUsize::new(last), Notify::new());
    let mortal = Arc::new(Mortal { inner: transport(), left, dead });
    let clouds = clouds(emulator, mortal.clone());
    let blueprint = six();
    let job = Job::new(&blueprint, &clouds, &Naming, terms(), &Unobserved);
    tokio::select! {
        report = job.apply(None) => {
            assert!(report.expect("it begins").is_complete());
            false
        }
        () = mortal.dead.notified() => true,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whichever_request_is_the_last_the_next_application_ends_the_same() {
    let emulator = emulator().await;
    let clouds = clouds(&emulator, transport());
    let blueprint = six();
    let mut last = 1;
    while dies(&emulator, last).await {
        let report = apply(&blueprint, &clouds).await;
        assert!(report.is_complete(), "after request {last}: {report:#?}");
        let servers = report.there.iter().filter(|one| one.name.contains("-app-"));
        assert_eq!(servers.count(), 4, "two servers and two addresses after request {last}");
        assert!(plan(&blueprint, &clouds).await.is_empty(), "after request {last}");
        clear(&clouds).await;
        last += 1;
    }
    assert!(last > 50, "six servers take more than {last} requests");
    clear(&clouds).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_dead_application_has_left_is_removed() {
    let emulator = emulator().await;
    let clouds = clouds(&emulator, transport());
    let mut last = 1;
    while dies(&emulator, last).await {
        clear(&clouds).await;
        last += 1;
    }
    clear(&clouds).await;
}
