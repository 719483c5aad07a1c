//! Worlds worth seeing, each with a name and what it shows.

/// An example.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// Its name in addresses.
    pub name: &'static str,
    /// The script.
    pub text: &'static str,
}

macro_rules! examples {
    ($($name:literal),* $(,)?) => {
        /// All of them: stories of the simulator, which its tests play, too.
        pub const ALL: &[Example] = &[$(Example {
            name: $name,
            text: include_str!(concat!(
                "../../../../crates/failover-sim/stories/", $name, ".txt"
            )),
        }),*];
    };
}

examples! {
    "a-site-dies",
    "a-cloud-is-lost",
    "a-site-half-works",
    "a-vantage-lies",
    "the-watcher-loses-its-network",
    "the-watcher-dies-while-it-publishes",
    "three-watchers-lose-their-leader",
    "somebody-else-writes",
    "nothing-is-left",
    "the-way-back",
    "the-journal-breaks-while-a-watcher-starts",
}

/// The example of this name.
pub fn find(name: &str) -> Option<Example> {
    ALL.iter().copied().find(|example| example.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::draft;
    use crate::words::simulator::example;

    #[test]
    fn every_example_can_be_played_and_says_what_it_shows() {
        for one in ALL {
            let script = draft::parse(one.text).unwrap();
            script.play().unwrap();
            let (title, shows) = example(one.name).unwrap();
            assert!(!title.is_empty() && shows.ends_with('.'), "{}", one.name);
        }
        assert!(find("a-site-dies").is_some() && find("").is_none());
    }
}
