//! Why a plan is refused.
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::name::Name;
use crate::record::Key;

/// One reason against a plan.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Problem {
    /// Two wanted RRsets have the same name and type.
    #[error("{0} is wanted twice")]
    WantedTwice(Key),
    /// A wanted RRset is not within the scope.
    #[error("{0} is wanted but out of scope")]
    OutOfScope(Key),
    /// An RRset holds more than plain values and would be flattened or lost.
    #[error("{0} is not a plain RRset (a routing policy, perhaps) and is never changed")]
    Opaque(Key),
    /// The SOA or the name servers of the zone itself would change.
    #[error("{0} at the apex keeps the zone alive and is protected")]
    Apex(Key),
    /// A CNAME would stand beside other types.
    #[error("{0}: a CNAME cannot stand beside other records")]
    CnameBesideOthers(Name),
    /// More updates than the limits allow.
    #[error("{updates} of {present} RRsets would be updated, allowed are {percent} %")]
    TooManyUpdates {
        /// RRsets that would be updated.
        updates: usize,
        /// RRsets in scope.
        present: usize,
        /// The limit.
        percent: u8,
    },
    /// More removals than the limits allow.
    #[error("{removals} of {present} RRsets would be removed, allowed are {percent} %")]
    TooManyRemovals {
        /// RRsets that would be removed.
        removals: usize,
        /// RRsets in scope.
        present: usize,
        /// The limit.
        percent: u8,
    },
    /// The provider would refuse it, or it is wrong in itself.
    #[error("{0}")]
    Invalid(String),
}

/// A plan that must not be carried out, with every reason found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct PlanRefused {
    /// The reasons; at least one.
    pub problems: Vec<Problem>,
}

impl fmt::Display for PlanRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the plan is refused: ")?;
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}
