//! `schwenk check`: is the configuration right, and what does it mean? Changes nothing.
mod cluster;
mod numbers;
mod providers;
mod target;

use std::time::Duration;

use clap::Args;
use failover_core::ServiceSnapshot;
use failover_core::Severity;
use serde::Serialize;

use self::numbers::{Numbers, numbers};
pub use self::numbers::{percent, spell};
use self::providers::{Looked, look};
use super::exit::{Exit, Failed};
use super::out::{Out, table};
use super::remote::{Remote, RemoteArgs};
use super::{ConfigArg, load};
use crate::compose;
use crate::config::duration::{self, show};
use crate::config::{Config, Service, effective};

#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// Do not ask the providers.
    #[arg(long)]
    offline: bool,
    /// Also reckon with the losses that the running watcher has measured.
    #[arg(long)]
    measured: bool,
    #[command(flatten)]
    remote: RemoteArgs,
    /// How long a question to a provider may take.
    #[arg(long, value_name = "DURATION", default_value = "10 s", value_parser = duration::parse)]
    timeout: Duration,
}

/// All that was found.
#[derive(Debug, Serialize)]
struct Checked {
    /// What is doubtful.
    warnings: Vec<String>,
    /// What is wrong and only the providers could tell.
    problems: Vec<String>,
    /// What each provider shows; empty with `--offline`.
    providers: Vec<Looked>,
    /// What each member of the shared store answers; empty with `--offline`.
    members: Vec<cluster::Member>,
    /// What each service means.
    services: Vec<Meaning>,
    /// Who is told what.
    channels: Vec<Told>,
}

/// What a channel tells.
#[derive(Debug, Serialize)]
struct Told {
    name: String,
    kind: &'static str,
    what: String,
}

/// What one service's settings amount to.
#[derive(Debug, Serialize)]
struct Meaning {
    service: String,
    record: String,
    ttl: u32,
    preset: String,
    policy: failover_core::PolicySpec,
    numbers: Numbers,
}

pub async fn check(args: CheckArgs, out: Out) -> Result<Exit, Failed> {
    let config = load(&args.config)?;
    let seen = match args.measured {
        true => Remote::new(&args.remote)?.snapshot().await?.services,
        false => Vec::new(),
    };
    let services = config.services.iter().map(|service| meaning(service, &config, &seen));
    let services: Vec<Meaning> = services.collect();
    let (providers, mut problems) =
        if args.offline { (Vec::new(), Vec::new()) } else { look(&config, args.timeout).await };
    let (members, missing) =
        if args.offline { (Vec::new(), Vec::new()) } else { cluster::look(&config).await };
    problems.extend(missing);
    let warnings = doubts(&config);
    let channels = channels(&config)?;
    let checked = Checked { warnings, problems, providers, members, services, channels };
    out.print(&checked, || text(&config, &checked, args.offline))?;
    if checked.problems.is_empty() {
        return Ok(Exit::Done);
    }
    Err(Failed::input(checked.problems.join("\n")))
}

fn channels(config: &Config) -> Result<Vec<Told>, Failed> {
    let made = compose::channels(config).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Failed::input(lines.join("\n"))
    })?;
    compose::heartbeat(config.heartbeat.as_ref())
        .map_err(|problem| Failed::input(problem.to_string()))?;
    let told = made.into_iter().map(|channel| {
        let least = match channel.least {
            Severity::Info => "everything",
            Severity::Warning => "warnings and worse",
            Severity::Critical => "what is critical",
        };
        let whom = match &channel.services {
            Some(services) => format!("of {}", services.join(", ")),
            None => "of all services".to_owned(),
        };
        let remind = match channel.remind_every {
            Some(every) => format!("reminders every {}", show(every)),
            None => "no reminders".to_owned(),
        };
        let quiet = if channel.quiet { ", quietly" } else { "" };
        let what = format!("{least} {whom}{quiet}, {remind}");
        Told { name: channel.name, kind: channel.channel.kind(), what }
    });
    Ok(told.collect())
}

