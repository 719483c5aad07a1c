//! The watcher over real sockets: toy sites, both clouds' APIs and name servers, a real journal.
mod cluster;
mod commands;
mod converge;
mod crash;
mod drift;
mod embedding;
mod failover;
mod figures;
mod journal;
mod mariadb;
// The servers of another crate's tests; these here need less of them.
#[allow(dead_code)]
#[path = "../../../health/tests/it/mariadb_server.rs"]
mod mariadb_server;
mod other;
mod outage;
mod power;
mod process;
// What another crate tests its channels with; these here need less of it.
#[allow(dead_code)]
#[path = "../../../notify/tests/it/receiver.rs"]
mod receiver;
mod replay;
mod shutdown;
mod support;
mod telling;
