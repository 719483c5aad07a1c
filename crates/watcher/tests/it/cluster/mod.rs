//! Several watchers that share a lead: many eyes, one hand.
mod alone;
mod broken;
mod leading;
#[cfg(feature = "etcd")]
mod members;
mod power;
#[cfg(feature = "etcd")]
mod process;
#[cfg(feature = "etcd")]
mod real;
#[cfg(feature = "etcd")]
mod secure;
mod telling;
mod trio;
mod voting;
