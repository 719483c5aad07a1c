//! Every word the panel says, in one place: its name and what is filled in stand here, the texts in
//! `words/en` and `words/de`, a line each. CONTRIBUTING.md tells how to add one.
//!
//! `**` marks what the eye should rest on.
mod act;
pub mod configuration;
mod label;
pub mod locations;
mod next;
mod notice;
mod notifications;
mod progress;
pub mod promise;
mod records;
mod say;
pub mod simulator;
#[cfg(test)]
mod tests;
pub mod text;
mod told;
mod watch;
pub mod wrong;

pub use act::*;
pub use label::*;
pub use next::*;
pub use notice::*;
pub use notifications::*;
pub use progress::*;
pub use records::*;
pub use say::*;
pub use told::*;
pub use watch::*;

/// A list in words: "a", "a and b", "a, b and c".
pub fn list(names: &[String]) -> String {
    match names {
        [] => NOWHERE.into(),
        [one] => one.clone(),
        [most @ .., last] => two(&most.join(", "), last),
    }
}
