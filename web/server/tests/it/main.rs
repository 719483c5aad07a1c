//! What the program promises, tried from outside.
mod access;
mod api;
mod asset;
mod changes;
mod cli;
mod config;
mod crash;
mod demo;
mod harness;
mod live;
mod location_scripts;
mod locations;
mod log;
mod metrics;
mod namespaces;
mod notify;
mod places;
mod process;
mod prometheus;
#[allow(dead_code)]
#[path = "../../../../crates/notify/tests/it/receiver.rs"]
mod receiver;
mod records;
mod replay;
mod schema;
mod standby;
mod telling;
mod unit_file;
mod watch;
mod world;
