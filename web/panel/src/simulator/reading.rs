//! What the server recorded, read into the decision's own types, and what is shown of an incident:
//! needed only by those who look at one or at a live policy, so it is fetched then.
#![allow(unsafe_code, reason = "the macro names its functions for the linker")]

use super::case::Case;
use super::incident;
use crate::el::El;
use crate::live::Live;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use std::sync::Arc;
use web_api::ServicePolicy;

/// Builds what is shown of an incident.
pub type Build = Arc<dyn Fn() -> El + Send + Sync>;

/// Reads an incident; `None`: another version recorded it.
#[wasm_split(later_incident, wasm_split_path = ::leptos::wasm_split, fallible)]
pub fn incident(text: String, live: Live) -> Result<Option<Build>, SplitLoaderError> {
    let build = |case| {
        let case = Arc::new(incident::today(case, live));
        Arc::new(move || incident::incident(case.clone())) as Build
    };
    Ok(Case::read(&text).map(build))
}

/// Reads a service's policy; `None`: this panel does not know such a policy.
#[wasm_split(later_policy, wasm_split_path = ::leptos::wasm_split, fallible)]
pub fn policy(text: String) -> Result<Option<ServicePolicy>, SplitLoaderError> {
    Ok(serde_json::from_str(&text).ok())
}
