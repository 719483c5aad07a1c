//! `schwenk standby`: what a hot, a warm and a cold standby cost, and how soon each serves.
mod figures;

use std::time::{Duration, Instant};

use clap::Args;
use cloud_http::Call;

use super::exit::{Exit, Failed};
use super::out::{Out, table};
use super::{ConfigArg, load};
use crate::compose;
use crate::config::{Config, Site};
use crate::metrics::Calls;
use figures::{Row, Times};

/// How long the clouds may take to say what the servers are.
const PATIENCE: Duration = Duration::from_secs(30);

/// Arguments of `schwenk standby`.
#[derive(Debug, Args)]
pub struct StandbyArgs {
    #[command(flatten)]
    config: ConfigArg,
}

pub async fn standby(args: StandbyArgs, out: Out) -> Result<Exit, Failed> {
    let config = load(&args.config)?;
    let clouds = compose::clouds_of_sites(&config, &Calls::default()).await;
    let clouds = clouds.map_err(|problem| Failed::input(problem.to_string()))?;
    let mut rows = Vec::new();
    for service in &config.services {
        let times = times(&config, service)?;
        for site in &service.sites {
            let Some(servers) = compose::site_servers(site, &clouds) else { continue };
            let call = Call::until(Instant::now() + PATIENCE);
            let asked = figures::costs(&servers, databases(site), call).await;
            let asked = asked.map_err(|message| {
                Failed::new(Exit::Unreachable, format!("{}: {message}", site.name))
            })?;
            rows.extend(figures::rows(service, site, &asked, &times));
        }
    }
    if rows.is_empty() {
        let message = "no site of this configuration names its servers; write servers = [\"…\"] \
                       and cloud = \"…\" at [[services.sites]]";
        return Err(Failed::input(message));
    }
    out.print(&rows, || text(&rows))?;
    Ok(Exit::Done)
}

fn databases(site: &Site) -> &[String] {
    site.servers.as_ref().map_or(&[], |servers| &servers.databases)
}

/// What the journal has measured. One that is not there has measured nothing.
fn times(config: &Config, service: &crate::config::Service) -> Result<Times, Failed> {
    if !config.journal.exists() {
        return Ok(Times::default());
    }
    let failed = |error: watcher::JournalError| Failed::other(error.to_string());
    let name = &service.policy.spec().service;
    let changes = watcher::power_changes(&config.journal).map_err(failed)?;
    let events = watcher::read_events(&config.journal, 0, 10_000, Some(name)).map_err(failed)?;
    Ok(Times::of(name, &changes, &events))
}

fn text(rows: &[Row]) -> String {
    let heads = ["SERVICE", "SITE", "STANDBY", "A MONTH", "SEEN", "STARTED", "PUBLISHED", "IN ALL"];
    let mut lines = vec![heads.map(str::to_owned).to_vec()];
    lines.extend(rows.iter().map(Row::cells));
    let mut text = table(&lines);
    let mut notes: Vec<&String> = rows.iter().flat_map(|row| &row.notes).collect();
    notes.sort();
    notes.dedup();
    for note in notes {
        text.push_str(&format!("\n{note}"));
    }
    text.push_str(
        "\n* is what the configuration says. SEEN is the bound for a site that answers nothing; \
         STARTED and PUBLISHED\nare the longest times in the journal. Caches keep the old answer \
         for the TTL on top of that.\n",
    );
    text
}
