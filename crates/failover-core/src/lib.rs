//! Decides which site a service's name should point to: a pure state machine.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod bound;
mod command;
mod event;
mod explain;
mod id;
mod input;
mod machine;
mod output;
mod policy;
mod severity;
mod snapshot;
mod state;
mod text;
mod time;
mod view;

pub use command::{Actor, Command, Refusal};
pub use event::{Event, EventRecord, Evidence, MoveKind, Severity, Vote};
pub use explain::explain;
pub use id::{AttemptId, CheckId, MoveId, ProviderId, SiteId, SiteSet, VantageId};
pub use input::{Answer, Input, Receipt};
pub use machine::{Failover, Why};
pub use output::Output;
pub use policy::{
    AnswerMode, CheckPolicy, Drift, Failback, Fall, Fence, Latch, OnAllDown, Policy, PolicyProblem,
    PolicySpec, Preset, ProviderPolicy, Require, SitePolicy,
};
pub use snapshot::{
    Published, Sample, SampleSeries, ServerAnswer, ServiceSnapshot, SiteFacts, Snapshot,
};
pub use state::State;
pub use time::Timestamp;
pub use view::{
    Blocker, CheckView, Mode, MoveView, Next, ProviderStep, ProviderView, SiteView, Verdict, View,
    VoteView,
};
