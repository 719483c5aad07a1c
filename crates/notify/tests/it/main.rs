//! Channels against real servers on loopback: HTTP receivers that answer like each vendor, and a
//! mail server.
mod email;
mod heartbeat;
mod receiver;
mod refusals;
mod vendors;
