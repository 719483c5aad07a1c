//! Reads a zone at Hetzner, plans a change, shows the plan, applies it and waits for its actions.
//!
//! `cargo run -p examples --bin hetzner_dns`; see `examples/src/lib.rs` for the real API.
use dns_provider::lookup::find_zone;
use dns_provider::plan::{SafetyLimits, Scope, plan};
use dns_provider::{DnsProvider, Key, Name, RecordType, RrSet, Zone};
use examples::{Failed, call, hetzner};

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let stage = hetzner().await?;
    let provider = stage.provider.as_ref();
    let zone = find_zone(provider, &stage.zone, call()).await?;
    let can = provider.capabilities();
    println!("zone {} (id {}): {:?}, {:?}", zone.name, zone.id, can.guard, can.atomicity);

    let key = Key::new(Name::parse(&format!("example.{}", zone.name))?, RecordType::A);
    bring(provider, &zone, &[RrSet::new(key.clone(), 120, ["192.0.2.10"])]).await?;
    // Another value and another TTL: two steps at Hetzner, and the report says how far they came.
    bring(provider, &zone, &[RrSet::new(key.clone(), 60, ["192.0.2.20"])]).await?;

    // A TTL below the provider's floor is refused before any request.
    let too_short = [RrSet::new(key.clone(), 5, ["192.0.2.20"])];
    let now = provider.rrsets(&zone, call()).await?;
    let scope = Scope::of(&too_short);
    match plan(&zone, &now, &too_short, &scope, can, &SafetyLimits::default()) {
        Ok(_) => println!("a TTL of 5 s is fine here"),
        Err(refused) => println!("a TTL of 5 s: {refused}"),
    }

    let gone = dns_provider::Change::remove(key, dns_provider::Expect::Any);
    let report = provider.apply(&dns_provider::ChangeSet::new(zone, vec![gone]), call()).await?;
    for ticket in &report.pending {
        provider.settle(ticket, call()).await?;
    }
    println!("tidied up: {:?}", report.outcomes);
    Ok(())
}

/// Plans from what is there, shows the plan, applies it and waits until it is published.
async fn bring(provider: &dyn DnsProvider, zone: &Zone, want: &[RrSet]) -> Result<(), Failed> {
    let now = provider.rrsets(zone, call()).await?;
    let limits = SafetyLimits::default();
    let set = plan(zone, &now, want, &Scope::of(want), provider.capabilities(), &limits)?;
    println!("\nplan:");
    for change in &set.changes {
        for line in change.desired.iter().flat_map(RrSet::lines) {
            println!("  + {line}");
        }
    }
    let report = provider.apply(&set, call()).await?;
    for ticket in &report.pending {
        provider.settle(ticket, call()).await?;
    }
    for (key, outcome) in &report.outcomes {
        println!("{key}: {outcome:?}");
    }
    Ok(())
}
