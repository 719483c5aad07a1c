//! Makes a private network and a server at Google with a reserved address, resizes it, reads its
//! console, and removes everything again.
//!
//! `cargo run -p examples --bin google_compute`; see `examples/src/compute.rs` for the real API.
use cloud_api::{
    Address, AddressSpec, Attachment, NetworkSpec, OpeningSpec, PublicV4, Range, ServerSpec,
    SubnetSpec,
};
use examples::Failed;
use examples::compute::{Yard, google, name};
use secrecy::SecretString;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let yard = google().await?;
    yard.clear().await?;
    let result = build(&yard).await;
    // Whatever happened, nothing is left to be billed.
    yard.clear().await?;
    println!("\ntidied up");
    result
}

async fn build(yard: &Yard) -> Result<(), Failed> {
    let cloud = yard.cloud.as_ref();
    let networks = cloud.networks().ok_or("no networks")?;
    let outer = Range::parse("10.20.0.0/16")?;
    let spec = NetworkSpec::new(name("example-net")?, yard.owner.clone(), outer);
    let network = yard.done(networks.create_network(&spec, yard.call()).await?).await?;
    let inner = Range::parse("10.20.1.0/24")?;
    let owner = yard.owner.clone();
    let spec = SubnetSpec::new(&network, name("example-subnet")?, owner, &yard.place, inner);
    let subnet = yard.done(networks.create_subnet(&spec, yard.call()).await?).await?;
    println!("network {network}, subnet {subnet}");

    // Google lets nothing in by itself; the servers filter on their own.
    let openings = cloud.openings().ok_or("no openings")?;
    let spec = OpeningSpec::everything(name("example-open")?, yard.owner.clone(), &network);
    yard.done(openings.open(&spec, yard.call()).await?).await?;

    // An ephemeral address would be another one after the resize.
    let addresses = cloud.addresses().ok_or("no addresses")?;
    let spec = AddressSpec::new(name("example-ip")?, yard.owner.clone(), &yard.place);
    let reserved = yard.done(addresses.reserve(&spec, yard.call()).await?).await?;
    let all = addresses.addresses(Some(&yard.owner), yard.call()).await?;
    let ours = |address: &&Address| address.id == reserved;
    println!("reserved {:?}", all.iter().find(ours).and_then(|address| address.address));

    let mut spec = yard.spec("example-web")?;
    spec.attachments.push(Attachment::new(&network, &subnet));
    spec.public_v4 = PublicV4::Reserved(reserved);
    spec.boot_script = Some(SecretString::from("#!/bin/sh\necho hello > /dev/ttyS0\n"));
    let server = make(yard, &spec).await?;

    let ticket = cloud.resize(&server, &yard.machines[1], yard.call()).await?;
    let settled = cloud.settle(&ticket.ok_or("nothing to resize")?, yard.call()).await?;
    let after = settled.server.ok_or("the server is gone")?;
    println!("now a {}, moved: {:?}", after.machine, settled.moved);

    if let Some(console) = cloud.console() {
        let output = console.output(&server, 0, yard.call()).await?;
        println!("console: {} bytes", output.text.len());
    }
    Ok(())
}

async fn make(yard: &Yard, spec: &ServerSpec) -> Result<String, Failed> {
    let creation = yard.cloud.create(spec, yard.call()).await?;
    // That the call went well says nothing yet: a stock-out is found in the operation.
    let id = yard.done(creation).await?;
    let server = yard.cloud.server(&id, yard.call()).await?.ok_or("the server is gone")?;
    println!("server {id}: {:?}, {:?}, {:?}", server.status, server.public_v4, server.private);
    Ok(id)
}