/// What each service's settings amount to, as lines of a table.
pub fn consequences(config: &Config) -> Vec<(String, Vec<Vec<String>>)> {
    let each = config.services.iter().map(|service| {
        let policy = service.policy.spec();
        let numbers = numbers(policy, &config.expect, &[]);
        (policy.service.clone(), numbers::rows(&numbers, service.ttl))
    });
    each.collect()
}

/// All that is allowed and doubtful.
pub fn doubts(config: &Config) -> Vec<String> {
    let mut all = warnings(config);
    all.extend(cluster::warnings(config));
    all
}

fn warnings(config: &Config) -> Vec<String> {
    let policies = config.services.iter().map(|service| service.policy.spec());
    let reporters: Vec<&str> = match &config.cluster {
        Some(cluster) => cluster.vantages.iter().map(String::as_str).collect(),
        None => vec![&config.vantage],
    };
    let missed = policies.flat_map(|policy| target::missed(policy, &config.expect, &reporters));
    config.warnings.iter().map(ToString::to_string).chain(missed).collect()
}

fn meaning(service: &Service, config: &Config, seen: &[ServiceSnapshot]) -> Meaning {
    let policy = service.policy.spec();
    let seen = seen.iter().find(|seen| seen.view.service == policy.service);
    let losses = seen.map(|seen| seen.losses.iter().flatten().cloned().collect::<Vec<_>>());
    Meaning {
        service: policy.service.clone(),
        record: service.record.to_string(),
        ttl: service.ttl,
        preset: service.preset.clone(),
        policy: policy.clone(),
        numbers: numbers(policy, &config.expect, &losses.unwrap_or_default()),
    }
}

fn text(config: &Config, checked: &Checked, offline: bool) -> String {
    let mut text = String::new();
    for warning in &checked.warnings {
        text += &format!("warning: {warning}\n");
    }
    for (service, meaning) in config.services.iter().zip(&checked.services) {
        text += &describe(service, meaning);
    }
    let rows: Vec<Vec<String>> = checked
        .channels
        .iter()
        .map(|told| vec![format!("notify {}", told.name), told.kind.to_owned(), told.what.clone()])
        .collect();
    text += &table(&rows);
    if let Some(heartbeat) = &config.heartbeat {
        text += &format!("heartbeat every {}\n", show(heartbeat.every));
    }
    for provider in &checked.providers {
        text += &providers::describe(provider);
    }
    for member in &checked.members {
        text += &cluster::describe(member);
    }
    let asked = if offline { "The providers were not asked." } else { "Nothing was changed." };
    let verdict = match checked.problems.len() {
        0 => format!("The configuration is right. {asked}"),
        count => format!("{count} problems. {asked}"),
    };
    text + &verdict
}

fn describe(service: &Service, meaning: &Meaning) -> String {
    let Meaning { service: name, record, ttl, preset, .. } = meaning;
    let mut text = format!("service {name}: {record}, TTL {ttl} s, preset {preset}\n");
    let mut rows = Vec::new();
    for site in &service.sites {
        let addresses: Vec<String> = site.addresses.iter().map(ToString::to_string).collect();
        rows.push(vec![
            format!("  site {}", site.name),
            addresses.join(" "),
            site.location.clone(),
        ]);
    }
    for (check, policy) in service.checks.iter().zip(&meaning.policy.checks) {
        let pace = format!(
            "every {} (suspect: {}), timeout {}",
            show(policy.interval),
            show(policy.fast_interval),
            show(policy.timeout)
        );
        let what = effective::check(check);
        rows.push(vec![format!("  check {}", policy.name), what, pace]);
    }
    text += &table(&rows);
    let settings = effective::policy(&meaning.policy).into_iter();
    let rows: Vec<Vec<String>> =
        settings.map(|(key, value)| vec![format!("  {key}"), value]).collect();
    text += &table(&rows);
    text + &numbers::describe(&meaning.numbers, *ttl) + "\n"
}
