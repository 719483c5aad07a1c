//! Amounts as the vendor writes them: decimal strings, net and with tax.

use serde_json::{Value, json};

/// Euros, in ten-thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Money(pub u64);

/// Percent of value-added tax.
pub(super) const VAT: u64 = 19;

impl Money {
    /// Both amounts: net with ten decimals, gross with sixteen.
    pub(super) fn json(self) -> Value {
        let gross = self.0 * (100 + VAT);
        json!({
            "net": format!("{}.{:04}000000", self.0 / 10_000, self.0 % 10_000),
            "gross": format!("{}.{:06}0000000000", gross / 1_000_000, gross % 1_000_000),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_decimal_strings() {
        let price = Money(37_900).json();
        assert_eq!(price, json!({"net": "3.7900000000", "gross": "4.5101000000000000"}));
        assert_eq!(Money(61).json()["gross"], "0.0072590000000000");
    }
}
