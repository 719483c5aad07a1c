//! `schwenk dns`: read and change RRsets, ask name servers. Needs no watcher.
mod change;
mod doctor;
pub mod draw;
mod propagation;
mod provider;
mod read;
mod watch;

use clap::{Args, Subcommand};

use super::exit::{Exit, Failed};
use super::out::Out;
use provider::ProviderArgs;

#[derive(Debug, Args)]
pub struct DnsArgs {
    #[command(subcommand)]
    command: DnsCommand,
}

#[derive(Debug, Subcommand)]
enum DnsCommand {
    /// Show RRsets as the provider's API stores them.
    Get {
        #[command(flatten)]
        provider: ProviderArgs,
        /// Only this owner name.
        name: Option<String>,
        /// Only this type.
        rtype: Option<String>,
    },
    /// Show what `set` would change.
    Plan {
        #[command(flatten)]
        provider: ProviderArgs,
        #[command(flatten)]
        wanted: change::Wanted,
    },
    /// Put one RRset in place, or remove it. Refused if somebody else changes it meanwhile.
    Set {
        #[command(flatten)]
        provider: ProviderArgs,
        #[command(flatten)]
        wanted: change::Wanted,
        /// Do not ask.
        #[arg(long, short)]
        yes: bool,
    },
    /// Ask every authoritative name server, and public resolvers if wanted.
    Propagation {
        #[command(flatten)]
        provider: ProviderArgs,
        #[command(flatten)]
        question: propagation::Question,
    },
    /// Look for what is wrong with a zone's delegation, and what would break if a provider were
    /// lost.
    Doctor {
        #[command(flatten)]
        provider: ProviderArgs,
        #[command(flatten)]
        question: doctor::Question,
    },
}

pub async fn dns(args: DnsArgs, out: Out) -> Result<Exit, Failed> {
    match args.command {
        DnsCommand::Get { provider, name, rtype } => read::get(provider, name, rtype, out).await,
        DnsCommand::Plan { provider, wanted } => change::plan(provider, wanted, out).await,
        DnsCommand::Set { provider, wanted, yes } => change::set(provider, wanted, yes, out).await,
        DnsCommand::Propagation { provider, question } => {
            propagation::propagation(provider, question, out).await
        }
        DnsCommand::Doctor { provider, question } => doctor::doctor(provider, question, out).await,
    }
}

/// What a provider's failure means for the exit code.
fn failed(error: &dns_provider::Error) -> Failed {
    use dns_provider::Kind;
    let exit = match error.failure.kind {
        Kind::Unavailable | Kind::Timeout => Exit::Unreachable,
        Kind::Invalid | Kind::NotFound | Kind::Unsupported => Exit::Input,
        Kind::Protocol => Exit::Failed,
        _ => Exit::Refused,
    };
    Failed::new(exit, error.to_string())
}
