//! How a command ends: the exit codes of `docs/reference/cli.md`.
use std::fmt;

/// How a command ended badly, and what to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The kind of end.
    pub exit: Exit,
    /// What is wrong and what would be right.
    pub message: String,
}

/// The exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// It is done.
    Done = 0,
    /// Something went wrong.
    Failed = 1,
    /// The command line, the input or the configuration is wrong; nothing was changed.
    Input = 2,
    /// It was refused: by the watcher, by a provider, or by the person at the keyboard.
    Refused = 3,
    /// Whoever was asked does not answer.
    Unreachable = 4,
    /// What was waited for has not come about.
    NotConverged = 5,
    /// What was examined is not well.
    Ill = 6,
}

impl Failed {
    /// Something went wrong.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }

    /// The command line, the input or the configuration is wrong.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(Exit::Input, message)
    }

    /// Something went wrong that is nobody's input.
    pub fn other(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
