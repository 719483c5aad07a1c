//! Changes an RRset at Google and Hetzner together: one report per provider, also when one of them
//! is down.
//!
//! `cargo run -p examples --bin both_providers`
use std::time::Duration;

use cloud_emulator::{Cloud, Fault};
use dns_provider::lookup::find_zone;
use dns_provider::propagation::observe;
use dns_provider::{Call, Change, ChangeSet, Expect, FanOut, Key, Name, RecordType, RrSet};
use examples::{Failed, call, emulator, google_at, hetzner_at, name_servers};

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let emulator = emulator().await?;
    let (google, hetzner) = (google_at(emulator.clone())?, hetzner_at(emulator.clone())?);
    let zone_name = google.zone.clone();
    let all = FanOut::new(vec![google.provider.clone(), hetzner.provider.clone()]);
    let key = Key::new(Name::parse(&format!("both.{zone_name}"))?, RecordType::A);

    let mut zones = Vec::new();
    for member in all.members() {
        let zone = find_zone(member.as_ref(), &zone_name, call()).await?;
        zones.push((member.id().to_owned(), zone));
    }
    let put = |value: &str| -> Vec<(String, ChangeSet)> {
        let desired = RrSet::new(key.clone(), 60, [value]);
        let set = |zone: &dns_provider::Zone| {
            ChangeSet::new(zone.clone(), vec![Change::put(desired.clone(), Expect::Any)])
        };
        zones.iter().map(|(provider, zone)| (provider.clone(), set(zone))).collect()
    };

    println!("both are well:");
    publish(&all, &put("192.0.2.1"), call()).await;

    println!("\nGoogle's API is down, its name servers live on:");
    let down = Fault::ApiDown { cloud: Cloud::Google };
    emulator.faults().set(down.clone());
    let soon = std::time::Instant::now() + Duration::from_secs(3);
    publish(&all, &put("192.0.2.2"), Call::until(soon)).await;

    println!("\nit is back, the same change again:");
    emulator.faults().clear(&down);
    publish(&all, &put("192.0.2.2"), call()).await;

    println!("\nwhat the name servers say:");
    for provider in ["google", "hetzner"] {
        let servers = name_servers(&emulator, provider)?;
        for seen in observe(&servers, &key, Duration::from_secs(2)).await {
            println!("  {:32} {:?}", seen.server, seen.reply.map(|reply| reply.values));
        }
    }
    Ok(())
}

async fn publish(all: &FanOut, sets: &[(String, ChangeSet)], call: Call) {
    let shares = all.apply(sets, call).await;
    let mut tickets = Vec::new();
    for share in &shares {
        match &share.result {
            Ok(report) => {
                println!("  {}: {:?}", share.provider, report.outcomes);
                tickets.extend(report.pending.clone());
            }
            Err(error) => println!("  {error}"),
        }
    }
    for share in all.settle(&tickets, call).await {
        if let Err(error) = share.result {
            println!("  {error}");
        }
    }
}
