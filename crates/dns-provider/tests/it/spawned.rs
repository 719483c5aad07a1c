//! Everything asynchronous can run in a task of its own.
use std::sync::Arc;
use std::time::Duration;

use dns_provider::{
    ChangeSet, DnsProvider, FanOut, MemoryDns, SystemClock, conformance, lookup, propagation,
};

use crate::support::{call, key, name, zone};

#[tokio::test]
async fn every_future_can_be_spawned() {
    let dns = Arc::new(MemoryDns::new("m").with_zone(zone(), Vec::new()));
    let all = FanOut::new(vec![Arc::clone(&dns) as Arc<dyn DnsProvider>]);
    let here = || key("app.example.com", "A");
    let sets = [("m".to_owned(), ChangeSet::new(zone(), Vec::new()))];
    let zones = [("m".to_owned(), zone())];
    let spawned = tokio::spawn(async move {
        all.zones(call()).await;
        all.rrset(&zones, &here(), call()).await;
        all.apply(&sets, call()).await;
        all.settle(&[], call()).await;
        lookup::find_zone(&*dns, &name("app.example.com"), call()).await.unwrap();
        let mut local = zone();
        local.name_servers = vec![name("localhost")];
        let servers = propagation::servers_of(&local).await.unwrap();
        let none = Duration::from_millis(1);
        propagation::observe(&servers[..0], &here(), none).await;
        propagation::survey(&[], &here(), none).await;
        conformance::run(&dns, &zone(), &SystemClock).await
    });
    assert!(spawned.await.unwrap().failed().is_empty());
}
