//! A zone as a provider shows it.
use serde::{Deserialize, Serialize};

use crate::name::Name;

/// Who can see a zone's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Visibility {
    /// Everybody.
    Public,
    /// Only some networks; Schwenk never manages these.
    Private,
}

/// A zone at one provider.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Zone {
    /// The provider's own identifier, as its API wants it.
    pub id: String,
    /// The apex.
    pub name: Name,
    /// Who can see it.
    pub visibility: Visibility,
    /// The name servers the provider assigned.
    pub name_servers: Vec<Name>,
    /// What an operator should know: "delegation is lame", "zone is secondary".
    #[serde(default)]
    pub notes: Vec<String>,
}

impl Zone {
    /// A public zone.
    pub fn new(id: impl Into<String>, name: Name, name_servers: Vec<Name>) -> Self {
        Self {
            id: id.into(),
            name,
            visibility: Visibility::Public,
            name_servers,
            notes: Vec::new(),
        }
    }
}
