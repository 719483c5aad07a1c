//! The demo as a process of its own.
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::driver::Failed;

/// A running demo; it ends when this is dropped.
pub struct Demo {
    pub url: String,
    pub user: String,
    pub password: String,
    _child: Child,
}

impl Demo {
    pub async fn start() -> Result<Self, Failed> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_schwenk"));
        command.args(["demo", "--json", "--port", "0", "--log", "error"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let stdout = child.stdout.take().ok_or("the demo has no output")?;
        let line = BufReader::new(stdout).lines().next_line().await?;
        let said: Value = serde_json::from_str(&line.ok_or("the demo said nothing")?)?;
        let text = |key: &str| said[key].as_str().unwrap_or_default().to_owned();
        Ok(Self { url: text("url"), user: text("user"), password: text("password"), _child: child })
    }
}
