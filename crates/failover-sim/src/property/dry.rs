//! Dry runs: the same decisions and the same writes, and none sent.
use super::Property;
use super::broken::{Kept, ensure};
use failover_core::{MoveId, Output, ProviderId, SiteSet};

/// A write that a machine has asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Write {
    /// Where.
    pub provider: ProviderId,
    /// For which move.
    pub id: MoveId,
    /// What.
    pub sites: SiteSet,
}

impl Write {
    /// The write that an output asks for, if it does.
    pub fn of(output: &Output) -> Option<Self> {
        match output {
            Output::Publish { id, provider, sites, .. } => {
                Some(Self { provider: *provider, id: *id, sites: *sites })
            }
            _ => None,
        }
    }
}

/// S21: what two machines have asked for that were told the same facts, one with its writes sent,
/// the other without. `sent` counts the writes of the dry one that have left it.
pub fn compare_dry(armed: &[Write], dry: &[Write], sent: usize) -> Kept {
    ensure(sent == 0, Property::S21, || format!("{sent} writes of a dry run were sent"))?;
    let apart = armed.iter().zip(dry).position(|(armed, dry)| armed != dry);
    ensure(armed.len() == dry.len() && apart.is_none(), Property::S21, || {
        let place = apart.unwrap_or(armed.len().min(dry.len()));
        format!(
            "write {place} would be {:?} in earnest and {:?} in the dry run",
            armed.get(place),
            dry.get(place)
        )
    })
}
