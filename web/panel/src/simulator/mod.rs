//! The simulator: the shipped core in the browser, in a world that may be broken.
//!
//! Everything that needs `failover-sim` is here and reached from the page alone, so that it can be
//! loaded when somebody opens it. What is not about the browser is pure and tested everywhere.
pub mod case;
pub mod deeds;
pub mod draft;
pub mod examples;
pub mod figures;
pub mod knobs;
pub mod line;
pub mod menu;
pub mod outcome;
pub mod play;
pub mod seen;
pub mod share;
pub mod told;

#[cfg(target_arch = "wasm32")]
mod bench;
#[cfg(target_arch = "wasm32")]
mod breaking;
#[cfg(target_arch = "wasm32")]
mod compare;
#[cfg(target_arch = "wasm32")]
mod incident;
#[cfg(target_arch = "wasm32")]
pub mod page;
#[cfg(target_arch = "wasm32")]
mod reading;
#[cfg(target_arch = "wasm32")]
mod settings;
#[cfg(target_arch = "wasm32")]
mod stage;
#[cfg(target_arch = "wasm32")]
mod transport;
