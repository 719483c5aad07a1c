//! Shorthands for tests.
use std::time::{Duration, Instant};

use cloud_api::{Call, Name, Owner, Range, ServerSpec};

/// A call nobody's machine is too slow for.
pub fn call() -> Call {
    Call::until(Instant::now() + Duration::from_secs(60))
}

/// A call that ends soon.
pub fn short() -> Call {
    Call::until(Instant::now() + Duration::from_millis(300))
}

pub fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

pub fn owner() -> Owner {
    Owner::parse("acme").expect("an owner")
}

pub fn range(text: &str) -> Range {
    Range::parse(text).expect("a range")
}

pub fn spec(place: &str, machine: &str) -> ServerSpec {
    ServerSpec::new(name("web-1"), owner(), place, machine, "debian-12")
}
