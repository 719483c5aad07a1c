//! Looks up what a server costs at Hetzner, makes one with a private address of its own, switches
//! it off and on, and removes everything again.
//!
//! `cargo run -p examples --bin hetzner_compute`; see `examples/src/compute.rs` for the real API.
use cloud_api::{Attachment, Kind, NetworkSpec, Power, Priced, Range, SubnetSpec};
use examples::Failed;
use examples::compute::{Yard, hetzner, name};

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let yard = hetzner().await?;
    yard.clear().await?;
    let result = build(&yard).await;
    // A server is billed until it is deleted, switched off or not.
    yard.clear().await?;
    println!("\ntidied up");
    result
}

async fn build(yard: &Yard) -> Result<(), Failed> {
    let cloud = yard.cloud.as_ref();
    let prices = cloud.pricing().ok_or("no prices")?.prices(yard.call()).await?;
    for machine in &yard.machines {
        let price = prices.of(&Priced::Machine(machine.clone()), &yard.place);
        let monthly = price.map_or_else(|| "?".to_owned(), |price| price.monthly.cents());
        println!("{machine} at {}: {monthly} {} a month", yard.place, prices.currency);
    }

    let networks = cloud.networks().ok_or("no networks")?;
    let (outer, inner) = (Range::parse("10.30.0.0/16")?, Range::parse("10.30.1.0/24")?);
    let spec = NetworkSpec::new(name("example-net")?, yard.owner.clone(), outer);
    let network = yard.done(networks.create_network(&spec, yard.call()).await?).await?;
    let owner = yard.owner.clone();
    let spec = SubnetSpec::new(&network, name("example-subnet")?, owner, &yard.place, inner);
    let subnet = yard.done(networks.create_subnet(&spec, yard.call()).await?).await?;

    let mut spec = yard.spec("example-web")?;
    let address = inner.nth(10).ok_or("the range is too small")?;
    spec.attachments.push(Attachment::new(&network, &subnet).address(address));
    let id = yard.done(cloud.create(&spec, yard.call()).await?).await?;
    let server = cloud.server(&id, yard.call()).await?.ok_or("the server is gone")?;
    println!("server {id}: {:?}, {:?}, {:?}", server.status, server.public_v4, server.private);

    // The same again finds the server that is there.
    let again = cloud.create(&spec, yard.call()).await?;
    println!("made again: adopted = {}, the same = {}", again.adopted, again.id == id);

    for power in [Power::Shutdown, Power::Start] {
        let ticket = cloud.power(&id, power, yard.call()).await?.ok_or("nothing to do")?;
        let settled = cloud.settle(&ticket, yard.call()).await?;
        println!("{power:?}: {:?}", settled.server.map(|server| server.status));
    }

    match networks.delete_subnet(&subnet, yard.call()).await {
        Err(error) if error.failure.kind == Kind::Busy => println!("in use: {error}"),
        other => println!("a subnet with a server in it: {other:?}"),
    }
    Ok(())
}
