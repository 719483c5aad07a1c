//! The emulator as its users meet it: over real sockets.

mod control;
mod google;
mod hetzner;
mod lifecycle;
mod name_servers;
mod quick;
mod sites;
