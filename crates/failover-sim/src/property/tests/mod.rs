//! Traces by hand: for each promise one that breaks it and one close to it that is right.
mod decided;
mod lasting;
mod list;
mod published;
mod recorded;
mod trace;

use super::{Broken, Property};
use trace::Trace;

/// Two stories that differ in what matters to one promise.
struct Case {
    property: Property,
    about: &'static str,
    wrong: fn() -> Result<(), Broken>,
    right: fn() -> Result<(), Broken>,
}

/// A story that is told to a fresh trace.
macro_rules! case {
    ($property:ident, $about:literal, $wrong:expr, $right:expr) => {
        Case {
            property: crate::property::Property::$property,
            about: $about,
            wrong: || crate::property::tests::told(Trace::new(), $wrong),
            right: || crate::property::tests::told(Trace::new(), $right),
        }
    };
    ($property:ident, $about:literal, with $policy:expr, $wrong:expr, $right:expr) => {
        Case {
            property: crate::property::Property::$property,
            about: $about,
            wrong: || crate::property::tests::told(Trace::with($policy), $wrong),
            right: || crate::property::tests::told(Trace::with($policy), $right),
        }
    };
}
use case;

fn told(mut trace: Trace, story: fn(&mut Trace)) -> Result<(), Broken> {
    story(&mut trace);
    trace.end()
}

fn cases() -> impl Iterator<Item = &'static Case> {
    published::CASES.iter().chain(decided::CASES).chain(recorded::CASES).chain(lasting::CASES)
}

#[test]
fn each_promise_is_missed_when_it_is_broken() {
    for case in cases() {
        let found = (case.wrong)();
        let property = found.as_ref().err().map(|broken| broken.property);
        assert_eq!(property, Some(case.property), "{}: {found:?}", case.about);
    }
}

#[test]
fn what_is_close_to_a_breach_and_right_is_let_pass() {
    for case in cases() {
        assert_eq!((case.right)(), Ok(()), "{}: {}", case.property.id(), case.about);
    }
}

#[test]
fn every_promise_has_a_story() {
    for property in Property::ALL {
        assert!(cases().any(|case| case.property == *property), "{}", property.id());
    }
}
