//! The promises that the simulator holds the decision to.
use super::text::{Word, words};
use failover_sim::Property;

words! {
    PROMISE_S1;
    PROMISE_S2;
    PROMISE_S3A;
    PROMISE_S3B;
    PROMISE_S4;
    PROMISE_S5;
    PROMISE_S6;
    PROMISE_S7;
    PROMISE_S8;
    PROMISE_S9;
    PROMISE_S10;
    PROMISE_S11;
    PROMISE_S12;
    PROMISE_S13;
    PROMISE_S14;
    PROMISE_S15;
    PROMISE_S16;
    PROMISE_S17;
    PROMISE_S18;
    PROMISE_S19;
    PROMISE_S20;
    PROMISE_S21;
    PROMISE_S22;
    PROMISE_S23;
    PROMISE_S24;
    PROMISE_S25;
    PROMISE_S26;
    PROMISE_S27;
    PROMISE_S28;
    PROMISE_S29;
    PROMISE_S30;
}

/// The sentence of a promise.
pub fn promise(property: Property) -> Word {
    match property {
        Property::S1 => PROMISE_S1,
        Property::S2 => PROMISE_S2,
        Property::S3a => PROMISE_S3A,
        Property::S3b => PROMISE_S3B,
        Property::S4 => PROMISE_S4,
        Property::S5 => PROMISE_S5,
        Property::S6 => PROMISE_S6,
        Property::S7 => PROMISE_S7,
        Property::S8 => PROMISE_S8,
        Property::S9 => PROMISE_S9,
        Property::S10 => PROMISE_S10,
        Property::S11 => PROMISE_S11,
        Property::S12 => PROMISE_S12,
        Property::S13 => PROMISE_S13,
        Property::S14 => PROMISE_S14,
        Property::S15 => PROMISE_S15,
        Property::S16 => PROMISE_S16,
        Property::S17 => PROMISE_S17,
        Property::S18 => PROMISE_S18,
        Property::S19 => PROMISE_S19,
        Property::S20 => PROMISE_S20,
        Property::S21 => PROMISE_S21,
        Property::S22 => PROMISE_S22,
        Property::S23 => PROMISE_S23,
        Property::S24 => PROMISE_S24,
        Property::S25 => PROMISE_S25,
        Property::S26 => PROMISE_S26,
        Property::S27 => PROMISE_S27,
        Property::S28 => PROMISE_S28,
        Property::S29 => PROMISE_S29,
        Property::S30 => PROMISE_S30,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_promises_are_those_of_the_simulator_in_its_own_words() {
        for property in Property::ALL {
            assert_eq!(promise(*property).text(), property.sentence(), "{}", property.id());
        }
    }
}
