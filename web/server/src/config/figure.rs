//! Figures as people write them: shares, coefficients, times of many years.
use std::time::Duration;

use toml::de::DeValue;

use super::duration;
use super::problem::At;
use super::read::{Parse, Reader};

const YEAR: f64 = 31_557_600.0;

/// A part of a whole: `"1 %"`, or `0.01`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share(pub f64);

impl Parse for Share {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let wanted = "a share such as \"1 %\"";
        let found = match value.as_str() {
            Some(text) => text
                .trim()
                .strip_suffix('%')
                .and_then(|count| count.trim().parse::<f64>().ok().map(|count| count / 100.0)),
            None => match number(value) {
                Some(number) => Some(number),
                None => return reader.wrong_type(value, at, wanted),
            },
        };
        let found = found.filter(|share| (0.0..=1.0).contains(share));
        if found.is_none() {
            reader.error(at, "this is no share of a whole; write one such as \"1 %\"");
        }
        found.map(Self)
    }
}

/// A number with a point: `0.1`, or `1`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number(pub f64);

impl Parse for Number {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        match number(value) {
            Some(number) => Some(Self(number)),
            None => reader.wrong_type(value, at, "a number such as 0.1"),
        }
    }
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    let text = match (value.as_float(), value.as_integer()) {
        (Some(float), _) => float.as_str(),
        (None, Some(integer)) if integer.radix() == 10 => integer.as_str(),
        _ => return None,
    };
    text.parse().ok()
}

/// A duration that may be told in years of 365.25 days: `"1000 years"`, `"30 days"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LongTime(pub Duration);

impl Parse for LongTime {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let Some(text) = value.as_str() else {
            return reader.wrong_type(value, at, "a time in quotes, such as \"10 years\"");
        };
        let count = ["years", "year", "y"].iter().find_map(|unit| text.trim().strip_suffix(unit));
        let years = count.and_then(|count| count.trim().parse::<f64>().ok());
        let found = match years {
            Some(years) => Duration::try_from_secs_f64(years * YEAR).ok(),
            None => duration::parse(text).ok(),
        };
        if found.is_none() {
            let remedy = "write one such as \"10 years\" or \"30 days\"";
            reader.error(at, format!("\"{text}\" is no time; {remedy}"));
        }
        found.map(Self)
    }
}
