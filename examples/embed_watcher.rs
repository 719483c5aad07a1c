//! Embeds the whole loop in another program: two sites, two providers, one failover.
//!
//! `cargo run -p examples --bin embed_watcher`
use cloud_emulator::Fault;
use examples::{Failed, emulator, google_at, hetzner_at, name_servers, service_at};
use failover_core::Verdict;
use watcher::{ProviderSpec, Watcher};

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let emulator = emulator().await?;
    let stages = [google_at(emulator.clone())?, hetzner_at(emulator.clone())?];
    let folder = tempfile::tempdir()?;
    let mut builder = Watcher::builder("here").journal(folder.path().join("journal.sqlite"));
    for stage in &stages {
        let servers = name_servers(&emulator, stage.provider.id())?;
        let spec = ProviderSpec::new(stage.provider.id(), stage.provider.clone());
        builder = builder.provider(spec.servers(servers));
    }
    let watcher = builder.service(service_at(&emulator, &stages, &["here"])?).build()?;
    let handle = watcher.handle();
    let mut updates = handle.updates();

    let story = async move {
        let names: Vec<String> =
            emulator.info().sites.iter().map(|site| site.name.clone()).collect();
        while let Some(now) = updates.next().await {
            let view = &now.services[0].view;
            let up = view.sites.iter().filter(|site| site.verdict == Verdict::Up).count();
            if up == names.len() && !view.desired.is_empty() {
                break;
            }
        }
        println!("both sites are up; killing {}", names[0]);
        emulator.faults().set(Fault::SiteKilled { site: names[0].clone() });
        while let Some(now) = updates.next().await {
            let view = &now.services[0].view;
            if view.last_move.as_ref().is_some_and(|done| done.completed.is_some()) {
                for answer in &now.services[0].answers {
                    println!("{:32} answers {:?}", answer.server, answer.values);
                }
                break;
            }
        }
        for record in handle.events(0, 100, None).await.unwrap_or_default().iter().rev() {
            println!("{:3} {}", record.seq, record.text);
        }
    };
    watcher.run(story).await?;
    Ok(())
}
