//! A pointer to a provider is a provider.
use std::sync::Arc;

use async_trait::async_trait;
use cloud_http::{Call, Error};

use crate::change::{ChangeSet, Report, Ticket};
use crate::provider::{Capabilities, DnsProvider};
use crate::record::{Key, RrSet};
use crate::zone::Zone;

macro_rules! forward {
    ($pointer:ty) => {
        #[async_trait]
        impl<P: DnsProvider + ?Sized> DnsProvider for $pointer {
            fn id(&self) -> &str {
                (**self).id()
            }

            fn capabilities(&self) -> &Capabilities {
                (**self).capabilities()
            }

            async fn zones(&self, call: Call) -> Result<Vec<Zone>, Error> {
                (**self).zones(call).await
            }

            async fn rrsets(&self, zone: &Zone, call: Call) -> Result<Vec<RrSet>, Error> {
                (**self).rrsets(zone, call).await
            }

            async fn rrset(
                &self,
                zone: &Zone,
                key: &Key,
                call: Call,
            ) -> Result<Option<RrSet>, Error> {
                (**self).rrset(zone, key, call).await
            }

            async fn apply(&self, set: &ChangeSet, call: Call) -> Result<Report, Error> {
                (**self).apply(set, call).await
            }

            async fn settle(&self, ticket: &Ticket, call: Call) -> Result<(), Error> {
                (**self).settle(ticket, call).await
            }
        }
    };
}

forward!(Arc<P>);
forward!(Box<P>);
forward!(&P);
