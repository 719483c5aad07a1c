//! A pointer to a provider is a provider.
use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use cloud_http::{Call, Error};

use crate::name::Owner;
use crate::place::{Image, Machine, Place};
use crate::provider::{
    Addresses, BootData, ComputeProvider, Console, Keys, Networks, Openings, Pricing, Rules,
};
use crate::server::{Power, Server, ServerSpec};
use crate::ticket::{Creation, Settled, Ticket};

macro_rules! forward {
    ($pointer:ty) => {
        #[async_trait]
        impl<P: ComputeProvider + ?Sized> ComputeProvider for $pointer {
            fn id(&self) -> &str {
                (**self).id()
            }

            fn rules(&self) -> &Rules {
                (**self).rules()
            }

            async fn places(&self, call: Call) -> Result<Vec<Place>, Error> {
                (**self).places(call).await
            }

            async fn machines(&self, place: &str, call: Call) -> Result<Vec<Machine>, Error> {
                (**self).machines(place, call).await
            }

            async fn image(&self, name: &str, call: Call) -> Result<Option<Image>, Error> {
                (**self).image(name, call).await
            }

            async fn servers(
                &self,
                owner: Option<&Owner>,
                call: Call,
            ) -> Result<Vec<Server>, Error> {
                (**self).servers(owner, call).await
            }

            async fn server(&self, id: &str, call: Call) -> Result<Option<Server>, Error> {
                (**self).server(id, call).await
            }

            async fn create(&self, spec: &ServerSpec, call: Call) -> Result<Creation, Error> {
                (**self).create(spec, call).await
            }

            async fn delete(&self, id: &str, call: Call) -> Result<Option<Ticket>, Error> {
                (**self).delete(id, call).await
            }

            async fn power(
                &self,
                id: &str,
                power: Power,
                call: Call,
            ) -> Result<Option<Ticket>, Error> {
                (**self).power(id, power, call).await
            }

            async fn resize(
                &self,
                id: &str,
                machine: &str,
                call: Call,
            ) -> Result<Option<Ticket>, Error> {
                (**self).resize(id, machine, call).await
            }

            async fn relabel(
                &self,
                id: &str,
                labels: &BTreeMap<String, String>,
                call: Call,
            ) -> Result<Option<Ticket>, Error> {
                (**self).relabel(id, labels, call).await
            }

            async fn settle(&self, ticket: &Ticket, call: Call) -> Result<Settled, Error> {
                (**self).settle(ticket, call).await
            }

            fn networks(&self) -> Option<&dyn Networks> {
                (**self).networks()
            }

            fn openings(&self) -> Option<&dyn Openings> {
                (**self).openings()
            }

            fn addresses(&self) -> Option<&dyn Addresses> {
                (**self).addresses()
            }

            fn keys(&self) -> Option<&dyn Keys> {
                (**self).keys()
            }

            fn boot_data(&self) -> Option<&dyn BootData> {
                (**self).boot_data()
            }

            fn console(&self) -> Option<&dyn Console> {
                (**self).console()
            }

            fn pricing(&self) -> Option<&dyn Pricing> {
                (**self).pricing()
            }
        }
    };
}

forward!(Arc<P>);
forward!(Box<P>);
forward!(&P);
