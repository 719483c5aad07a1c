//! Schwenk.
fn main() {}
