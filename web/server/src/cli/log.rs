//! Where the program's own messages go: standard error, as text or JSON.
use std::io::{self, IsTerminal};

use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;

use super::exit::Failed;

#[derive(Debug, Args)]
pub struct LogArgs {
    /// What to log: error, warn, info, debug, trace, or per module ("info,watcher=debug").
    #[arg(long, global = true, value_name = "LEVEL", env = "SCHWENK_LOG")]
    log: Option<String>,
    /// How to log.
    #[arg(long, global = true, value_enum, default_value = "text", env = "SCHWENK_LOG_FORMAT")]
    log_format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One JSON document per line.
    Json,
}

impl LogArgs {
    /// Installs the subscriber. A command that only asks is quiet unless told otherwise.
    pub fn install(&self, quiet: bool) -> Result<(), Failed> {
        let level = self.log.as_deref().unwrap_or(if quiet { "error" } else { "info" });
        let filter = EnvFilter::try_new(level).map_err(|error| {
            Failed::input(format!("--log {level}: {error}; write one such as \"info\""))
        })?;
        let builder = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_ansi(io::stderr().is_terminal())
            .with_writer(io::stderr);
        let installed = match self.log_format {
            Format::Text => builder.try_init(),
            Format::Json => builder.json().try_init(),
        };
        installed.map_err(|error| Failed::other(format!("cannot log: {error}")))
    }
}
