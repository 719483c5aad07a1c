//! What a server does once it has power: it boots, and writes to its console.

use std::time::{Duration, Instant};

use serde::Serialize;

use crate::fault::Cloud;

/// The inside of a server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Machine {
    /// When the present run began, and how long it takes until the system is up.
    run: Option<(Instant, Duration)>,
    /// What earlier runs wrote.
    past: String,
    name: String,
    script: Option<Script>,
}

/// What a server is told to do at its boot: only its size is ever shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Script {
    /// What the cloud calls it.
    pub kind: &'static str,
    pub length: usize,
}

/// A server as the emulator's owner may see it, from outside of both clouds.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Seen {
    pub cloud: Cloud,
    pub name: String,
    /// Zone or location.
    pub place: String,
    /// Status, in the cloud's own words.
    pub status: String,
    pub server_type: String,
    /// Public IPv4 address.
    pub address: Option<String>,
    /// Addresses in private networks.
    pub private: Vec<String>,
    /// Whether its system is up.
    pub booted: bool,
    pub console: String,
}

impl Machine {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Gives it power, or makes it boot again.
    pub(crate) fn start(&mut self, script: Option<Script>, boot: Duration) {
        self.stop();
        self.script = script;
        self.run = Some((Instant::now(), boot));
    }

    /// Takes its power away.
    pub(crate) fn stop(&mut self) {
        self.past = self.console();
        self.run = None;
    }

    /// Whether its system is up, and its console at that very moment.
    pub(crate) fn look(&self) -> (bool, String) {
        let booted = self.booted();
        (booted, self.written(booted))
    }

    fn booted(&self) -> bool {
        self.run.is_some_and(|(since, boot)| since.elapsed() >= boot)
    }

    /// Everything written to the console so far.
    pub(crate) fn console(&self) -> String {
        self.look().1
    }

    fn written(&self, booted: bool) -> String {
        let mut text = self.past.clone();
        if self.run.is_none() {
            return text;
        }
        text.push_str("[    0.000000] Linux version 6.1.0-cloud-amd64\n");
        text.push_str("[    0.412093] Run /sbin/init as init process\n");
        if !booted {
            return text;
        }
        let name = &self.name;
        match self.script {
            Some(Script { kind, length }) => {
                text.push_str(&format!("{name} boot: found {kind}, {length} bytes\n"));
                text.push_str(&format!("{name} boot: {kind} exit status 0\n"));
            }
            None => text.push_str(&format!("{name} boot: found nothing to run\n")),
        }
        text.push_str(&format!("\nDebian GNU/Linux {name} ttyS0\n\n{name} login: "));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_console_tells_the_length_of_the_script_at_every_boot() {
        let mut machine = Machine::new("web-1");
        assert_eq!((machine.console().as_str(), machine.booted()), ("", false));
        let script = Some(Script { kind: "user data", length: 1234 });
        machine.start(script, Duration::from_secs(3600));
        assert!(!machine.booted() && machine.console().contains("Linux version"));
        assert!(!machine.console().contains("1234"));
        for boots in 1..=2 {
            machine.start(script, Duration::ZERO);
            assert!(machine.booted());
            assert_eq!(machine.console().matches("found user data, 1234 bytes").count(), boots);
        }
        machine.stop();
        assert!(!machine.booted() && machine.console().contains("1234"));
    }
}
