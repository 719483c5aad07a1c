//! Providers around providers: each adds one thing, and they stack.
//!
//! The clients of this crate retry and pace each *request* by themselves, knowing what the vendor's
//! answers mean. [`Retrying`] and [`Paced`] do the same for each *operation*, for providers that do
//! not. [`DryRun`] makes sure that nothing is changed, whoever calls. [`Recorded`] tells an
//! [`Observer`] what was asked and answered.
//!
//! ```
//! # use std::sync::Arc;
//! # use dns_provider::decorate::{DryRun, Retrying};
//! # use dns_provider::{DnsProvider, MemoryDns};
//! let provider: Arc<dyn DnsProvider> = Arc::new(MemoryDns::new("memory"));
//! let cautious = DryRun::new(Retrying::new(provider));
//! assert_eq!(cautious.id(), "memory");
//! ```
mod dry_run;
mod forward;
mod paced;
mod recorded;
mod retrying;

pub use dry_run::DryRun;
pub use paced::Paced;
pub use recorded::{Answer, Asked, Observed, Observer, Recorded};
pub use retrying::Retrying;
