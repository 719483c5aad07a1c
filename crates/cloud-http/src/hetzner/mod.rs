//! What all of Hetzner's Cloud API shares: what an error answer means, and waiting for actions.
//!
//! A project's token has one allowance of requests for zones and servers alike, so the clients for
//! both read errors and poll actions in the same way.
mod actions;
mod problem;

pub use actions::{Action, ActionError, Actions};
pub use problem::{HetznerErrors, meaning};
