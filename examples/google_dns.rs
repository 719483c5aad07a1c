//! Reads a zone at Google Cloud DNS, changes one RRset guarded by the server, and asks every name
//! server until it answers the change.
//!
//! `cargo run -p examples --bin google_dns`; see `examples/src/lib.rs` for the real API.
use dns_provider::lookup::find_zone;
use dns_provider::propagation::observe;
use dns_provider::{Change, ChangeSet, Expect, Key, Name, RecordType, RrSet};
use examples::{Failed, call, google};
use std::time::Duration;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let stage = google().await?;
    let provider = stage.provider.as_ref();
    let zone = find_zone(provider, &stage.zone, call()).await?;
    println!("zone {} has the id {} and these name servers:", zone.name, zone.id);
    for server in &zone.name_servers {
        println!("  {server}");
    }

    let key = Key::new(Name::parse(&format!("example.{}", zone.name))?, RecordType::A);
    let before = provider.rrset(&zone, &key, call()).await?;
    let expect = before.clone().map_or(Expect::Absent, Expect::Exactly);
    let desired = RrSet::new(key.clone(), 60, ["192.0.2.10", "192.0.2.11"]);
    println!("\nbefore: {before:?}");

    let set = ChangeSet::new(zone.clone(), vec![Change::put(desired, expect)]);
    let report = provider.apply(&set, call()).await?;
    for (key, outcome) in &report.outcomes {
        println!("{key}: {outcome:?}");
    }
    for ticket in &report.pending {
        provider.settle(ticket, call()).await?;
    }

    // The same change again: its precondition does not hold any more, so the server refuses it.
    let stale = provider.apply(&set, call()).await?;
    println!("the same again: {:?}", stale.outcomes);

    for seen in observe(&stage.servers(&zone).await?, &key, Duration::from_secs(2)).await {
        match seen.reply {
            Ok(reply) => println!("{} answers {:?}", seen.server, reply.values),
            Err(why) => println!("{} does not answer: {why}", seen.server),
        }
    }

    let after = provider.rrset(&zone, &key, call()).await?.ok_or("it is gone")?;
    let remove = Change::remove(key, Expect::Exactly(after));
    let report = provider.apply(&ChangeSet::new(zone, vec![remove]), call()).await?;
    println!("tidied up: {:?}", report.outcomes);
    Ok(())
}
