//! `schwenk notify test`: a quiet message through each channel.
use std::time::Duration;

use clap::Args;
use futures_util::future::join_all;
use web_api::ChannelTested;

use crate::cli::exit::{Exit, Failed};
use crate::cli::out::{Out, table};
use crate::cli::{ConfigArg, load};
use crate::compose;
use crate::config::duration::show;
use crate::config::nearest::nearest;
use crate::telling::try_channel;

#[derive(Debug, Args)]
pub struct TestArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// Only this channel.
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
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
    let panel = config.server.public_origin.as_deref();
    let each = channels.iter().map(|channel| try_channel(channel, &config.vantage, panel));
    let tried = join_all(each).await;
    out.print(&tried, || describe(&tried))?;
    if tried.iter().any(|one| !one.delivered && !one.again) {
        return Ok(Exit::Refused);
    }
    let all = tried.iter().all(|one| one.delivered);
    Ok(if all { Exit::Done } else { Exit::Unreachable })
}

fn describe(tried: &[ChannelTested]) -> String {
    let rows: Vec<Vec<String>> = tried
        .iter()
        .map(|one| {
            let took = show(Duration::from_millis(one.millis));
            let outcome = match (&one.problem, one.again) {
                (None, _) => format!("delivered in {took}"),
                (Some(problem), true) => format!("NOT DELIVERED, to be tried again: {problem}"),
                (Some(problem), false) => format!("REFUSED: {problem}"),
            };
            vec![one.channel.clone(), one.kind.clone(), outcome]
        })
        .collect();
    table(&rows)
}
