//! What every way to reach people has in common.
use std::fmt::Debug;
use std::time::Instant;

use async_trait::async_trait;
use cloud_http::Failure;

use crate::Message;

/// A way to reach people.
#[async_trait]
pub trait Channel: Debug + Send + Sync {
    /// What sort of channel this is, in a word: `email`.
    fn kind(&self) -> &'static str;

    /// Whether the same message, delivered twice, is shown to people once.
    fn is_idempotent(&self) -> bool {
        false
    }

    /// Delivers `message`, or says by `deadline` why not.
    ///
    /// [`Retry::Never`](cloud_http::Retry) in the failure means that this message is refused for
    /// good; with anything else it may be tried again, with the same [`Message::id`].
    async fn deliver(&self, message: &Message, deadline: Instant) -> Result<(), Failure>;
}

/// Why a channel could not be made: what is wrong, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub(crate) String);
