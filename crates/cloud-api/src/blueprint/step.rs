//! What a plan consists of: steps, what stands in their way, and what else should be known.
use serde::{Deserialize, Serialize};

use super::cost::Cost;

/// What would have to be done to make a blueprint so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Plan {
    /// What would be done, in this order as far as it depends on each other.
    pub steps: Vec<Step>,
    /// What stands in the way. With one of these nothing is done.
    pub blocked: Vec<Remark>,
    /// What should be known and is not, or cannot be, a step.
    pub notices: Vec<Remark>,
    /// What it costs once it is so.
    pub cost: Cost,
    /// Of all that the steps were derived from: another one means that the world has changed.
    pub fingerprint: String,
}

impl Plan {
    /// Whether everything is as it shall be.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.blocked.is_empty()
    }

    /// How many things it would remove.
    pub fn deletions(&self) -> usize {
        self.steps.iter().filter(|step| step.action == Action::Delete).count()
    }
}

/// One change of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// To what kind of thing.
    pub thing: Thing,
    /// At which provider.
    pub provider: String,
    /// In which location; `None`: in none of the blueprint.
    pub location: Option<String>,
    /// The thing's name.
    pub name: String,
    /// What it is or becomes: "e2-medium at europe-west2-c, 10.20.0.33".
    pub detail: String,
    /// Why.
    pub reason: String,
    /// How the provider names it, if it is there.
    pub id: Option<String>,
}

/// What is done to a thing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Action {
    /// It is made.
    Create,
    /// An interrupted attempt has begun it; it is finished.
    Adopt,
    /// It gets other labels.
    Relabel,
    /// It becomes another type, for which it is stopped.
    Resize {
        /// Its type.
        from: String,
        /// Its type afterwards.
        to: String,
    },
    /// It gets another boot script, which runs at the next boot.
    ReplaceScript,
    /// It gets other keys, at once.
    ReplaceKeys,
    /// It is removed.
    Delete,
}

impl Action {
    /// A word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Adopt => "finish",
            Self::Relabel => "relabel",
            Self::Resize { .. } => "resize",
            Self::ReplaceScript => "new script",
            Self::ReplaceKeys => "new keys",
            Self::Delete => "DELETE",
        }
    }
}

/// A kind of thing, in the order in which they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Thing {
    /// A private network.
    Network,
    /// A subnet of it.
    Subnet,
    /// An opening in the vendor's packet filter.
    Opening,
    /// A reserved address.
    Address,
    /// A public key kept for new servers.
    Key,
    /// A server.
    Server,
}

impl Thing {
    /// A word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Subnet => "subnet",
            Self::Opening => "opening",
            Self::Address => "address",
            Self::Key => "ssh key",
            Self::Server => "server",
        }
    }
}

/// Something to know about a thing or a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Remark {
    /// At which provider.
    pub provider: String,
    /// In which location, if in one.
    pub location: Option<String>,
    /// What it is about: a thing's name, or a word of the blueprint.
    pub about: String,
    /// What is so, and what to do.
    pub message: String,
}
