//! `schwenk notify log`: what a running watcher has told whom.
use clap::Args;
use failover_core::Severity;
use web_api::{Notification, Notifications};

use crate::cli::exit::{Exit, Failed};
use crate::cli::out::Out;
use crate::cli::remote::{Remote, RemoteArgs};
use crate::config::duration::show_moment;

#[derive(Debug, Args)]
pub struct LogArgs {
    #[command(flatten)]
    remote: RemoteArgs,
    /// Only this channel.
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    /// Look at this many, the newest.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

pub async fn log(args: LogArgs, out: Out) -> Result<Exit, Failed> {
    let remote = Remote::new(&args.remote)?;
    let mut told: Notifications =
        remote.get(&format!("/notifications?limit={}", args.limit)).await?;
    if let Some(wanted) = &args.channel {
        if !told.channels.iter().any(|channel| channel.name == *wanted) {
            return Err(Failed::input(format!("there is no channel \"{wanted}\"")));
        }
        told.notifications.retain(|one| one.channel == *wanted);
    }
    for one in told.notifications.iter().rev() {
        out.print(one, || line(one))?;
    }
    let bad = told
        .channels
        .iter()
        .filter(|channel| args.channel.as_ref().is_none_or(|wanted| *wanted == channel.name));
    for channel in bad {
        if let Some(problem) = &channel.problem {
            out.note(&format!(
                "the channel {} does not deliver, {} wait: {problem}",
                channel.name, channel.waiting
            ))?;
        }
    }
    Ok(Exit::Done)
}

fn line(one: &Notification) -> String {
    let severity = match one.severity {
        Severity::Info => "",
        Severity::Warning => "WARNING ",
        Severity::Critical => "CRITICAL ",
    };
    let whom = one.service.as_deref().unwrap_or("watcher");
    let became = match (one.delivery.as_str(), &one.problem) {
        (delivery, Some(problem)) => {
            format!("{delivery} after {} tries ({problem})", one.attempts)
        }
        (delivery, None) => delivery.to_owned(),
    };
    format!(
        "{:>6}  {}  {}: {}, {} {severity}{whom}: {}",
        one.id,
        show_moment(one.at.as_millis()),
        one.channel,
        became.replace('_', " "),
        one.kind,
        one.text
    )
}
