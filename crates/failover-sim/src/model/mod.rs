//! Explores exhaustively what can happen to the decision, with the machine as it is shipped.
//!
//! A [`Scope`] says where a closed world begins and what may happen in it; [`explore`] visits every
//! state that it can reach and holds each transition to the promises of [`crate::property`]. All
//! faults come from bounded budgets and time counts relative to the present, so that each of the
//! four scopes ([`Letter`]) is finite and is explored to its end, without a limit of depth.
mod action;
mod closed;
mod engine;
mod explorer;
mod gallery;
mod happen;
mod menu;
mod moment;
mod page;
mod report;
mod scope;
mod settle;
mod setup;
mod shorten;
mod tally;
mod visited;
mod worker;

pub use action::{Action, Fate, Lag, Order, Who};
pub use closed::Closed;
pub use explorer::{Effort, Found, Scope, Trace, collision, explore};
pub use gallery::{Kill, Suspect, Verdict, hunt, hunt_all};
pub use moment::Moment;
pub use page::page;
pub use report::{Explored, Report, gallery, told};
pub use scope::{Letter, Size};
pub use setup::{Fault, Guard, Left, Setup};
pub use shorten::{replay, shorten};
pub use tally::{Feat, Tally};
