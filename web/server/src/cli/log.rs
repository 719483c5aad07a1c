//! Where the program's own messages go: standard error, as text or JSON.
use std::io::{self, IsTerminal};

use clap::Args;
use tracing_subscriber::EnvFilter;

use super::exit::Failed;
use crate::config::{Log, LogFormat, LogLevel};

#[derive(Debug, Args)]
pub struct LogArgs {
    /// What to log: error, warn, info, debug, trace, or per module ("info,watcher=debug").
    #[arg(long, global = true, value_name = "LEVEL", env = "SCHWENK_LOG")]
    log: Option<String>,
    /// How to log; text unless said otherwise.
    #[arg(long, global = true, value_enum, env = "SCHWENK_LOG_FORMAT")]
    log_format: Option<LogFormat>,
}

impl LogArgs {
    /// Installs the subscriber. What neither the command line nor `configured` says is `level`, as
    /// text.
    pub fn install(&self, level: LogLevel, configured: &Log) -> Result<(), Failed> {
        let configured_level = configured.level.unwrap_or(level);
        let level = self.log.as_deref().unwrap_or(word(configured_level));
        let filter = EnvFilter::try_new(level).map_err(|error| {
            Failed::input(format!("--log {level}: {error}; write one such as \"info\""))
        })?;
        let builder = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_ansi(io::stderr().is_terminal())
            .with_writer(io::stderr);
        let installed = match self.log_format.or(configured.format).unwrap_or(LogFormat::Text) {
            LogFormat::Text => builder.try_init(),
            LogFormat::Json => builder.json().flatten_event(true).try_init(),
        };
        installed.map_err(|error| Failed::other(format!("cannot log: {error}")))
    }
}

fn word(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    }
}
