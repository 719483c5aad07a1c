//! `schwenk notify test`: a quiet message through each channel.
use std::time::{Duration, Instant, SystemTime};

use clap::Args;
use cloud_http::Retry;
use futures_util::future::join_all;
use notify::{Kind, Message, Severity};
use serde::Serialize;
use watcher::ChannelSpec;

use crate::cli::exit::{Exit, Failed};
use crate::cli::out::{Out, table};
use crate::cli::{ConfigArg, load};
use crate::compose;
use crate::config::Config;
use crate::config::duration::show;
use crate::config::nearest::nearest;

#[derive(Debug, Args)]
pub struct TestArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// Only this channel.
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
}

/// What became of one message.
#[derive(Debug, Serialize)]
struct Tried {
    channel: String,
    kind: &'static str,
    delivered: bool,
    /// Why not.
    problem: Option<String>,
    /// Whether a watcher would try again.
    again: bool,
    millis: u64,
}

pub async fn test(args: TestArgs, out: Out) -> Result<Exit, Failed> {
    let config = load(&args.config)?;
    let mut channels = compose::channels(&config).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Failed::input(lines.join("\n"))
    })?;
    if channels.is_empty() {
        return Err(Failed::input("the configuration names nobody to tell: add [[notify]]"));
    }
    if let Some(wanted) = &args.channel {
        let hint = nearest(wanted, channels.iter().map(|channel| channel.name.as_str()));
        let hint = hint.map_or(String::new(), |name| format!("; did you mean \"{name}\"?"));
        channels.retain(|channel| channel.name == *wanted);
        if channels.is_empty() {
            return Err(Failed::input(format!("there is no channel \"{wanted}\"{hint}")));
        }
    }
    let tried = join_all(channels.iter().map(|channel| try_one(&config, channel))).await;
    out.print(&tried, || describe(&tried))?;
    if tried.iter().any(|one| !one.delivered && !one.again) {
        return Ok(Exit::Refused);
    }
    let all = tried.iter().all(|one| one.delivered);
    Ok(if all { Exit::Done } else { Exit::Unreachable })
}

async fn try_one(config: &Config, spec: &ChannelSpec) -> Tried {
    let started = Instant::now();
    let deadline = started + spec.timeout;
    let message = message(config);
    let delivering = spec.channel.deliver(&message, deadline);
    let late = tokio::time::timeout_at((deadline + Duration::from_secs(1)).into(), delivering);
    let (problem, again) = match late.await {
        Ok(Ok(())) => (None, false),
        Ok(Err(failure)) => (Some(failure.to_string()), failure.retry != Retry::Never),
        Err(_) => (Some("it does not come to an end".to_owned()), true),
    };
    Tried {
        channel: spec.name.clone(),
        kind: spec.channel.kind(),
        delivered: problem.is_none(),
        problem,
        again,
        millis: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}

fn message(config: &Config) -> Message {
    Message {
        id: format!("test{:016x}", getrandom::u64().unwrap_or(0)),
        key: format!("{}:test", config.vantage),
        kind: Kind::Test,
        severity: Severity::Info,
        service: None,
        text: "somebody wants to know whether messages arrive. Nothing has happened.".to_owned(),
        at: SystemTime::now(),
        since: None,
        vantage: config.vantage.clone(),
        panel: config.server.public_origin.clone(),
        quiet: true,
    }
}

fn describe(tried: &[Tried]) -> String {
    let rows: Vec<Vec<String>> = tried
        .iter()
        .map(|one| {
            let took = show(Duration::from_millis(one.millis));
            let outcome = match (&one.problem, one.again) {
                (None, _) => format!("delivered in {took}"),
                (Some(problem), true) => format!("NOT DELIVERED, to be tried again: {problem}"),
                (Some(problem), false) => format!("REFUSED: {problem}"),
            };
            vec![one.channel.clone(), one.kind.to_owned(), outcome]
        })
        .collect();
    table(&rows)
}
