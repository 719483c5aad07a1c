//! What can be known to be wrong with a wish before any request is sent.
use std::collections::HashSet;

use cloud_http::{Failure, Kind};
use secrecy::{ExposeSecret, SecretString};

use crate::key::SshKey;
use crate::labels;
use crate::network::{NetworkSpec, SubnetSpec};
use crate::provider::Rules;
use crate::range::Range;
use crate::server::{PublicV4, ServerSpec};

fn invalid(text: impl Into<String>) -> Failure {
    Failure::new(Kind::Invalid, text)
}

impl ServerSpec {
    /// Checks the wish against what a provider takes, without any request. Every provider calls
    /// this first and fails with what comes back.
    pub fn validate(&self, rules: &Rules) -> Result<(), Failure> {
        self.parts(rules).map_err(|mut failure| {
            failure.message = format!("server \"{}\": {}", self.name, failure.message);
            failure
        })
    }

    fn parts(&self, rules: &Rules) -> Result<(), Failure> {
        check_word("place", &self.place)?;
        check_word("machine type", &self.machine)?;
        if self.image.is_empty() || self.image.chars().any(|c| c.is_whitespace() || c.is_control())
        {
            return Err(invalid(format!("\"{}\" is no name of an image", self.image)));
        }
        labels::check(&self.labels, &self.tags)?;
        if self.tags.len() > rules.tags_max {
            return Err(invalid(format!("more than {} tags", rules.tags_max)));
        }
        if self.disk_gb.is_some() && !rules.disks {
            let text = "the size of the disk comes with the machine type here; leave it out";
            return Err(Failure::new(Kind::Unsupported, text));
        }
        if self.disk_gb.is_some_and(|gb| gb < 10) {
            return Err(invalid("a disk has at least 10 GB"));
        }
        self.ssh_keys.iter().try_for_each(SshKey::check)?;
        if let Some(script) = &self.boot_script {
            check_script(script, rules)?;
        }
        self.ways(rules)
    }

    fn ways(&self, rules: &Rules) -> Result<(), Failure> {
        if self.attachments.len() > rules.attachments_max {
            return Err(invalid(format!("more than {} networks", rules.attachments_max)));
        }
        let mut seen = HashSet::new();
        if let Some(twice) = self.attachments.iter().find(|a| !seen.insert(&a.network)) {
            return Err(invalid(format!("network {} is named twice", twice.network)));
        }
        if self.attachments.is_empty() && self.public_v4 == PublicV4::None && !self.public_v6 {
            return Err(invalid("it would have neither a public address nor a private network"));
        }
        Ok(())
    }
}

/// A boot script must fit and must be a script: Google runs nothing else.
pub(crate) fn check_script(script: &SecretString, rules: &Rules) -> Result<(), Failure> {
    let (script, most) = (script.expose_secret(), rules.boot_script_bytes_max);
    if script.len() > most {
        let count = script.len();
        return Err(invalid(format!("the boot script has {count} bytes; {most} is the most")));
    }
    if !script.starts_with("#!") {
        return Err(invalid("the boot script must begin with #!, as in #!/bin/sh"));
    }
    Ok(())
}

/// A word that goes into a path: letters, digits, hyphens, underscores and dots.
pub(crate) fn check_word(what: &str, text: &str) -> Result<(), Failure> {
    let ok = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || text.len() > 63 || !text.chars().all(ok) {
        return Err(invalid(format!("\"{text}\" is no {what}")));
    }
    Ok(())
}

impl NetworkSpec {
    /// Checks the wish against what a provider takes, without any request.
    pub fn validate(&self, rules: &Rules) -> Result<(), Failure> {
        private(&self.range)?;
        match rules.network_prefix_max {
            Some(most) if self.range.prefix() > most => {
                let (name, range) = (&self.name, self.range);
                Err(invalid(format!("network \"{name}\": {range} is smaller than a /{most}")))
            }
            _ => Ok(()),
        }
    }
}

