//! The web panel.
//!
//! `model` and `words` are pure and compile everywhere, and so is most of `simulator`; the rest
//! touches the browser and exists only in WebAssembly.
#![deny(missing_docs)]

pub mod model;
pub mod simulator;
#[allow(missing_docs, reason = "a label says itself what it says")]
pub mod words;

#[cfg(target_arch = "wasm32")]
mod api;
#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod el;
#[cfg(target_arch = "wasm32")]
mod kept;
#[cfg(target_arch = "wasm32")]
mod live;
#[cfg(target_arch = "wasm32")]
mod part;
#[cfg(target_arch = "wasm32")]
mod view;
