//! `schwenk curve`: how the world's caches followed a move, as a running watcher has seen it.
use std::time::Duration;

use clap::Args;
use failover_core::Curve;
use web_api::{Curves, MoveCurve};

use super::dns::draw;
use super::exit::{Exit, Failed};
use super::out::Out;
use super::remote::{Remote, RemoteArgs, escape};
use crate::config::duration::show_moment;

/// Between two looks with `--watch`.
const PACE: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
pub struct CurveArgs {
    #[command(flatten)]
    remote: RemoteArgs,
    /// Only moves of this service.
    service: Option<String>,
    /// The move of this number; default: the latest.
    #[arg(long = "move", value_name = "NUMBER")]
    id: Option<u64>,
    /// Go on until nobody is asked any more.
    #[arg(long)]
    watch: bool,
}

pub async fn curve(args: CurveArgs, out: Out) -> Result<Exit, Failed> {
    let remote = Remote::new(&args.remote)?;
    let mut said = None;
    loop {
        let Some(found) = latest(&remote, args.service.as_deref(), args.id).await? else {
            let message = "there is no curve: nothing was moved yet, or nobody is asked (see \
                           [resolvers] in the configuration)";
            return Err(Failed::input(message));
        };
        if !args.watch || found.curve.end.is_some() {
            out.print(&found, || text(&found.curve))?;
            return Ok(Exit::Done);
        }
        if said != Some((found.new, found.answering)) {
            said = Some((found.new, found.answering));
            out.print(&found, || draw::progress(&found.curve))?;
        }
        tokio::time::sleep(PACE).await;
    }
}

/// The curve of a move, or of the latest.
pub async fn latest(
    remote: &Remote,
    service: Option<&str>,
    id: Option<u64>,
) -> Result<Option<MoveCurve>, Failed> {
    let service = service.map_or(String::new(), |name| format!("&service={}", escape(name)));
    let id = id.map_or(String::new(), |id| format!("&move={id}"));
    let found: Curves = remote.get(&format!("/curves?limit=1{service}{id}")).await?;
    Ok(found.curves.into_iter().next())
}

fn text(curve: &Curve) -> String {
    let Curve { service, id, began, .. } = curve;
    let began = show_moment(began.as_millis());
    format!("{service}: move {}, decided {began}\n{}", id.0, draw::picture(curve))
}
