//! The command line.
mod ask;
mod check;
mod curve;
mod demo;
mod dns;
mod emulate;
mod events;
pub mod exit;
mod hash_password;
mod locations;
mod log;
mod measured;
mod notify;
mod operate;
pub mod out;
mod remote;
mod replay;
mod run;
mod standby;
mod status;
mod stop;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use exit::{Exit, Failed};
use out::Out;

use crate::config::{Log, LogLevel};
pub use check::{consequences, doubts, percent, spell};
pub use status::served_from;

/// Keeps services reachable when a cloud fails: watches sites, decides, moves DNS records.
#[derive(Debug, Parser)]
#[command(name = "schwenk", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    /// Print results as JSON, one document per line.
    #[arg(long, global = true)]
    json: bool,
    #[command(flatten)]
    log: log::LogArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show it all without an account: two emulated clouds, a watcher, the panel.
    Demo(demo::DemoArgs),
    /// Watch the services of a configuration and serve the panel.
    Run(run::RunArgs),
    /// Validate a configuration, show what it means, and look at the providers. Changes nothing.
    Check(check::CheckArgs),
    /// Run only the emulated clouds, until SIGTERM.
    Emulate(Box<emulate::EmulateArgs>),
    /// Show the services of a running watcher.
    Status(status::StatusArgs),
    /// Move a service to another site.
    Switch(operate::SwitchArgs),
    /// Let the automation act.
    Arm(operate::ServiceArgs),
    /// Keep the automation from acting, for a while.
    Disarm(operate::DisarmArgs),
    /// Lift the latch after an automatic failover.
    Rearm(operate::ServiceArgs),
    /// Take a site out of the choice, or put it back.
    Maintenance(operate::MaintenanceArgs),
    /// Show what happened.
    Events(events::EventsArgs),
    /// Try the channels by which people are told, or show what they were told.
    Notify(notify::NotifyArgs),
    /// Draw how the world's caches followed a move.
    Curve(curve::CurveArgs),
    /// Feed a recorded incident through the decision again, or through another policy. Needs no
    /// watcher and changes nothing.
    Replay(replay::ReplayArgs),
    /// Read and change RRsets, and ask name servers. Needs no watcher.
    Dns(Box<dns::DnsArgs>),
    /// Make, show and remove the servers of a blueprint at the providers. Needs no watcher.
    Locations(locations::LocationsArgs),
    /// Show what a hot, a warm and a cold standby cost and how soon each serves. Changes nothing.
    Standby(standby::StandbyArgs),
    /// Hash a password or token for the configuration.
    HashPassword(hash_password::HashPasswordArgs),
    /// Print a completion script for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

/// Where the configuration is.
#[derive(Debug, clap::Args)]
struct ConfigArg {
    /// The configuration file.
    #[arg(
        long,
        short,
        value_name = "FILE",
        env = "SCHWENK_CONFIG",
        default_value = "schwenk.toml"
    )]
    config: PathBuf,
}

/// Runs the program with this process's arguments.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misused(&error),
    };
    let out = Out { json: cli.json };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(dispatch(cli, out));
            // A blocked reader of standard input must not keep the process alive.
            runtime.shutdown_background();
            result
        }
        Err(error) => Err(Failed::other(format!("no runtime: {error}"))),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(failed) => told(&failed, out),
    }
}

/// What is no command line: help is not, either, but that was asked for.
fn misused(error: &clap::Error) -> ExitCode {
    let json = std::env::args_os().any(|argument| argument == "--json");
    if !error.use_stderr() || !json {
        // Coloured where there is a terminal; nobody is left to be told that it cannot be printed.
        let _ = error.print();
        return if error.use_stderr() { Exit::Input.into() } else { Exit::Done.into() };
    }
    let text = error.render().to_string();
    let message = text.trim().trim_start_matches("error: ");
    told(&Failed::input(message), Out { json })
}

fn told(failed: &Failed, out: Out) -> ExitCode {
    if out.json {
        let problem = serde_json::json!({ "error": failed.message });
        eprintln!("{problem}");
    } else {
        eprintln!("{}", failed.message);
    }
    failed.exit.into()
}

async fn dispatch(cli: Cli, out: Out) -> Result<Exit, Failed> {
    let log = cli.log;
    if !matches!(cli.command, Command::Run(_)) {
        log.install(LogLevel::Error, &Log::default())?;
    }
    match cli.command {
        Command::Run(args) => {
            // How it logs may stand in its configuration.
            let config = load(&args.config)?;
            log.install(LogLevel::Info, &config.log)?;
            run::run(config, out).await
        }
        Command::Demo(args) => demo::demo(args, out).await,
        Command::Check(args) => check::check(args, out).await,
        Command::Emulate(args) => emulate::emulate(*args, out).await,
        Command::Status(args) => status::status(args, out).await,
        Command::Switch(args) => operate::switch(args, out).await,
        Command::Arm(args) => operate::arm(args, out).await,
        Command::Disarm(args) => operate::disarm(args, out).await,
        Command::Rearm(args) => operate::rearm(args, out).await,
        Command::Maintenance(args) => operate::maintenance(args, out).await,
        Command::Events(args) => events::events(args, out).await,
        Command::Notify(args) => notify::notify(args, out).await,
        Command::Curve(args) => curve::curve(args, out).await,
        Command::Replay(args) => replay::replay(&args, out),
        Command::Dns(args) => dns::dns(*args, out).await,
        Command::Locations(args) => locations::locations(args, out).await,
        Command::Standby(args) => standby::standby(args, out).await,
        Command::HashPassword(args) => hash_password::hash_password(args, out),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "schwenk", &mut script);
            out.text(&String::from_utf8_lossy(&script))
        }
    }
}

/// The configuration, or all of its problems, one per line.
fn load(arg: &ConfigArg) -> Result<crate::config::Config, Failed> {
    let env = |name: &str| std::env::var(name).ok();
    crate::config::load(&arg.config, &env).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Failed::input(lines.join("\n"))
    })
}
