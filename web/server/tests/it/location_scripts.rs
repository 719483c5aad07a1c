//! What `[blueprint.service]` says stands in the servers' boot scripts.
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::locations::Clouds;
use crate::process::{Said, run};

/// A program that is never run here, and what `sha256sum` would print for it.
const BINARY: &str = "{ architecture = \"arm\", url = \"https://downloads.example.com/schwenk\", \
                      sha256 = \"SHA\" }";

/// A configuration in which all roles have servers and this is in `[blueprint.service]`.
fn config(clouds: &Clouds, service: &str) -> PathBuf {
    let path = clouds.write("roles.toml", &clouds.text("/google"), &clouds.text("/hetzner"), "2");
    let text = std::fs::read_to_string(&path).expect("it was written");
    let (haproxy, owner) =
        ("  { role = \"haproxy\", machine = \"cax11\" },\n", "owner = \"acme\"\n");
    let more = "  { role = \"dns\", machine = \"cax11\", count = 2 },\n  \
                { role = \"watcher\", machine = \"cax11\" },\n";
    let text = text
        .replace(haproxy, &format!("{haproxy}{more}"))
        .replace(owner, &format!("{owner}secrets = \"secrets.toml\"\n"));
    let binaries = BINARY.replace("SHA", &"0a".repeat(32));
    let service = format!(
        "\n[blueprint.service]\nhost = \"shop.example.com\"\nwatcher_config = \"watcher.toml\"\n\
         watcher_credentials = {{ hetzner = \"file:token\" }}\nwatcher_binaries = [{binaries}]\n\
         {service}\n"
    );
    std::fs::write(&path, text + &service).expect("it can be written");
    path
}

fn locations(clouds: &Clouds, config: &Path, args: &[&str]) -> Said {
    run(&mut clouds.command(config, args))
}

/// A file that the server's boot script puts in place, unpacked as the server does it.
fn file(clouds: &Clouds, config: &Path, server: &str, path: &str) -> String {
    let said = locations(clouds, config, &["script", server]);
    assert_eq!(said.code, 0, "{said:?}");
    let (_, rest) = said.out.split_once("<<'PAYLOAD_'\n").expect("a payload");
    let (payload, _) = rest.split_once("PAYLOAD_\n").expect("its end");
    let unpack = format!("base64 -d | tar -xzOf - files{path}");
    let mut shell = Command::new("sh");
    shell.args(["-c", &unpack]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = shell.spawn().expect("a shell");
    child.stdin.take().expect("a pipe").write_all(payload.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{server} has no {path}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn balance_zone_and_watcher_reach_the_servers_as_the_file_says() {
    let clouds = Clouds::start();
    let put = |name: &str, text: &str| {
        std::fs::write(clouds.dir.path().join(name), text).expect("it can be written");
    };
    let zone = "@ 300 IN SOA ns1 hostmaster 1 3600 600 86400 300\n@ 300 IN NS ns1\n";
    put("example.zone", zone);
    put("watcher.toml", "vantage = \"falkenstein\"\n");
    put("token", "a-token-of-the-watcher");
    let kept = "balance = \"round_robin\"\nzone = \"example.com\"\nzone_file = \"example.zone\"\n\
                zone_secondaries = [{ name = \"elsewhere\", address = \"192.0.2.53\" }]\n";
    let first = config(&clouds, kept);
    let applied = locations(&clouds, &first, &["apply", "--yes"]);
    assert_eq!((applied.code, clouds.servers().len()), (0, 11), "{applied:?}");

    for location in ["london", "falkenstein"] {
        let server = format!("acme-{location}-haproxy-1");
        let haproxy = file(&clouds, &first, &server, "/etc/haproxy/haproxy.cfg");
        assert!(haproxy.contains("\tbalance roundrobin\n"), "{haproxy}");
        let servers = haproxy.lines().filter(|line| line.starts_with("\tserver "));
        let (far, near): (Vec<_>, Vec<_>) = servers.partition(|line| line.ends_with(" backup"));
        assert_eq!((near.len(), far.len()), (2, 2), "{haproxy}");
        let own = format!("acme-{location}-app-");
        assert!(near.iter().all(|line| line.contains(&own)), "{haproxy}");
    }
    let keeper = "acme-falkenstein-dns-1";
    assert_eq!(file(&clouds, &first, keeper, "/var/lib/knot/example.com.zone"), zone);
    let knot = file(&clouds, &first, keeper, "/etc/knot/knot.conf");
    assert!(knot.contains("notify: [ acme-falkenstein-dns-2, elsewhere ]"), "{knot}");
    assert!(knot.contains("address: \"192.0.2.53@53\""), "{knot}");
    let copy = file(&clouds, &first, "acme-falkenstein-dns-2", "/etc/knot/knot.conf");
    assert!(copy.contains("master: [ acme-falkenstein-dns-1 ]"), "{copy}");
    let watcher = "acme-falkenstein-watcher-1";
    let given = file(&clouds, &first, watcher, "/etc/schwenk/schwenk.toml");
    assert_eq!(given, "vantage = \"falkenstein\"\n");

    let primary = "zone = \"example.com\"\n\
                   zone_primary = { name = \"outside\", address = \"192.0.2.54\" }\n";
    let copied = config(&clouds, primary);
    let knot = file(&clouds, &copied, keeper, "/etc/knot/knot.conf");
    assert!(knot.contains("master: [ outside ]"), "{knot}");
    assert!(knot.contains("address: \"192.0.2.54@53\""), "{knot}");
    let haproxy = file(&clouds, &copied, "acme-london-haproxy-1", "/etc/haproxy/haproxy.cfg");
    assert!(haproxy.contains("\tbalance leastconn\n"), "what it is by itself: {haproxy}");
}

#[test]
fn what_cannot_be_meant_of_balance_and_zone_is_said_with_its_place() {
    let clouds = Clouds::start();
    for name in ["watcher.toml", "token", "example.zone"] {
        std::fs::write(clouds.dir.path().join(name), "text").expect("it can be written");
    }
    let peer =
        |name: &str, address: &str| format!("{{ name = \"{name}\", address = \"{address}\" }}");
    let good = peer("outside", "192.0.2.54");
    for (service, words) in [
        ("balance = \"round_robbin\"".to_owned(), "did you mean \"round_robin\"?"),
        (format!("zone_primary = {good}"), "without zone; write its name"),
        ("zone = \"example.com\"".to_owned(), "or name a zone_primary"),
        (
            format!("zone = \"example.com\"\nzone_file = \"example.zone\"\nzone_primary = {good}"),
            "remove one of the two",
        ),
        (
            format!("zone = \"example.com\"\nzone_primary = {}", peer("outside", "2001:db8::1")),
            "is not an IPv4 address",
        ),
        (
            format!("zone = \"example.com\"\nzone_primary = {}", peer("Out Side", "192.0.2.54")),
            "the name \"Out Side\"",
        ),
        (
            format!("zone = \"example.com\"\nzone_primary = {good}\nzone_secondaries = [{good}]"),
            "two name servers are called \"outside\"",
        ),
    ] {
        let said = locations(&clouds, &config(&clouds, &service), &["plan"]);
        let text = format!("{}{}", said.out, said.err);
        assert!(said.code != 0 && text.contains(words), "{words}: {said:?}");
        assert!(text.contains("blueprint.service"), "{said:?}");
    }
    assert!(clouds.servers().is_empty());
}
