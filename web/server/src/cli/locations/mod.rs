//! `schwenk locations`: the servers of a blueprint, planned, made, shown and removed.
mod apply;
mod destroy;
mod progress;
mod script;
mod show;
mod text;

use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
use cloud_api::blueprint::{
    Blueprint, Clouds, Job, NoScripts, Observer, Plan, Scripts, Seen, Terms,
};
use cloud_api::{Failure, Kind, SystemClock};

use super::ConfigArg;
use super::exit::{Exit, Failed};
use super::out::Out;
use crate::compose;
use crate::config::{self, duration};
use crate::metrics::Calls;
use crate::places::Rendered;

#[derive(Debug, Args)]
pub struct LocationsArgs {
    #[command(subcommand)]
    command: LocationsCommand,
}

#[derive(Debug, Subcommand)]
enum LocationsCommand {
    /// Show what `apply` would do, and what it costs. Changes nothing.
    Plan {
        #[command(flatten)]
        common: Common,
    },
    /// Make everything as the blueprint says. Goes on where an interrupted attempt has stopped.
    Apply {
        #[command(flatten)]
        common: Common,
        /// Do not ask.
        #[arg(long, short)]
        yes: bool,
        /// Apply exactly the plan with this fingerprint, without asking; refuse any other.
        #[arg(long, value_name = "HEX")]
        fingerprint: Option<String>,
    },
    /// Remove everything that carries the owner, wanted or not.
    Destroy {
        #[command(flatten)]
        common: Common,
        /// The owner, in place of typing it.
        #[arg(long, value_name = "OWNER")]
        confirm: Option<String>,
    },
    /// Show what there is. Changes nothing.
    Show {
        #[command(flatten)]
        common: Common,
    },
    /// Print the boot script of a server, to run it there. IT HOLDS SECRETS.
    Script {
        /// The server's name.
        name: String,
        #[command(flatten)]
        common: Common,
        /// Print nothing; write down that the server has run it.
        #[arg(long)]
        ran: bool,
    },
}

#[derive(Debug, Args)]
struct Common {
    #[command(flatten)]
    config: ConfigArg,
    /// How long one step may take, such as making a server.
    #[arg(
        long, value_name = "DURATION", default_value = "10 min", value_parser = duration::parse
    )]
    step_timeout: Duration,
    /// How often to ask whether work at a provider has ended. Default: as suits the vendor.
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    poll_every: Option<Duration>,
}

/// What every command works with.
struct Work {
    blueprint: Blueprint,
    clouds: Clouds,
    /// `None`: servers without boot scripts.
    scripts: Option<Rendered>,
    terms: Terms,
    out: Out,
}

pub async fn locations(args: LocationsArgs, out: Out) -> Result<Exit, Failed> {
    match args.command {
        LocationsCommand::Plan { common } => show::plan(&common.open(out).await?).await,
        LocationsCommand::Apply { common, yes, fingerprint } => {
            apply::apply(&common.open(out).await?, yes, fingerprint).await
        }
        LocationsCommand::Destroy { common, confirm } => {
            destroy::destroy(&common.open_bare(out).await?, confirm).await
        }
        LocationsCommand::Show { common } => show::show(&common.open(out).await?).await,
        LocationsCommand::Script { name, common, ran } => {
            script::script(&common.open(out).await?, &name, ran).await
        }
    }
}

impl Common {
    async fn open(self, out: Out) -> Result<Work, Failed> {
        self.work(true, out).await
    }

    /// Without what the servers run: to take them away again, neither the application nor a secret
    /// must be there and right.
    async fn open_bare(self, out: Out) -> Result<Work, Failed> {
        self.work(false, out).await
    }

    async fn work(self, with_service: bool, out: Out) -> Result<Work, Failed> {
        let env = |name: &str| std::env::var(name).ok();
        let read = config::locations(&self.config.config, with_service, &env);
        let (locations, warnings) = read.map_err(|problems| {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            Failed::input(lines.join("\n"))
        })?;
        for warning in &warnings {
            eprintln!("warning: {warning}");
        }
        let clouds =
            compose::clouds(&locations.providers, self.poll_every, &Calls::default()).await;
        let clouds = clouds.map_err(|problem| Failed::input(problem.to_string()))?;
        let pause = self.poll_every.unwrap_or(Duration::from_secs(1));
        let terms = Terms::new(Arc::new(SystemClock)).patience(self.step_timeout, pause);
        let scripts = match locations.run {
            Some(run) => Some(Rendered::open(run.settings, &run.secrets).map_err(Failed::input)?),
            None => None,
        };
        Ok(Work { blueprint: locations.blueprint, clouds, scripts, terms, out })
    }
}

impl Work {
    /// What there is and what is to be done, or which provider does not answer.
    async fn look(&self) -> Result<(Seen, Plan), Failed> {
        let seen = self.see().await;
        if let Some(scripts) = &self.scripts {
            scripts.fit(&seen, self.blueprint.owner()).map_err(Failed::input)?;
        }
        let plan = cloud_api::blueprint::plan(&self.blueprint, &seen, self.scripts());
        Ok((seen, plan))
    }

    fn scripts(&self) -> &dyn Scripts {
        match &self.scripts {
            Some(scripts) => scripts,
            None => &NoScripts,
        }
    }

    fn job<'a>(&'a self, observer: &'a dyn Observer) -> Job<'a> {
        let terms = self.terms.clone();
        Job::new(&self.blueprint, &self.clouds, self.scripts(), terms, observer)
    }

    async fn see(&self) -> Seen {
        let call = cloud_api::Call::until(std::time::Instant::now() + self.terms.patience);
        cloud_api::blueprint::see(&self.blueprint, &self.clouds, call).await
    }
}

/// What failures mean for the exit code: the first that is not mere silence counts.
fn exit<'f>(failures: impl Iterator<Item = &'f Failure>) -> Exit {
    let codes = failures.map(|failure| match failure.kind {
        Kind::Unavailable | Kind::Timeout => Exit::Unreachable,
        Kind::Protocol => Exit::Failed,
        _ => Exit::Refused,
    });
    codes
        .reduce(|one, other| if one == Exit::Unreachable { other } else { one })
        .unwrap_or(Exit::Failed)
}
