//! `schwenk notify`: whether messages arrive, and which have.
mod log;
mod test;

use clap::{Args, Subcommand};

use super::exit::{Exit, Failed};
use super::out::Out;

#[derive(Debug, Args)]
pub struct NotifyArgs {
    #[command(subcommand)]
    command: NotifyCommand,
}

#[derive(Debug, Subcommand)]
enum NotifyCommand {
    /// Send a quiet test message through the channels of a configuration. Needs no watcher.
    Test(test::TestArgs),
    /// Show what a running watcher has told whom, and what has become of it.
    Log(log::LogArgs),
}

pub async fn notify(args: NotifyArgs, out: Out) -> Result<Exit, Failed> {
    match args.command {
        NotifyCommand::Test(args) => test::test(args, out).await,
        NotifyCommand::Log(args) => log::log(args, out).await,
    }
}
