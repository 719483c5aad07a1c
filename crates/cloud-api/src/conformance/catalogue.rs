//! Checks of what a provider says it offers.
use cloud_http::Kind;

use super::ground::{Ground, ensure, text};
use crate::price::Priced;

pub(super) async fn place(ground: &Ground<'_>) -> Result<(), String> {
    let places = ground.provider.places(ground.call()).await.map_err(text)?;
    let listed = places.iter().find(|place| place.name == ground.setting.place);
    ensure(listed.is_some_and(|place| place.up && !place.region.is_empty()), || {
        format!("{places:?}")
    })
}

pub(super) async fn machines(ground: &Ground<'_>) -> Result<(), String> {
    let place = &ground.setting.place;
    let machines = ground.provider.machines(place, ground.call()).await.map_err(text)?;
    for wanted in &ground.setting.machines {
        let listed = machines.iter().find(|machine| machine.name == *wanted);
        let real = listed.is_some_and(|m| m.cores > 0 && m.memory_mib > 0 && m.place == *place);
        ensure(real, || format!("{wanted}: {listed:?}"))?;
    }
    Ok(())
}

pub(super) async fn no_place(ground: &Ground<'_>) -> Result<(), String> {
    match ground.provider.machines("nowhere-1-a", ground.call()).await {
        Err(error) if error.failure.kind == Kind::NotFound => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

pub(super) async fn image(ground: &Ground<'_>) -> Result<(), String> {
    let found = ground.provider.image(&ground.setting.image, ground.call()).await.map_err(text)?;
    ensure(found.is_some(), || format!("there is no {}", ground.setting.image))?;
    let none = ground.provider.image("no-such-system-99", ground.call()).await.map_err(text)?;
    ensure(none.is_none(), || format!("{none:?}"))
}

pub(super) async fn prices(ground: &Ground<'_>) -> Result<(), String> {
    let Some(pricing) = ground.provider.pricing() else { return Ok(()) };
    let prices = pricing.prices(ground.call()).await.map_err(text)?;
    ensure(prices.currency.len() == 3, || prices.currency.clone())?;
    for machine in &ground.setting.machines {
        let price = prices.of(&Priced::Machine(machine.clone()), &ground.setting.place);
        ensure(price.is_some(), || format!("{machine} has no price"))?;
    }
    Ok(())
}
