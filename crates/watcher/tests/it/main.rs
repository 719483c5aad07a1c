//! The watcher over real sockets: toy sites, both clouds' APIs and name servers, a real journal.
mod commands;
mod crash;
mod drift;
mod embedding;
mod failover;
mod journal;
mod outage;
mod process;
mod replay;
mod shutdown;
mod support;
