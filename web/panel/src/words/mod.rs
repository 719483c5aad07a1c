//! Every word the panel says, in one place: its name and what is filled in stand here, the texts in
//! `words/en` and `words/de`, a line each. CONTRIBUTING.md tells how to add one.
//!
//! `**` marks what the eye should rest on.
mod act;
mod label;
mod next;
mod notice;
mod progress;
mod say;
#[cfg(test)]
mod tests;
pub mod text;
mod told;

pub use act::*;
pub use label::*;
pub use next::*;
pub use notice::*;
pub use progress::*;
pub use say::*;
pub use told::*;

/// A list in words: "a", "a and b", "a, b and c".
pub fn list(names: &[String]) -> String {
    match names {
        [] => NOWHERE.into(),
        [one] => one.clone(),
        [most @ .., last] => two(&most.join(", "), last),
    }
}
