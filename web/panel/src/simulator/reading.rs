//! What the server recorded, read into the decision's own types: the most code of all the simulator,
//! and needed only by those who look at an incident or at a live policy, so it is fetched then.
#![allow(unsafe_code, reason = "the macro names its functions for the linker")]

use super::case::Case;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use web_api::ServicePolicy;

/// Reads an incident; `None`: another version recorded it.
#[wasm_split(later_incident, wasm_split_path = ::leptos::wasm_split, fallible)]
pub fn incident(text: String) -> Result<Option<Case>, SplitLoaderError> {
    Ok(Case::read(&text))
}

/// Reads a service's policy; `None`: this panel does not know such a policy.
#[wasm_split(later_policy, wasm_split_path = ::leptos::wasm_split, fallible)]
pub fn policy(text: String) -> Result<Option<ServicePolicy>, SplitLoaderError> {
    Ok(serde_json::from_str(&text).ok())
}
