//! What cannot work is refused, in words that say what would.
use cloud_api::boot::{Acme, Admin, DnsSettings, Secrets, Settings, script};
use cloud_api::{Layout, Role};
use std::time::SystemTime;

use super::sample::{full, host, six};

fn refusal(layout: &Layout, settings: &Settings) -> String {
    let secrets = match Secrets::generate(layout, settings, SystemTime::now()) {
        Ok(secrets) => secrets,
        Err(error) => return error.to_string(),
    };
    let first = layout.locations[0].hosts[0].name.as_str();
    match script(layout, settings, &secrets, first) {
        Ok(_) => "accepted".into(),
        Err(error) => error.to_string(),
    }
}

fn with_layout(change: impl FnOnce(&mut Layout)) -> String {
    let mut layout = six();
    change(&mut layout);
    refusal(&layout, &Settings::new("shop.example.com"))
}

fn with_settings(change: impl FnOnce(&mut Settings)) -> String {
    let mut settings = full();
    change(&mut settings);
    refusal(&six(), &settings)
}

fn holds(said: &str, wanted: &str) {
    assert!(said.contains(wanted), "\"{said}\" does not hold \"{wanted}\"");
}

#[test]
fn layouts_that_cannot_work_are_refused() {
    holds(&with_layout(|_| {}), "accepted");
    let db = |name: &str, last: u8| {
        host(name, Role::Db, &format!("192.0.2.{last}"), &format!("10.154.0.{last}"))
    };
    let said = with_layout(|layout| layout.locations[0].hosts.push(db("db-b", 9)));
    holds(&said, "\"london\" has 2 databases");
    let said = with_layout(|layout| {
        let mut third = layout.locations[0].clone();
        third.name = crate::support::name("paris");
        third.hosts = vec![db("db-three", 9)];
        layout.locations.push(third);
    });
    holds(&said, "there are 3 databases; two in two locations");
    let said = with_layout(|layout| layout.locations[1].hosts.truncate(2));
    holds(&said, "\"falkenstein\" has application servers, but no database");
    let said = with_layout(|layout| layout.locations[1].hosts[2].public = None);
    holds(&said, "\"db-two\" has no public address");
    let said = with_layout(|layout| layout.locations[1].hosts[0].public = None);
    holds(&said, "\"haproxy-two\" needs a public address");
    let said =
        with_layout(|layout| layout.locations[1].hosts[0] = layout.locations[0].hosts[0].clone());
    holds(&said, "two servers \"haproxy-one\"");
    let said = with_layout(|layout| {
        layout.locations[1].hosts[1].public = layout.locations[0].hosts[1].public;
    });
    holds(&said, "\"app-one\" and \"app-two\" have the same address 203.0.113.6");
    let said = with_layout(|layout| {
        layout.locations[0].hosts[1].private = layout.locations[0].hosts[0].private;
    });
    holds(&said, "have the same address 10.154.0.5");
    let said = with_layout(|layout| {
        layout.locations.iter_mut().for_each(|it| it.hosts.retain(|it| it.role != Role::App));
    });
    holds(&said, "no application server behind \"haproxy-one\"");
    let ns = host("ns", Role::Dns, "192.0.2.9", "10.154.0.9");
    holds(&with_layout(|layout| layout.locations[0].hosts.push(ns)), "none is given (dns)");
    let watch = host("watch", Role::Watcher, "192.0.2.9", "10.154.0.9");
    let said = with_layout(|layout| layout.locations[0].hosts.push(watch));
    holds(&said, "no configuration is given (watcher)");
}

#[test]
fn private_networks_of_two_locations_may_look_alike() {
    let said = with_layout(|layout| {
        layout.locations[1].range = layout.locations[0].range;
        for index in 0..3 {
            layout.locations[1].hosts[index].private = layout.locations[0].hosts[index].private;
        }
    });
    holds(&said, "accepted");
}

#[test]
fn settings_that_would_mean_something_else_in_a_file_are_refused() {
    holds(&with_settings(|_| {}), "accepted");
    for name in
        ["shop", "shop_1.example.com", "shop.example.com;", "-a.example.com", "a..b", "ä.de"]
    {
        let said = with_settings(|settings| settings.host = name.into());
        assert_ne!(said, "accepted", "{name}");
    }
    for contact in ["", "anna", "@example.com", "a'b@example.com", "a b@example.com"] {
        let said = with_settings(|settings| settings.acme = Some(Acme::new(contact)));
        holds(&said, "acme.contact: must be a mail address");
    }
    let directory = |url: &str| {
        with_settings(|settings| {
            let mut acme = Acme::new("a@example.com");
            acme.directory = url.into();
            settings.acme = Some(acme);
        })
    };
    holds(&directory("http://acme.example.com/"), "must be an https URL");
    holds(&directory("https://acme.example.com/$(reboot)"), "must be an https URL");
    for path in ["health.php", "/a b", "/a'", "/a\n", "/a#b"] {
        holds(&with_settings(|it| it.health.path = path.into()), "health.path: must be a path");
    }
    for text in ["", "it's", "a\nb", "\"", "%[env(HOME)]", "#", "\\"] {
        holds(&with_settings(|it| it.health.contains = text.into()), "health.contains: must be");
    }
    for name in ["", "App", "a-b", "1a", "a`b", "mysql", "schwenk"] {
        holds(&with_settings(|it| it.database.name = name.into()), "database.name: ");
    }
    for name in ["root", "schwenk_replication", "it's"] {
        holds(&with_settings(|it| it.database.user = name.into()), "database.user: ");
    }
    for path in ["/etc/passwd", "../x", "a//b", "a/./b", "a b.php", "", &"a".repeat(91)] {
        let said = with_settings(|settings| {
            settings.application.files.insert(path.into(), Vec::new());
        });
        holds(&said, "application.files: ");
    }
}

#[test]
fn people_programs_and_zones_are_looked_at_too() {
    let admin = |user: &str, key: &str| {
        with_settings(|settings| settings.admins = vec![Admin::new(user, vec![key.into()])])
    };
    holds(&admin("root", super::sample::KEY), "\"root\" is a user of the system");
    holds(&admin("an na", super::sample::KEY), "names no user");
    holds(&admin("anna", "ssh-ed25519 short"), "is no public key");
    let said = with_settings(|settings| settings.admins = vec![Admin::new("anna", vec![])]);
    holds(&said, "\"anna\" has no key");
    let said = with_settings(|settings| {
        settings.watcher.as_mut().expect("a watcher").binaries[0].sha256 = "0A".repeat(32);
    });
    holds(&said, "watcher.binaries.sha256: must be 64 digits");
    let said = with_settings(|settings| {
        settings.watcher.as_mut().expect("a watcher").binaries[0].url = "ftp://x".into();
    });
    holds(&said, "watcher.binaries.url: ");
    let said = with_settings(|settings| {
        let watcher = settings.watcher.as_mut().expect("a watcher");
        watcher.credentials.insert("../shadow".into(), String::new().into());
    });
    holds(&said, "watcher.credentials: must be file names");
    let said = with_settings(|settings| settings.dns = Some(DnsSettings::new("example.com", " ")));
    holds(&said, "dns.content: must be a zone file");
}

#[test]
fn a_server_that_is_not_in_the_layout_has_no_script() {
    let (layout, settings) = (six(), full());
    let secrets = Secrets::generate(&layout, &settings, SystemTime::now()).expect("secrets");
    let error = script(&layout, &settings, &secrets, "db-three").expect_err("no such server");
    assert_eq!(error.to_string(), "the layout has no server \"db-three\"");
}
