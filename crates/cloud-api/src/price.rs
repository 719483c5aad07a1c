//! What things cost, without rounding.
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Mul};

use serde::{Deserialize, Serialize};

/// The digits kept after the point.
const DIGITS: usize = 12;

/// One unit of the currency, counted as kept.
const UNIT: i64 = 1_000_000_000_000;

/// An amount of money with twelve digits after the point, up to nine million.
///
/// Vendors state hourly prices with ten digits; a floating-point number would not add up.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct Amount(i64);

/// Why a text is no [`Amount`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no amount of money")]
pub struct AmountError(String);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The amount in `text`, such as `3.7900000000`. Digits after the twelfth are dropped.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        let wrong = || AmountError(text.to_owned());
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) {
            return Err(wrong());
        }
        let kept = &part[..part.len().min(DIGITS)];
        let whole: i64 = whole.parse().map_err(|_| wrong())?;
        let part: i64 = format!("{kept:0<DIGITS$}").parse().map_err(|_| wrong())?;
        let sum = whole.checked_mul(UNIT).and_then(|whole| whole.checked_add(part));
        sum.map(Self).ok_or_else(wrong)
    }

    /// Rounded to two digits after the point, for people: `3.79`.
    pub fn cents(&self) -> String {
        let cents = (self.0 + UNIT / 200) / (UNIT / 100);
        format!("{}.{:02}", cents / 100, cents % 100)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = format!("{:012}", self.0 % UNIT);
        let part = part.trim_end_matches('0');
        write!(f, "{}.{}", self.0 / UNIT, if part.is_empty() { "0" } else { part })
    }
}

impl Add for Amount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Mul<u32> for Amount {
    type Output = Self;

    fn mul(self, times: u32) -> Self {
        Self(self.0.saturating_mul(times.into()))
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

impl TryFrom<String> for Amount {
    type Error = AmountError;

    fn try_from(text: String) -> Result<Self, AmountError> {
        Self::parse(&text)
    }
}

impl From<Amount> for String {
    fn from(amount: Amount) -> Self {
        amount.to_string()
    }
}

/// What one thing costs, without tax.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Price {
    /// What is priced.
    pub item: Priced,
    /// The place the price holds for.
    pub place: String,
    /// Per hour begun; `None` where only months are billed.
    pub hourly: Option<Amount>,
    /// Per month; a server never costs more than that in a month.
    pub monthly: Amount,
}

impl Price {
    /// A price per month.
    pub fn new(item: Priced, place: impl Into<String>, monthly: Amount) -> Self {
        Self { item, place: place.into(), hourly: None, monthly }
    }
}

/// Something that has a price.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Priced {
    /// A server of this type, without addresses.
    Machine(String),
    /// One public IPv4 address, in use or reserved.
    AddressV4,
    /// One public IPv6 network.
    AddressV6,
}

/// All prices of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Prices {
    /// ISO 4217: `EUR`.
    pub currency: String,
    /// The prices, without tax.
    pub prices: Vec<Price>,
}

impl Prices {
    /// A price list.
    pub fn new(currency: impl Into<String>, prices: Vec<Price>) -> Self {
        Self { currency: currency.into(), prices }
    }

    /// What `item` costs at `place`; `None` when the list does not say.
    pub fn of(&self, item: &Priced, place: &str) -> Option<&Price> {
        self.prices.iter().find(|price| price.item == *item && price.place == place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_written_without_loss() {
        for (text, shown, cents) in [
            ("3.7900000000", "3.79", "3.79"),
            ("0.0061000000", "0.0061", "0.01"),
            ("4.5101000000000000", "4.5101", "4.51"),
            ("12", "12.0", "12.00"),
            ("0.995", "0.995", "1.00"),
        ] {
            let amount = Amount::parse(text).unwrap();
            assert_eq!((amount.to_string().as_str(), amount.cents().as_str()), (shown, cents));
        }
        for bad in ["", ".", "1.", "-1", "1,5", "1e3", "99999999999"] {
            assert!(Amount::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_thousand_small_amounts_add_up() {
        let hour = Amount::parse("0.0061").unwrap();
        let all: Amount = std::iter::repeat_n(hour, 1000).sum();
        assert_eq!(all, hour * 1000);
        assert_eq!(all.to_string(), "6.1");
        let json = serde_json::to_string(&all).unwrap();
        assert_eq!(serde_json::from_str::<Amount>(&json).unwrap(), all);
    }

    #[test]
    fn a_price_is_found_by_thing_and_place() {
        let machine = |name: &str| Priced::Machine(name.to_owned());
        let price = |name, place, monthly| {
            Price::new(machine(name), place, Amount::parse(monthly).unwrap())
        };
        let prices =
            Prices::new("EUR", vec![price("cx23", "fsn1", "3.49"), price("cx23", "ash", "5")]);
        let found = prices.of(&machine("cx23"), "ash").unwrap();
        assert_eq!(found.monthly.cents(), "5.00");
        assert_eq!(prices.of(&machine("cx33"), "ash"), None);
    }
}
