//! What must survive a restart, and what is only remembered.

/// The machine's whole memory; its durable part is the fold of the recorded events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct State {}
