//! What Hetzner offers and what it costs: locations, server types, images, prices.
use async_trait::async_trait;
use cloud_http::{Call, Error, Failure, Kind, Request, encode};

use super::HetznerCloud;
use super::offered::{
    ImageAnswer, Location, PricingAnswer, ServerType, WireImage, WirePrice, architecture,
};
use super::wire::WireServer;
use crate::place::{Image, Machine};
use crate::price::{Amount, Price, Priced, Prices};
use crate::provider::Pricing;

impl HetznerCloud {
    pub(super) async fn locations(&self, call: Call) -> Result<Vec<Location>, Error> {
        self.list(Request::read("list locations", "/locations"), "locations", call).await
    }

    /// The network zone of a location, or the zone itself.
    pub(super) async fn network_zone(
        &self,
        doing: &str,
        place: &str,
        call: Call,
    ) -> Result<String, Error> {
        let locations = self.locations(call).await?;
        match locations.iter().find(|location| location.is(place)) {
            Some(location) => Ok(location.network_zone.clone()),
            None => Err(self.error(doing, no_location(place, &locations))),
        }
    }

    async fn types(&self, call: Call) -> Result<Vec<ServerType>, Error> {
        let request = Request::read("list server types", "/server_types");
        self.list(request, "server_types", call).await
    }

    pub(super) async fn machines_of(&self, place: &str, call: Call) -> Result<Vec<Machine>, Error> {
        let locations = self.locations(call).await?;
        let Some(location) = locations.iter().find(|location| location.is(place)) else {
            let failure = no_location(place, &locations);
            return Err(self.error(format!("list machine types of {place}"), failure));
        };
        let types = self.types(call).await?;
        Ok(types.iter().filter_map(|wire| wire.machine(&location.name)).collect())
    }

    /// The locations where a type can be ordered, as far as Hetzner says beforehand.
    pub(super) async fn offers(&self, machine: &str, call: Call) -> Result<Vec<String>, Error> {
        let types = self.types(call).await?;
        let named = types.iter().find(|t| t.name == machine || t.id.to_string() == machine);
        let offers = named.map(|named| named.locations.as_slice()).unwrap_or_default();
        let open = offers.iter().filter(|offer| offer.is_available());
        Ok(open.map(|offer| offer.name.clone()).collect())
    }

    /// Fails with what there is, unless the server's location has machines of this type.
    pub(super) async fn must_have_machine(
        &self,
        server: &WireServer,
        machine: &str,
        call: Call,
    ) -> Result<(), Error> {
        let place = &server.location.name;
        let types = self.types(call).await?;
        let here: Vec<&ServerType> = types.iter().filter(|t| t.machine(place).is_some()).collect();
        if here.iter().any(|t| t.name == machine || t.id.to_string() == machine) {
            return Ok(());
        }
        let names: Vec<&str> = here.iter().map(|t| t.name.as_str()).collect();
        let text = format!("there is no {machine} at {place}; there are {}", names.join(", "));
        let doing = format!("resize server {}", server.id);
        Err(self.error(doing, Failure::new(Kind::Invalid, text)))
    }

    pub(super) async fn find_image(&self, name: &str, call: Call) -> Result<Option<Image>, Error> {
        let doing = format!("look for image {name}");
        let images: Vec<WireImage> = if name.bytes().all(|b| b.is_ascii_digit()) {
            let path = format!("/images/{}", encode(name));
            let answer: Option<ImageAnswer> = self.get(doing, path, call).await?;
            answer.into_iter().map(|answer| answer.image).collect()
        } else {
            let request = Request::read(doing, "/images")
                .query("name", name)
                .query("include_deprecated", "true");
            self.list(request, "images", call).await?
        };
        let usable = |image: &&WireImage| image.status.as_deref().is_none_or(|s| s == "available");
        let images: Vec<&WireImage> = images.iter().filter(usable).collect();
        if images.is_empty() {
            return Ok(None);
        }
        let mut architectures: Vec<_> = Vec::new();
        for image in &images {
            let one = image.architecture.as_deref().and_then(architecture);
            architectures.extend(one.filter(|one| !architectures.contains(one)));
        }
        let mut image = Image::new(name, architectures);
        let deprecated = images.iter().find_map(|image| image.deprecated.as_deref());
        image.note = deprecated.map(|since| format!("deprecated since {since}"));
        Ok(Some(image))
    }
}

fn no_location(place: &str, locations: &[Location]) -> Failure {
    let known: Vec<&str> = locations.iter().map(|location| location.name.as_str()).collect();
    let text = format!("there is no location {place}; there are {}", known.join(", "));
    Failure::new(Kind::NotFound, text)
}

#[async_trait]
impl Pricing for HetznerCloud {
    async fn prices(&self, call: Call) -> Result<Prices, Error> {
        let request = Request::read("read prices", "/pricing");
        let pricing = self.client.json::<PricingAnswer>(&request, call).await?.pricing;
        let mut prices = Vec::new();
        for machine in &pricing.server_types {
            let item = Priced::Machine(machine.name.clone());
            prices.extend(machine.prices.iter().filter_map(|wire| price(&item, wire)));
        }
        for ip in &pricing.primary_ips {
            let item = match ip.kind.as_str() {
                "ipv4" => Priced::AddressV4,
                "ipv6" => Priced::AddressV6,
                _ => continue,
            };
            prices.extend(ip.prices.iter().filter_map(|wire| price(&item, wire)));
        }
        Ok(Prices::new(pricing.currency, prices))
    }
}

fn price(item: &Priced, wire: &WirePrice) -> Option<Price> {
    let monthly = Amount::parse(&wire.price_monthly.net).ok()?;
    let hourly = wire.price_hourly.as_ref().and_then(|price| Amount::parse(&price.net).ok());
    Some(Price { hourly, ..Price::new(item.clone(), &wire.location, monthly) })
}
