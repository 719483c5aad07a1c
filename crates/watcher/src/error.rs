//! Why a watcher cannot be built, has ended, or does not obey.
use std::path::PathBuf;

use failover_core::{PolicyProblem, Refusal};

/// Why no watcher could be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A part of the description does not fit the rest.
    #[error("{place}: {message}")]
    Spec {
        /// Where: `service app: zones`.
        place: String,
        /// What is wrong and what would be right.
        message: String,
    },
    /// A policy is not valid for what it is used with.
    #[error("service {service}: {problem}")]
    Policy {
        /// Which service.
        service: String,
        /// What is wrong.
        problem: PolicyProblem,
    },
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Why a watcher has ended by itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The journal's own thread is gone; nothing can be recorded any more.
    #[error("the journal has stopped: {0}")]
    Journal(String),
}

/// Why a command had no effect.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// No service has this name.
    #[error("there is no service \"{0}\"")]
    UnknownService(String),
    /// The machine refused; the text says why with names instead of places.
    #[error("refused: {1}")]
    Refused(Refusal, String),
    /// The watcher has ended or is about to.
    #[error("the watcher has stopped")]
    Stopped,
    /// Another watcher leads, and this is what came of passing the command on.
    #[error("{0}")]
    Elsewhere(String),
    /// It was to be obeyed by this watcher alone, and it is not alone.
    #[error("nothing was changed: {0}")]
    NotAlone(String),
    /// The journal could not be written, so nothing was changed.
    #[error("nothing was changed: {0}")]
    Journal(String),
}

/// Why a journal cannot be opened, read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Another watcher uses it.
    #[error(
        "journal {}: in use by another watcher ({holder}); two watchers must not share a journal: \
         stop the other one or give this one its own file",
        path.display()
    )]
    InUse {
        /// The journal.
        path: PathBuf,
        /// What the lock file says of the other one.
        holder: String,
    },
    /// It was written by a newer version.
    #[error(
        "journal {}: schema version {found} is newer than the {known} this version knows; run the \
         newer version, or give another file (a copy is kept as {})",
        path.display(),
        copy.display()
    )]
    Newer {
        /// The journal.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest version this program knows.
        known: i64,
        /// Where a copy of it is kept.
        copy: PathBuf,
    },
    /// It is damaged.
    #[error(
        "journal {}: damaged: {message}; it was left as it is and a copy is kept as {}: restore a \
         backup, or move it away to start with an empty memory",
        path.display(),
        copy.display()
    )]
    Corrupt {
        /// The journal.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
        /// Where a copy of it is kept.
        copy: PathBuf,
    },
    /// The file belongs to another program.
    #[error("journal {}: {message}; give another file", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it seems to be.
        message: String,
    },
    /// The operating system or SQLite refuses.
    #[error("journal {}: {message}", path.display())]
    Io {
        /// The journal.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// The watcher has ended.
    #[error("the watcher has stopped")]
    Stopped,
}
