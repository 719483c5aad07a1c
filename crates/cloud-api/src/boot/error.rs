//! Why there is no boot script.

/// Why there is no boot script, in words for the operator. No secret is ever in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BootError {
    /// The layout has no such server.
    #[error("the layout has no server \"{0}\"")]
    NoSuchHost(String),
    /// A setting that cannot be used.
    #[error("{field}: {why}")]
    Setting {
        /// Which one, as in [`Settings`](super::Settings): `database.name`.
        field: String,
        /// What is wrong with it and what would be right.
        why: String,
    },
    /// A layout for which no servers can be set up.
    #[error("{0}")]
    Layout(String),
    /// The secrets do not cover this server, or cover it with other addresses.
    #[error(
        "the secrets hold no certificate for \"{0}\" with its present addresses: complete them"
    )]
    Secrets(String),
    /// The script is too long.
    #[error("the boot script of \"{host}\" has {bytes} bytes; {most} is the most. {parts}")]
    TooLarge {
        /// Whose script.
        host: String,
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        most: usize,
        /// Which files take the most room.
        parts: String,
    },
    /// Keys or certificates could not be made.
    #[error("no keys and certificates could be made: {0}")]
    Keys(String),
    /// A template does not fit what it is rendered from: a mistake in this crate.
    #[error("the template {name} cannot be rendered: {why}")]
    Template {
        /// Which template.
        name: String,
        /// What the engine says.
        why: String,
    },
}

impl BootError {
    pub(super) fn setting(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Setting { field: field.into(), why: why.into() }
    }
}
