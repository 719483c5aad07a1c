//! Probes against real sockets on loopback.
mod dns;
mod http;
mod icmp;
mod mariadb;
mod mariadb_rubbish;
mod mariadb_server;
mod pace;
mod server;
mod tcp;
mod tls;
mod validate;
