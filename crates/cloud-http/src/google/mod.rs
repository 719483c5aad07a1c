//! What all of Google's APIs share: where a token comes from and what an error answer means.
//!
//! * [`ServiceAccount`]: a key file, exchanged at its `token_uri` (JWT bearer grant, RFC 7523);
//! * [`AuthorizedUser`]: what `gcloud auth application-default login` leaves behind;
//! * [`MetadataServer`]: on Google's own machines;
//! * [`application_default`]: the customary order of the three.
//!
//! All of them renew a token shortly before it expires, with one request for all callers, and go
//! on serving the old one while a renewal fails. Nothing here prints a key or a token.
mod adc;
mod authorized_user;
mod cache;
mod credentials;
mod envelope;
mod key;
mod metadata;
mod oauth;
mod service_account;

use std::sync::Arc;
use std::time::Duration;

pub use adc::{Surroundings, application_default};
pub use authorized_user::{AuthorizedUser, UserCredentials};
pub use credentials::{Credentials, Project};
pub use envelope::GoogleErrors;
pub use key::ServiceAccountKey;
pub use metadata::MetadataServer;
pub use service_account::ServiceAccount;

use crate::{Backoff, Clock, SystemClock, Transport};

/// Everything IAM allows the account; IAM is what limits it.
pub const SCOPE_CLOUD_PLATFORM: &str = "https://www.googleapis.com/auth/cloud-platform";

/// Reading and changing Cloud DNS, and nothing else.
pub const SCOPE_DNS: &str = "https://www.googleapis.com/auth/ndev.clouddns.readwrite";

/// Where Google exchanges keys for tokens, unless a key file says otherwise.
pub const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";

/// What a token source needs from the outside.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Wiring {
    /// Reaches the token endpoint or the metadata server.
    pub transport: Arc<dyn Transport>,
    /// Dates the assertions and the tokens.
    pub clock: Arc<dyn Clock>,
    /// How often and how soon a failed renewal is repeated. Google's own libraries make three
    /// attempts.
    pub backoff: Backoff,
}

impl Wiring {
    /// The given transport, the system's clock, and three attempts with the default back-off.
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60), 3);
        Self { transport, clock: Arc::new(SystemClock), backoff }
    }

    /// The same wiring with another clock.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// The same wiring with another back-off.
    #[must_use]
    pub fn with_backoff(self, backoff: Backoff) -> Self {
        Self { backoff, ..self }
    }
}
