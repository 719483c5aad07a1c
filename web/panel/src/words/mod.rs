//! Every word the panel says, in one place, so that another language is another set of these files.
//!
//! Constants are labels; functions build sentences from names and numbers. `**` marks what the eye
//! should rest on.
mod act;
mod label;
mod next;
mod notice;
mod progress;
mod say;
mod watch;

pub use act::*;
pub use label::*;
pub use next::*;
pub use notice::*;
pub use progress::*;
pub use say::*;
pub use watch::*;

/// A list in words: "a", "a and b", "a, b and c".
pub fn list(names: &[String]) -> String {
    match names {
        [] => NOWHERE.to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// "1 name server", "4 name servers".
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn points(number: u8) -> &'static str {
    if number == 1 { "vantage point" } else { "vantage points" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_like_speech() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(list(&names(&["a", "b", "c"])), "a, b and c");
        assert_eq!(list(&names(&["a"])), "a");
        assert_eq!(list(&[]), "nowhere");
    }

    #[test]
    fn one_is_singular() {
        assert_eq!(count(1, "site", "sites"), "1 site");
        assert_eq!(count(0, "site", "sites"), "0 sites");
    }
}
