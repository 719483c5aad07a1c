//! What this crate promises, seen from outside and over real sockets.
mod adc;
mod cache;
mod envelope;
mod metadata;
mod pacing;
mod retry;
mod secrets;
mod server;
mod service_account;
mod support;
mod tls;
mod transport;
mod user;
mod writes;
