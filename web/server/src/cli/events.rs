//! `schwenk events`: the journal of a running watcher.
use std::time::Duration;

use clap::Args;
use failover_core::{EventRecord, Severity};
use web_api::Events;

use super::exit::{Exit, Failed};
use super::out::Out;
use super::remote::{Remote, RemoteArgs, escape};
use super::stop::Stop;
use crate::config::duration::show_moment;

/// Between two looks with `--follow`.
const PACE: Duration = Duration::from_millis(500);
/// As many as the API gives at once.
const BATCH: u32 = 1000;

#[derive(Debug, Args)]
pub struct EventsArgs {
    #[command(flatten)]
    remote: RemoteArgs,
    /// Only this service.
    #[arg(long)]
    service: Option<String>,
    /// At most this many, the newest.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Only events with a greater number.
    #[arg(long, default_value_t = 0)]
    after: u64,
    /// Go on as events happen, until SIGTERM.
    #[arg(long, short)]
    follow: bool,
}

pub async fn events(args: EventsArgs, out: Out) -> Result<Exit, Failed> {
    let remote = Remote::new(&args.remote)?;
    let service = args.service.as_deref();
    let mut last = show(&remote, service, args.after, args.limit, out).await?;
    if !args.follow {
        return Ok(Exit::Done);
    }
    let stop = Stop::on_signal()?.requested();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => return Ok(Exit::Done),
            () = tokio::time::sleep(PACE) => (),
        }
        last = match show(&remote, service, last, BATCH, out).await {
            Ok(last) => last,
            // A watcher that is being restarted comes back.
            Err(failed) if failed.exit == Exit::Unreachable => last,
            Err(failed) => return Err(failed),
        };
    }
}

/// Prints the events after `after`, oldest first; returns the number of the newest.
async fn show(
    remote: &Remote,
    service: Option<&str>,
    after: u64,
    limit: u32,
    out: Out,
) -> Result<u64, Failed> {
    let only = service.map_or(String::new(), |name| format!("&service={}", escape(name)));
    let path = format!("/events?after={after}&limit={limit}{only}");
    let events: Events = remote.get(&path).await?;
    for record in events.events.iter().rev() {
        out.print(record, || line(record))?;
    }
    Ok(events.events.first().map_or(after, |record| record.seq))
}

/// One event for people.
pub fn line(record: &EventRecord) -> String {
    let severity = match record.severity {
        Severity::Info => "",
        Severity::Warning => "WARNING ",
        Severity::Critical => "CRITICAL ",
    };
    let EventRecord { seq, at, service, text, .. } = record;
    let whom = if service.is_empty() { String::new() } else { format!("{service}: ") };
    format!("{seq:>6}  {}  {whom}{severity}{text}", show_moment(at.as_millis()))
}
