//! What the program promises, tried from outside.
mod access;
mod api;
mod asset;
mod cli;
mod config;
mod crash;
mod demo;
mod harness;
mod live;
mod location_scripts;
mod locations;
mod process;
mod replay;
mod schema;
mod standby;
mod world;
