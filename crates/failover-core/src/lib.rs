//! Decides which site a service's name should point to: a pure state machine.
//!
//! [`Failover::step`] takes a moment and a fact, and gives back what is to be done. It has no clock,
//! no randomness, no I/O and no order but its own: the same facts give the same outputs, in the
//! watcher, in a replay and in the browser.
//!
//! # The contract between the machine and its shell
//!
//! 1. **One door.** Every fact goes through `step`, one at a time, and `step` is the only thing that
//!    changes the machine. `view` and `deadline` look and change nothing.
//! 2. **Which clock.** `now` is the wall clock's time when the shell started plus what a monotonic
//!    clock has counted since, so that a jump of the wall clock never gets in. An earlier `now` than
//!    the latest one counts as that one. After a gap longer than `tick_gap_max` the machine forgets
//!    what was probed and looks again before it acts.
//! 3. **Durable first.** Outputs are carried out in order, and nothing after an [`Output::Record`]
//!    before that event is durable. If it cannot be written, put the machine back to what it was
//!    before the step and give it [`Input::Journal`]` { writable: false }`.
//! 4. **Deadlines.** Call `step` with [`Input::Tick`] at [`Failover::deadline`] at the latest;
//!    between deadlines nothing happens by itself.
//! 5. **Answers.** Each [`Output::Publish`] is answered by one [`Input::Receipt`] with its attempt,
//!    each [`Output::ReadBack`] by [`Input::Stored`], each [`Output::Verify`] by [`Input::Answered`]
//!    once all name servers agree, [`Output::Fence`] by [`Input::Fenced`], [`Output::Start`] by
//!    [`Input::Started`]. Silence is no error: it is waited for, then read back or tried again.
//!    Unless a receipt is certain it is [`Receipt::Unknown`].
//! 6. **Nothing old.** What was read or asked before the latest receipt of a provider is not to be
//!    passed on: it speaks of the answer before.
//! 7. **Restart.** `Failover::new(policy, State::fold(journal))` goes on where the journal ends: an
//!    open move is finished, a finished one is not repeated, latch and budgets hold. Verdicts are
//!    not in the journal; the machine looks again before it decides.
//! 8. **One of several.** A watcher that shares a lease says [`Input::LeadershipLost`] first thing
//!    after a start, and builds its machine from the shared journal before it says
//!    [`Input::Leadership`]. Outside the lease the machine asks for nothing.
//!    When the journal refuses an event because somebody else leads, point 3 comes first, then
//!    [`Input::LeadershipLost`], and only then is the journal writable again.
//!
//! # The run loop
//!
//! ```
//! use failover_core::{
//!     Answer, Event, Failover, Input, Output, Policy, PolicySpec, ProviderPolicy, SiteId, SiteSet,
//!     State, Timestamp,
//! };
//! use std::collections::VecDeque;
//!
//! let names = |names: [&str; 2]| names.map(String::from).to_vec();
//! let providers = vec![ProviderPolicy { name: "dns".into(), guarded: true }];
//! let spec = PolicySpec::fast("shop", names(["london", "paris"]), vec!["here".into()], providers);
//! let policy = Policy::new(spec).expect("a valid policy");
//! let mut machine = Failover::new(policy, State::default());
//!
//! // The world: what the provider stores, and which site serves.
//! let mut stored = SiteSet::one(SiteId(0));
//! let mut journal: Vec<(Timestamp, Event)> = Vec::new();
//! let mut now = Timestamp::from_millis(1_767_225_600_000);
//! for round in 0..100 {
//!     now = now.plus(std::time::Duration::from_millis(200));
//!     let mut facts = VecDeque::from([Input::Tick]);
//!     if round == 0 {
//!         let (provider, answer) = (failover_core::ProviderId(0), Answer::Sites(stored));
//!         facts.push_back(Input::Stored { provider, answer });
//!     }
//!     for (site, serves) in [(SiteId(0), round < 50), (SiteId(1), true)] {
//!         let (vantage, check) = (failover_core::VantageId(0), failover_core::CheckId(0));
//!         facts.push_back(Input::Probed { vantage, site, check, ok: serves, at: now });
//!     }
//!     while let Some(fact) = facts.pop_front() {
//!         for output in machine.step(now, fact) {
//!             match output {
//!                 // A real journal is flushed to disk here, before the loop goes on.
//!                 Output::Record(event) => journal.push((now, event)),
//!                 Output::Publish { attempt, provider, sites, .. } => {
//!                     stored = sites;
//!                     let receipt = failover_core::Receipt::Applied;
//!                     facts.push_back(Input::Receipt { attempt, provider, receipt });
//!                 }
//!                 Output::Verify { provider, .. } => {
//!                     facts.push_back(Input::Answered { provider, answer: Answer::Sites(stored) });
//!                 }
//!                 _ => {}
//!             }
//!         }
//!     }
//! }
//! assert_eq!(stored, SiteSet::one(SiteId(1)));
//! assert_eq!(machine.state(), &State::fold(journal.iter().map(|(at, event)| (*at, event))));
//! ```
#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod bound;
mod command;
mod curve;
mod digest;
mod event;
mod explain;
mod id;
mod input;
mod machine;
mod mutant;
mod output;
mod policy;
mod severity;
mod snapshot;
mod state;
mod text;
mod time;
mod view;

pub use command::{Actor, Command, Refusal};
pub use curve::{Curve, CurveEnd, CurvePoint, CurveProvider, CurveSource, Extender};
pub use digest::Digest;
pub use event::{Event, EventRecord, Evidence, MoveKind, Severity, Vote};
pub use explain::explain;
pub use id::{AttemptId, CheckId, MoveId, ProviderId, SiteId, SiteSet, VantageId};
pub use input::{Answer, Input, Receipt};
pub use machine::{Failover, Why};
#[cfg(feature = "mutants")]
pub use mutant::Mutant;
pub use output::Output;
pub use policy::{
    AnswerMode, CheckPolicy, Counted, Drift, Failback, Fall, Fence, Latch, OnAllDown, Policy,
    PolicyProblem, PolicySpec, PolicyWrong, Preset, ProviderPolicy, Require, SitePolicy,
};
pub use snapshot::{
    AlertView, CheckFacts, ClusterView, Layer, MeasuredBound, PeerView, Published, Sample,
    SampleSeries, ServerAnswer, ServiceSnapshot, SiteFacts, Snapshot,
};
pub use state::State;
pub use text::span;
pub use time::Timestamp;
pub use view::{
    Blocker, CheckView, Mode, MoveView, Next, ProviderStep, ProviderView, SiteView, Verdict, View,
    VoteView,
};
