//! Certificates for visitors from a real ACME authority (Pebble) by a real client, answered by HAProxy.
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::thread;
use std::time::{Duration, Instant};

use cloud_api::boot::{Acme, Settings};

use super::loopback::{Running, haproxy, on_loopback};
use super::programs::{Root, Said, are_there, program, run};
use super::sample::Sample;

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// The service's name leads to the first HAProxy server.
fn sample() -> Sample {
    let layout = on_loopback(0);
    let mut settings = Settings::new("shop.example.com");
    let mut acme = Acme::new("hostmaster@example.com");
    acme.directory = format!("https://{}:14000/dir", layout.locations[0].hosts[0].private);
    settings.acme = Some(acme);
    Sample::new("ACME", layout, settings)
}

/// An HAProxy server, whose script works in its folder and tells nobody to reload.
fn server(sample: &Sample, name: &str) -> Root {
    let root = haproxy(sample, name);
    let script = root.at("/usr/local/sbin/schwenk-acme");
    let text = fs::read_to_string(&script).expect("a file");
    let here = root.path().display();
    let text = text.replace("/var/lib/schwenk-acme", &format!("{here}/var/lib/schwenk-acme"));
    fs::write(&script, text.replace("/run/", &format!("{here}/run/"))).expect("a file");
    // Notes what it is told instead of doing it.
    let systemctl = root.folder("/bin").join("systemctl");
    fs::write(&systemctl, format!("#!/bin/sh\necho \"$*\" >>{here}/told\n")).expect("a file");
    fs::set_permissions(&systemctl, fs::Permissions::from_mode(0o755)).expect("its mode");
    root
}

fn authority(root: &Root, address: &str) -> [Running; 2] {
    let pem = root.at("/etc/schwenk/host.pem").display().to_string();
    let config = serde_json::json!({ "pebble": {
        "listenAddress": format!("{address}:14000"),
        "managementListenAddress": format!("{address}:15000"),
        "certificate": pem, "privateKey": pem,
        "httpPort": 5080, "tlsPort": 5443,
        "ocspResponderURL": "", "externalAccountBindingRequired": false,
    }});
    let file = root.at("/pebble.json");
    fs::write(&file, config.to_string()).expect("a file");
    let resolver = format!("{address}:8053");
    let mut names = program("pebble-challtestsrv");
    names.args(["-defaultIPv4", address, "-defaultIPv6", "", "-dns01", &resolver]);
    names.args(["-http01", "", "-https01", "", "-tlsalpn01", ""]);
    names.args(["-management", &format!("{address}:8055")]);
    let mut pebble = program("pebble");
    pebble.arg("-config").arg(&file).args(["-dnsserver", &resolver]);
    pebble.env("PEBBLE_VA_NOSLEEP", "1").env("PEBBLE_WFE_NONCEREJECT", "0");
    [
        Running::start(&mut names, root.at("/names.log")),
        Running::start(&mut pebble, root.at("/pebble.log")),
    ]
}

fn get_certificate(root: &Root) -> Said {
    let mut script = program("sh");
    script.arg(root.at("/usr/local/sbin/schwenk-acme"));
    let path = format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", root.at("/bin").display());
    script.env("PATH", path).env("LEGO_CA_CERTIFICATES", root.at("/etc/schwenk/ca.pem"));
    run(&mut script)
}

fn issuer(root: &Root) -> String {
    let mut openssl = program("openssl");
    let pem = root.at("/etc/haproxy/certs/service.pem");
    run(openssl.args(["x509", "-noout", "-issuer", "-ext", "subjectAltName", "-in"]).arg(pem))
        .expect("a certificate")
}

#[test]
fn every_haproxy_gets_its_certificate_though_the_name_leads_to_one_of_them() {
    if !are_there() {
        return;
    }
    let sample = sample();
    let (one, two) = (server(&sample, "haproxy-one"), server(&sample, "haproxy-two"));
    let address = sample.layout.locations[0].hosts[0].private.to_string();
    let _authority = authority(&one, &address);
    // It serves before there is any certificate but that of the own authority.
    assert!(issuer(&one).contains("schwenk-ca"));
    let config = one.at("/etc/haproxy/haproxy.cfg");
    let _haproxy = Running::start(
        program("haproxy").arg("-db").arg("-f").arg(&config),
        one.at("/haproxy.log"),
    );
    let end = Instant::now() + PATIENCE;
    for root in [&one, &two] {
        loop {
            match get_certificate(root) {
                Ok(_) => break,
                // The authority may not be up yet.
                Err(_) if Instant::now() < end => thread::sleep(Duration::from_millis(200)),
                Err(complaint) => {
                    let said = fs::read_to_string(one.at("/pebble.log")).unwrap_or_default();
                    panic!("{complaint}\n{said}");
                }
            }
        }
        let issued = issuer(root);
        assert!(issued.contains("Pebble") && issued.contains("DNS:shop.example.com"), "{issued}");
        let told = fs::read_to_string(root.at("/told")).expect("told");
        assert_eq!(told, "reload haproxy.service\n");
        run(program("haproxy").args(["-c", "-f"]).arg(root.at("/etc/haproxy/haproxy.cfg")))
            .expect("HAProxy takes it");
    }

    // One that is good is left alone.
    let pem = one.at("/etc/haproxy/certs/service.pem");
    let before = fs::read(&pem).expect("a certificate");
    get_certificate(&one).expect("nothing to do");
    assert!(before == fs::read(&pem).expect("a certificate"));
    assert_eq!(fs::read_to_string(one.at("/told")).expect("told"), "reload haproxy.service\n");
}
