//! What a watcher's group tells its driver.
use std::time::Instant;

use super::lease::Term;
use super::ledger::Log;
use super::record::{Holder, Mail, Report};

/// One piece of news.
#[derive(Debug)]
pub(crate) enum News {
    /// This watcher is a member of its group.
    Joined,
    /// It is not, and why.
    Away(String),
    /// It leads from now on; the log as it was left to it.
    Leads(Term, Box<Log>),
    /// The end of the term has moved.
    Prolonged,
    /// Who leads, as the store says.
    Holder(Option<Holder>),
    /// New entries of the log, or all of them.
    Log(Box<Log>),
    /// Another watcher has said something.
    Said(Box<Said>),
    /// The lease of another watcher has ended.
    Gone(String),
    /// A command has been passed on: its id, the revision that made it, and what it says.
    Mail(String, u64, Box<Mail>),
}

/// What another watcher has said, and when it was heard.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) vantage: String,
    pub(crate) report: Report,
    pub(crate) heard: Instant,
}
