//! The commands of an operator: switch, arm, disarm, rearm, maintenance.
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use failover_core::{Command, ServiceSnapshot, SiteId, Snapshot, Timestamp};
use web_api::{CommandAnswer, CommandRequest, Plan};

use super::exit::{Exit, Failed};
use super::out::Out;
use super::remote::{Remote, RemoteArgs, escape};
use super::{ask, events, status};
use crate::config::duration;

#[derive(Debug, Args)]
pub struct SwitchArgs {
    #[command(flatten)]
    remote: RemoteArgs,
    /// The service.
    service: String,
    /// The site to move to.
    #[arg(long)]
    to: String,
    /// The site it is served from now; refused if it is another. Default: what the watcher says.
    #[arg(long)]
    from: Option<String>,
    /// Move even though the target is not known to be up.
    #[arg(long)]
    force: bool,
    /// At one of several watchers whose shared store is away: this one alone moves the service.
    #[arg(long, requires = "force")]
    alone: bool,
    /// Do not ask.
    #[arg(long, short)]
    yes: bool,
    /// Wait until the move is complete, at most this long.
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    wait: Option<Duration>,
}

#[derive(Debug, Args)]
pub struct ServiceArgs {
    #[command(flatten)]
    remote: RemoteArgs,
    /// The service; not needed if there is only one.
    service: Option<String>,
}

#[derive(Debug, Args)]
pub struct DisarmArgs {
    #[command(flatten)]
    remote: RemoteArgs,
    /// The service; not needed if there is only one.
    service: Option<String>,
    /// For how long; it arms itself again.
    #[arg(long = "for", value_name = "DURATION", value_parser = duration::parse)]
    time: Duration,
}

#[derive(Debug, Args)]
pub struct MaintenanceArgs {
    #[command(flatten)]
    remote: RemoteArgs,
    /// The site.
    site: String,
    /// Out of the choice, or back.
    #[arg(value_enum)]
    state: OnOff,
    /// The service; not needed if only one has this site.
    #[arg(long)]
    service: Option<String>,
    /// For how long; the site returns by itself.
    #[arg(
        long = "for", value_name = "DURATION", value_parser = duration::parse, default_value = "4 h"
    )]
    time: Duration,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OnOff {
    On,
    Off,
}

pub async fn switch(args: SwitchArgs, out: Out) -> Result<Exit, Failed> {
    let remote = Remote::new(&args.remote)?;
    let snapshot = remote.snapshot().await?;
    let service = one(&snapshot, Some(&args.service))?;
    let to = site(service, &args.to)?;
    let from = match &args.from {
        Some(name) => site(service, name)?,
        None => service.view.desired.single().ok_or_else(|| {
            Failed::new(Exit::Refused, "no single site is active; name one with --from")
        })?,
    };
    let name = &service.view.service;
    if !args.yes || !out.json {
        let path = format!("/services/{}/plan?to={}", escape(name), escape(&args.to));
        let plan: Plan = remote.get(&path).await?;
        eprint!("{}", describe(&plan));
    }
    ask::confirm(name, args.yes)?;
    let command = match args.force {
        true => Command::Force { from, to },
        false => Command::SwitchOver { from, to },
    };
    let answer = order(&remote, name, CommandRequest { command, alone: args.alone }, out).await?;
    match args.wait {
        Some(patience) => wait(&remote, name, to, patience, answer, out).await,
        None => Ok(Exit::Done),
    }
}

