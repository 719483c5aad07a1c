//! HAProxy and Apache for real: whom a visitor reaches while application servers come and go.
use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use cloud_api::boot::Settings;

use super::loopback::{Running, app, haproxy, on_loopback};
use super::programs::{Root, Said, are_there, program, run};
use super::sample::Sample;
use super::validators::apache_of;

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Says who answers, who is believed to ask, and how.
const PAGE: &str = "<?php echo 'dbworking by ', $_SERVER['SERVER_ADDR'], ' for ', \
                    $_SERVER['REMOTE_ADDR'], ' https=', $_SERVER['HTTPS'] ?? 'off', \"\\n\";";

fn sample() -> Sample {
    let mut settings = Settings::new("shop.example.com");
    settings.application.files = BTreeMap::from([("health.php".into(), PAGE.into())]);
    Sample::new("a front", on_loopback(1), settings)
}

fn start_app(root: &Root) -> Running {
    // Apache's workers are nobody in particular.
    let open = "chmod a+rx \"$0\" && chmod -R a+rX \"$0/var\"";
    run(program("sh").args(["-c", open]).arg(root.path())).expect("readable");
    let mut apache = apache_of(root).expect("Apache");
    Running::start(apache.arg("-DFOREGROUND"), root.at("/apache.log"))
}

/// What a visitor gets. He lies about where he comes from.
fn visit(address: &str, ca: &Root) -> Said {
    let mut curl = program("curl");
    curl.args(["-sS", "--fail", "--max-time", "10", "-H", "X-Forwarded-For: 192.0.2.66"]);
    curl.arg("--cacert").arg(ca.at("/etc/schwenk/ca.pem"));
    curl.args(["--resolve", &format!("shop.example.com:5443:{address}")]);
    run(curl.arg("https://shop.example.com:5443/health.php"))
}

fn until(address: &str, ca: &Root, wanted: &str) {
    let end = Instant::now() + PATIENCE;
    loop {
        let said = visit(address, ca);
        if said.as_ref().is_ok_and(|said| said.contains(wanted)) {
            return;
        }
        assert!(Instant::now() < end, "{said:?} instead of {wanted}");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn visitors_are_served_by_their_location_and_by_the_other_one_when_it_fails() {
    if !are_there() {
        return;
    }
    let sample = sample();
    let address = |location: usize, host: usize| {
        sample.layout.locations[location].hosts[host].private.to_string()
    };
    let (front, near, far) = (address(0, 0), address(0, 1), address(1, 1));
    let proxy = haproxy(&sample, "haproxy-one");
    let (one, two) = (app(&sample, "app-one"), app(&sample, "app-two"));
    let mut near_app = start_app(&one);
    let _far_app = start_app(&two);
    let config = proxy.at("/etc/haproxy/haproxy.cfg");
    let mut server = program("haproxy");
    let _haproxy = Running::start(server.arg("-db").arg("-f").arg(config), proxy.at("/log"));

    // The visitor's own address, whatever he says, and that he came over TLS.
    until(&front, &proxy, &format!("dbworking by {near} for 127.0.0.1 https=on"));
    // Both ways to serve are there before one of them goes.
    wait_for_backup(&two);
    near_app.kill();
    // Every single request is answered, the first one after the loss, too.
    for _ in 0..20 {
        let said = visit(&front, &proxy).expect("an answer");
        assert!(said.contains(&format!("dbworking by {far} for 127.0.0.1 https=on")), "{said}");
    }
    let _near_app = start_app(&one);
    until(&front, &proxy, &format!("by {near} "));

    // From outside the far application server takes nobody without a certificate.
    let mut curl = program("curl");
    curl.args(["-sS", "-k", "--max-time", "10", &format!("https://{far}:5444/health.php")]);
    let complaint = run(&mut curl).expect_err("refused");
    assert!(!complaint.contains("dbworking"), "{complaint}");
}

/// HAProxy has asked the other location's server more than once.
fn wait_for_backup(far: &Root) {
    let end = Instant::now() + PATIENCE;
    let log = far.at("/var/log/apache2/access.log");
    let checks = || std::fs::read_to_string(&log).unwrap_or_default().matches("200").count();
    while checks() < 3 {
        assert!(Instant::now() < end, "no checks arrive");
        thread::sleep(Duration::from_millis(50));
    }
}
