//! Intents: all that the machine can ask for.
use crate::command::{Actor, Command, Refusal};
use crate::event::{Event, Severity};
use crate::id::{AttemptId, MoveId, ProviderId, SiteId, SiteSet};

/// One intent. Outputs are carried out in order; nothing after a `Record` before it is durable.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Output {
    /// Write this event durably before any later output.
    Record(Event),
    /// Make `provider` answer with the targets of `sites`; report with `Input::Receipt`.
    Publish {
        /// The move this belongs to.
        id: MoveId,
        /// The number to quote in the receipt.
        attempt: AttemptId,
        /// Where.
        provider: ProviderId,
        /// What; never empty.
        sites: SiteSet,
    },
    /// Read what is stored at `provider`; report with `Input::Stored`.
    ReadBack {
        /// Where.
        provider: ProviderId,
    },
    /// Ask the name servers of `provider` until they answer `sites`; report with `Input::Answered`.
    Verify {
        /// The move this belongs to.
        id: MoveId,
        /// Whose name servers.
        provider: ProviderId,
        /// What they should say.
        sites: SiteSet,
    },
    /// Stop a site's servers; report with `Input::Fenced`.
    Fence {
        /// Which site.
        site: SiteId,
    },
    /// Start a cold standby; report with `Input::Started`.
    Start {
        /// Which site.
        site: SiteId,
    },
    /// A command was refused; nothing changed.
    Refused {
        /// Whose command.
        who: Actor,
        /// Which.
        command: Command,
        /// Why.
        refusal: Refusal,
    },
    /// Tell people.
    Notify {
        /// Who is to be woken.
        severity: Severity,
        /// About what; recorded before.
        event: Event,
    },
}