/// Waits until no move is open any more and the service is where it was sent.
async fn wait(
    remote: &Remote,
    name: &str,
    to: SiteId,
    patience: Duration,
    answer: CommandAnswer,
    out: Out,
) -> Result<Exit, Failed> {
    let end = Instant::now() + patience;
    let decided = answer.events.last().map_or(0, |record| record.seq);
    loop {
        let snapshot = remote.snapshot().await?;
        let view = &one(&snapshot, Some(name))?.view;
        if view.open_move.is_none() && view.desired.single() == Some(to) {
            let done = format!(
                "complete after event {decided}: {}",
                status::names(view.desired, &one(&snapshot, Some(name))?.sites)
            );
            out.note(&done)?;
            return Ok(Exit::Done);
        }
        if Instant::now() >= end {
            let text = format!("not complete after {}", duration::show(patience));
            return Err(Failed::new(Exit::NotConverged, text));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

pub async fn arm(args: ServiceArgs, out: Out) -> Result<Exit, Failed> {
    simple(&args, Command::Arm, out).await
}

pub async fn rearm(args: ServiceArgs, out: Out) -> Result<Exit, Failed> {
    simple(&args, Command::Rearm, out).await
}

async fn simple(args: &ServiceArgs, command: Command, out: Out) -> Result<Exit, Failed> {
    let remote = Remote::new(&args.remote)?;
    let snapshot = remote.snapshot().await?;
    let service = one(&snapshot, args.service.as_deref())?;
    send(&remote, &service.view.service, command, out).await?;
    Ok(Exit::Done)
}

pub async fn disarm(args: DisarmArgs, out: Out) -> Result<Exit, Failed> {
    let remote = Remote::new(&args.remote)?;
    let snapshot = remote.snapshot().await?;
    let service = one(&snapshot, args.service.as_deref())?;
    let until = snapshot.at.plus(args.time);
    send(&remote, &service.view.service, Command::Disarm { until }, out).await?;
    Ok(Exit::Done)
}

pub async fn maintenance(args: MaintenanceArgs, out: Out) -> Result<Exit, Failed> {
    let remote = Remote::new(&args.remote)?;
    let snapshot = remote.snapshot().await?;
    let with_site = |service: &&ServiceSnapshot| service.sites.iter().any(|s| s.name == args.site);
    let service = match &args.service {
        Some(name) => one(&snapshot, Some(name))?,
        None => match snapshot.services.iter().filter(with_site).collect::<Vec<_>>()[..] {
            [service] => service,
            [] => return Err(Failed::input(format!("no service has a site \"{}\"", args.site))),
            _ => return Err(Failed::input("several services have this site; add --service")),
        },
    };
    let site = site(service, &args.site)?;
    // The watcher's clock counts, not this machine's.
    let until: Timestamp = snapshot.at.plus(args.time);
    let command = match args.state {
        OnOff::On => Command::MaintenanceOn { site, until },
        OnOff::Off => Command::MaintenanceOff { site },
    };
    send(&remote, &service.view.service, command, out).await?;
    Ok(Exit::Done)
}

async fn send(
    remote: &Remote,
    service: &str,
    command: Command,
    out: Out,
) -> Result<CommandAnswer, Failed> {
    order(remote, service, CommandRequest { command, alone: false }, out).await
}

async fn order(
    remote: &Remote,
    service: &str,
    request: CommandRequest,
    out: Out,
) -> Result<CommandAnswer, Failed> {
    let path = format!("/services/{}/command", escape(service));
    let answer: CommandAnswer = remote.post(&path, &request).await?;
    out.print(&answer, || {
        answer.events.iter().map(|record| events::line(record) + "\n").collect()
    })?;
    Ok(answer)
}

/// The service called `name`, or the only one.
fn one<'s>(snapshot: &'s Snapshot, name: Option<&str>) -> Result<&'s ServiceSnapshot, Failed> {
    let names = || {
        let names: Vec<&str> =
            snapshot.services.iter().map(|service| service.view.service.as_str()).collect();
        names.join(", ")
    };
    match (name, &snapshot.services[..]) {
        (None, [only]) => Ok(only),
        (None, _) => Err(Failed::input(format!("which service? there are: {}", names()))),
        (Some(name), services) => {
            let found = services.iter().find(|service| service.view.service == name);
            let message = || format!("there is no service \"{name}\"; there are: {}", names());
            found.ok_or_else(|| Failed::input(message()))
        }
    }
}

fn site(service: &ServiceSnapshot, name: &str) -> Result<SiteId, Failed> {
    let place = service.sites.iter().position(|site| site.name == name);
    place.and_then(|place| u8::try_from(place).ok()).map(SiteId).ok_or_else(|| {
        let names: Vec<&str> = service.sites.iter().map(|site| site.name.as_str()).collect();
        let names = names.join(", ");
        Failed::input(format!("{} has no site \"{name}\"; it has: {names}", service.view.service))
    })
}

/// A plan for people.
fn describe(plan: &Plan) -> String {
    let from = plan.from.as_deref().unwrap_or("nowhere known");
    let mut text = format!("{}: {from} → {}\n", plan.service, plan.to);
    for provider in &plan.providers {
        text += &format!("  {}:\n", provider.provider);
        if let Some(problem) = &provider.problem {
            text += &format!("    ! {problem}\n");
        }
        for (sign, lines) in [('-', &provider.remove), ('+', &provider.add)] {
            for line in lines {
                text += &format!("    {sign} {line}\n");
            }
        }
    }
    for check in &plan.checks {
        text += &format!("  {} {}\n", if check.ok { "ok " } else { "NOT" }, check.text);
    }
    let secs = plan.converges_in_secs;
    text + &format!(
        "  caches forget the old answer within {secs} s of the last provider's change\n"
    )
}
