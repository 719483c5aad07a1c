//! How old what is shown is: a frozen panel must look frozen.
//!
//! The browser reports a broken event stream late or never, so the panel watches the age of the
//! last snapshot itself.

/// A snapshot older than this is not believed any more. The server sends one a second at least;
/// several may be lost on a bad line before the panel gives up.
pub const STALE_AFTER_MS: f64 = 6_000.0;

/// The age of what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fresh {
    /// Nothing has arrived yet.
    Waiting,
    /// It is true now, give or take this many seconds.
    Live(u64),
    /// It was true this many seconds ago.
    Stale(u64),
}

impl Fresh {
    /// From the moment of the last news and the present one, both of the browser's monotonic clock
    /// in milliseconds.
    pub fn of(last: Option<f64>, now: f64) -> Self {
        let Some(last) = last else { return Self::Waiting };
        let age = (now - last).max(0.0);
        let seconds = (age / 1000.0) as u64;
        if age > STALE_AFTER_MS { Self::Stale(seconds) } else { Self::Live(seconds) }
    }

    /// Whether commands may be given on the strength of what is shown.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Live(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_news_is_stale() {
        assert_eq!(Fresh::of(None, 99_000.0), Fresh::Waiting);
        assert_eq!(Fresh::of(Some(1_000.0), 2_900.0), Fresh::Live(1));
        assert_eq!(Fresh::of(Some(1_000.0), 7_000.0), Fresh::Live(6));
        assert_eq!(Fresh::of(Some(1_000.0), 7_001.0), Fresh::Stale(6));
    }

    #[test]
    fn a_clock_that_steps_back_does_not_make_news_old() {
        assert_eq!(Fresh::of(Some(5_000.0), 4_000.0), Fresh::Live(0));
    }

    #[test]
    fn only_fresh_news_may_be_acted_on() {
        assert!(Fresh::Live(1).is_live());
        assert!(!Fresh::Waiting.is_live());
        assert!(!Fresh::Stale(9).is_live());
    }
}
