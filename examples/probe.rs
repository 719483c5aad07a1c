//! Probes one address in several ways and says what happened.
//!
//! `cargo run -p examples --bin probe` probes the emulator's toy sites;
//! `cargo run -p examples --bin probe -- 192.0.2.1 443` a site of yours.
use std::net::IpAddr;
use std::time::Duration;

use cloud_emulator::Fault;
use examples::{Failed, emulator};
use health::{Check, HttpCheck, Kind, Prober, TlsCheck};

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [address, port] = &args[..] {
        let (address, port): (IpAddr, u16) = (address.parse()?, port.parse()?);
        let tls = TlsCheck::new(port, None);
        return probe_all(address, &[Kind::Icmp, Kind::Tcp { port }, Kind::Tls(tls)]).await;
    }
    let emulator = emulator().await?;
    let site = emulator.info().sites.first().ok_or("the emulator has no site")?;
    let mut http = HttpCheck::get(site.port, "/health");
    http.contains = vec!["dbworking".to_owned()];
    let kinds = [Kind::Icmp, Kind::Tcp { port: site.port }, Kind::Http(http)];
    println!("the site {} is well:", site.name);
    probe_all(site.address, &kinds).await?;
    println!("\nits application is broken:");
    emulator.faults().set(Fault::SiteStatus { site: site.name.clone(), status: 503 });
    probe_all(site.address, &kinds).await?;
    println!("\nit is dead:");
    emulator.faults().set(Fault::SiteKilled { site: site.name.clone() });
    probe_all(site.address, &kinds).await
}

async fn probe_all(address: IpAddr, kinds: &[Kind]) -> Result<(), Failed> {
    let prober = Prober::new();
    for kind in kinds {
        let check = Check::new(kind.clone(), Duration::from_secs(2));
        let outcome = prober.probe(&check, address).await;
        let words = outcome.problem.map_or_else(|| "ok".to_owned(), |problem| problem.to_string());
        let name = match kind {
            Kind::Icmp => "icmp",
            Kind::Tcp { .. } => "tcp",
            Kind::Http(_) => "http",
            Kind::Tls(_) => "tls",
            _ => "other",
        };
        println!("  {name:5} {words} ({:.1?})", outcome.elapsed);
    }
    Ok(())
}