impl SubnetSpec {
    /// Checks the wish against what a provider takes, without any request.
    pub fn validate(&self, rules: &Rules) -> Result<(), Failure> {
        check_word("place", &self.place)?;
        private(&self.range)?;
        let most = rules.subnet_prefix_max;
        if self.range.prefix() > most {
            let (name, range) = (&self.name, self.range);
            return Err(invalid(format!("subnet \"{name}\": {range} is smaller than a /{most}")));
        }
        Ok(())
    }
}

fn private(range: &Range) -> Result<(), Failure> {
    if range.is_private() {
        return Ok(());
    }
    Err(invalid(format!(
        "{range} is no private range: 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16 are (RFC 1918)"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::{Name, Owner};
    use crate::server::Attachment;

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    fn owner() -> Owner {
        Owner::parse("acme").unwrap()
    }

    fn spec() -> ServerSpec {
        ServerSpec::new(name("web-1"), owner(), "fsn1", "cx23", "debian-12")
    }

    #[test]
    fn everything_that_can_be_known_beforehand_is_refused_with_the_servers_name() {
        let two = || Attachment::new("1", "1/10.0.0.0/24");
        let script = |text: &str| Some(SecretString::from(text));
        for (bad, why) in [
            (ServerSpec { place: "fsn1/../x".into(), ..spec() }, "is no place"),
            (ServerSpec { machine: String::new(), ..spec() }, "is no machine type"),
            (ServerSpec { image: "debian 12".into(), ..spec() }, "is no name of an image"),
            (ServerSpec { disk_gb: Some(20), ..spec() }, "comes with the machine type"),
            (
                ServerSpec { ssh_keys: vec![SshKey::new(name("k"), "ops", "x")], ..spec() },
                "is no public key",
            ),
            (ServerSpec { boot_script: script("#cloud-config"), ..spec() }, "must begin with #!"),
            (
                ServerSpec { boot_script: script(&format!("#!{}", "x".repeat(40_000))), ..spec() },
                "40002 bytes; 32768",
            ),
            (ServerSpec { attachments: vec![two(), two()], ..spec() }, "named twice"),
            (ServerSpec { public_v4: PublicV4::None, ..spec() }, "neither a public address"),
            (
                ServerSpec { tags: (0..33).map(|n| name(&format!("t{n}"))).collect(), ..spec() },
                "32 tags",
            ),
        ] {
            let failure = bad.validate(&Rules::default()).unwrap_err();
            assert!(failure.message.starts_with("server \"web-1\": "), "{failure}");
            assert!(failure.message.contains(why), "{failure}");
        }
        assert_eq!(spec().validate(&Rules::default()), Ok(()));
    }

    #[test]
    fn a_boot_script_is_never_shown() {
        let script = SecretString::from("#!/bin/sh\nPASSWORD=hunter2-hunter2\n");
        let spec = ServerSpec { boot_script: Some(script), ..spec() };
        assert!(!format!("{spec:?}").contains("hunter2"));
    }

    #[test]
    fn networks_are_private_and_large_enough() {
        let range = |text: &str| Range::parse(text).unwrap();
        let network = |text| NetworkSpec::new(name("edge"), owner(), range(text));
        let subnet = |text| SubnetSpec::new("1", name("web"), owner(), "fsn1", range(text));
        let rules = Rules::default();
        assert_eq!(network("10.20.0.0/16").validate(&rules), Ok(()));
        assert!(network("10.20.0.0/25").validate(&rules).unwrap_err().message.contains("/24"));
        assert!(network("192.0.2.0/24").validate(&rules).unwrap_err().message.contains("RFC 1918"));
        assert_eq!(subnet("10.20.0.0/29").validate(&rules), Ok(()));
        assert!(subnet("10.20.0.0/30").validate(&rules).unwrap_err().message.contains("/29"));
    }
}
