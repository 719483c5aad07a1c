//! Makes six servers in two clouds from a blueprint, makes one larger, and removes everything.
//!
//! `cargo run -p examples --bin blueprint`; see `examples/src/compute.rs` for the real APIs. Both
//! clouds are asked; one that is not named there plays in the emulator.
use std::sync::Arc;
use std::time::Duration;

use cloud_api::blueprint::{
    Blueprint, Clouds, Event, Happened, Job, LocationSpec, NoScripts, Plan, ServersSpec, Terms,
    destroy,
};
use cloud_api::{Owner, Range, Role, SystemClock};
use examples::Failed;
use examples::compute::{google, hetzner, name};

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let (google, hetzner) = (google().await?, hetzner().await?);
    // The emulators live as long as these.
    let _emulators = (google.emulator, hetzner.emulator);
    let clouds = Clouds::from([
        ("google".to_owned(), Arc::from(google.cloud)),
        ("hetzner".to_owned(), Arc::from(hetzner.cloud)),
    ]);
    let terms = Terms::new(Arc::new(SystemClock))
        .patience(Duration::from_secs(600), Duration::from_millis(200));
    let result = build(&clouds, &terms).await;
    let owner = Owner::parse("schwenk-example")?;
    let destroyed = destroy(&owner, &clouds, &terms, &watch).await;
    println!("nothing is left: {}", destroyed.is_complete());
    result
}

async fn build(clouds: &Clouds, terms: &Terms) -> Result<(), Failed> {
    for machine in ["cax11", "cax21"] {
        let blueprint = six(machine)?;
        let job = Job::new(&blueprint, clouds, &NoScripts, terms.clone(), &watch);
        let plan = job.plan().await;
        println!("\nwith {machine} at Hetzner: {}", summary(&plan));
        let report = job.apply(Some(&plan.fingerprint)).await?;
        println!("complete: {}, steps: {}", report.is_complete(), report.results.len());
        println!("once more: {} steps", job.apply(None).await?.results.len());
    }
    Ok(())
}

/// HAProxy, application and database in London and in Falkenstein.
fn six(machine: &str) -> Result<Blueprint, Failed> {
    let location = |text: &str, provider, places: [&str; 2], range, machine: &str| {
        let places = places.map(str::to_owned).to_vec();
        let range = Range::parse(range)?;
        let location = LocationSpec::new(name(text)?, provider, places, range, "debian-12");
        let roles = [Role::Haproxy, Role::App, Role::Db];
        let servers = roles.map(|role| ServersSpec::new(role, machine, 1));
        Ok::<_, Failed>(servers.into_iter().fold(location, LocationSpec::servers))
    };
    let zones = ["europe-west2-c", "europe-west2-b"];
    let london = location("london", "google", zones, "10.154.0.0/24", "e2-medium")?;
    let falkenstein = location("falkenstein", "hetzner", ["fsn1", "nbg1"], "10.0.1.0/24", machine)?;
    let owner = Owner::parse("schwenk-example")?;
    let blueprint = Blueprint::new(owner, Vec::new(), vec![london, falkenstein]);
    blueprint.map_err(|problems| problems[0].to_string().into())
}

fn summary(plan: &Plan) -> String {
    let totals = plan.cost.totals.iter();
    let totals = totals.map(|(currency, sum)| format!("{currency} {} a month", sum.cents()));
    let cost = totals.collect::<Vec<_>>().join(" and ");
    let rest = if plan.cost.complete { "" } else { ", and what has no price list" };
    format!("{} steps, {cost}{rest}, plan {}", plan.steps.len(), plan.fingerprint)
}

/// Prints what has been done.
fn watch(event: &Event) {
    if let Happened::Ended(_) = event.happened {
        let step = &event.step;
        println!("  {} {} {} ({})", step.action.word(), step.thing.word(), step.name, step.reason);
    }
}
