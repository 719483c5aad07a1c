//! Several watchers that share a lead: many eyes, one hand.
mod broken;
mod leading;
#[cfg(feature = "etcd")]
mod members;
#[cfg(feature = "etcd")]
mod process;
#[cfg(feature = "etcd")]
mod real;
#[cfg(feature = "etcd")]
mod secure;
mod trio;
mod voting;
