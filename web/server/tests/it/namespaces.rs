//! Three watchers and three members of etcd, each pair on a network of its own that can be cut.
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use schwenk::http::auth::hash;
use serde_json::Value;
use tempfile::TempDir;

use crate::process::{Said, Service, configure, run};

/// Long for a loaded machine that runs seven programs for this.
const PATIENCE: Duration = Duration::from_secs(120);
const TOKEN: &str = "namespaces-token";
/// The clouds and the sites are here, and the bridge between all others.
const HUB: &str = "10.77.0.254";
const ONE: &str = "10.77.1.1";
const TWO: &str = "10.77.2.1";
const NAMES: [&str; 3] = ["north", "south", "west"];

/// Whether networks can be made here. In CI they must be; elsewhere their absence is said loudly.
fn available() -> bool {
    let probe = format!("schwenk-probe-{}", std::process::id());
    let made = ip(&["netns", "add", &probe]).is_ok();
    let _ = ip(&["netns", "delete", &probe]);
    let etcd = Command::new("etcd").arg("--version").stdout(Stdio::null()).status();
    if made && etcd.is_ok() {
        return true;
    }
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
    assert!(
        !in_ci,
        "network namespaces (root) and etcd are missing, and in CI nothing may be left out"
    );
    eprintln!(
        "!! no right to make network namespaces, or no etcd: a test is LEFT OUT. Run it as root."
    );
    false
}

fn ip(args: &[&str]) -> Result<(), String> {
    let output = Command::new("ip").args(args).output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(format!("ip {}: {said}", args.join(" "))) }
}

/// The networks: a hub and one for each pair. Gone when dropped.
struct Networks {
    prefix: String,
}

impl Networks {
    fn make() -> Self {
        let networks = Self { prefix: format!("schwenk-{}", std::process::id()) };
        let hub = networks.hub();
        let own = |args: &str| {
            let args: Vec<&str> = args.split(' ').collect();
            ip(&args).expect("a network");
        };
        own(&format!("netns add {hub}"));
        let inside = |args: &str| own(&format!("-n {hub} {args}"));
        inside("link set lo up");
        inside("link add br0 type bridge");
        inside(&format!("addr add {HUB}/24 dev br0"));
        inside(&format!("addr add {ONE}/32 dev br0"));
        inside(&format!("addr add {TWO}/32 dev br0"));
        inside("link set br0 up");
        for place in 0..NAMES.len() {
            let (name, address) = (networks.of(place), Self::address(place));
            own(&format!("netns add {name}"));
            inside(&format!("link add v{place} type veth peer name eth0 netns {name}"));
            inside(&format!("link set v{place} master br0 up"));
            for args in [
                "link set lo up".to_owned(),
                format!("addr add {address}/24 dev eth0"),
                "link set eth0 up".to_owned(),
                format!("route add default via {HUB}"),
                // Nobody is there, and nobody says so.
                "neigh add 10.77.0.200 lladdr 02:00:00:00:00:99 dev eth0 nud permanent".to_owned(),
            ] {
                own(&format!("-n {name} {args}"));
            }
        }
        networks
    }

    fn hub(&self) -> String {
        format!("{}-hub", self.prefix)
    }

    fn of(&self, place: usize) -> String {
        format!("{}-{}", self.prefix, NAMES[place])
    }

    fn address(place: usize) -> String {
        format!("10.77.0.{}", place + 1)
    }

    /// A command in one of the networks.
    fn command(network: &str, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", network, program]).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("NO_GCE_CHECK", "true").stdin(Stdio::null());
        command
    }

    /// Silently loses everything between a pair and site one.
    fn cut_from_site_one(&self, place: usize) {
        let route = [ONE, "via", "10.77.0.200"];
        ip(&[&["-n", &self.of(place), "route", "add"], &route[..]].concat()).expect("cut");
    }

    fn mend_to_site_one(&self, place: usize) {
        ip(&["-n", &self.of(place), "route", "delete", ONE]).expect("mended");
    }

    /// Silently loses everything between a pair and all others.
    fn cut_off(&self, place: usize, off: bool) {
        let state = if off { "down" } else { "up" };
        let link = format!("v{place}");
        ip(&["-n", &self.hub(), "link", "set", &link, state]).expect("cut or mended");
    }

    /// Site one's machine is gone, or back: what is sent to it is lost meanwhile.
    fn site_one(&self, there: bool) {
        let (what, address) = (if there { "add" } else { "delete" }, format!("{ONE}/32"));
        ip(&["-n", &self.hub(), "addr", what, &address, "dev", "br0"]).expect("gone or back");
    }
}

impl Drop for Networks {
    fn drop(&mut self) {
        for place in 0..NAMES.len() {
            let _ = ip(&["netns", "delete", &self.of(place)]);
        }
        let _ = ip(&["netns", "delete", &self.hub()]);
    }
}

/// A member of etcd that ends with its test.
struct Member(Child);

impl Member {
    fn start(networks: &Networks, place: usize, directory: &Path) -> Self {
        let url = |place: usize, port: u16| format!("http://{}:{port}", Networks::address(place));
        let all = (0..NAMES.len()).map(|at| format!("{}={}", NAMES[at], url(at, 2380)));
        let all = all.collect::<Vec<_>>().join(",");
        let (client, peer) = (url(place, 2379), url(place, 2380));
        let mut command = Networks::command(&networks.of(place), "etcd");
        command.args(["--name", NAMES[place], "--data-dir"]).arg(directory.join("etcd"));
        command.args(["--listen-client-urls", &client, "--advertise-client-urls", &client]);
        command.args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer]);
        command.args(["--initial-cluster", &all, "--initial-cluster-state", "new"]);
        command.args(["--heartbeat-interval", "100", "--election-timeout", "1000"]);
        Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("etcd starts"))
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// All of it. What is dropped first stands first.
struct Group {
    watchers: Vec<Option<Service>>,
    members: Vec<Member>,
    clouds: Service,
    networks: Networks,
    configs: Vec<PathBuf>,
    directory: TempDir,
}

impl Group {
    fn start(quorum: u8) -> Self {
        let (networks, directory) = (Networks::make(), tempfile::tempdir().expect("a directory"));
        let (one, two) = (format!("one={ONE}"), format!("two={TWO}"));
        let binary = env!("CARGO_BIN_EXE_schwenk");
        let mut emulate = Networks::command(&networks.hub(), binary);
        let key_file = directory.path().join("key.json");
        emulate.args(["emulate", "--json", "--listen", HUB, "--site", &one, "--site", &two]);
        emulate.arg("--key-file").arg(key_file);
        let clouds = Service::start(&mut emulate);
        let mut configs = Vec::new();
        for name in NAMES {
            let own = directory.path().join(name);
            std::fs::create_dir(&own).expect("a directory");
            configs.push(configure(&own, &clouds, &hash(TOKEN).expect("it hashes")));
        }
        let watchers = NAMES.iter().map(|_| None).collect();
        let members = Vec::new();
        let mut group = Self { watchers, members, clouds, networks, configs, directory };
        group.start_etcd();
        group.configure(quorum);
        (0..NAMES.len()).for_each(|place| group.run(place));
        group
    }

    /// Starts all members, or starts them anew.
    fn start_etcd(&mut self) {
        for (place, name) in NAMES.iter().enumerate() {
            let own = self.directory.path().join(name);
            self.members.push(Member::start(&self.networks, place, &own));
        }
    }

    /// What these configurations have beside the usual.
    fn configure(&self, quorum: u8) {
        let endpoints =
            (0..NAMES.len()).map(|at| format!("\"http://{}:2379\"", Networks::address(at)));
        let endpoints = endpoints.collect::<Vec<_>>().join(", ");
        for (config, name) in self.configs.iter().zip(NAMES) {
            let usual = config.with_extension("usual");
            if !usual.exists() {
                std::fs::copy(config, &usual).expect("a copy");
            }
            let text = std::fs::read_to_string(&usual).expect("it was written");
            let cluster = format!(
                "vantage = \"{name}\"\n[cluster]\nvantages = [\"north\", \"south\", \"west\"]\n\
                 endpoints = [{endpoints}]\nlease = \"2 s\"\n"
            );
            let text = text.replacen("listen = \"127.0.0.1:0\"", "listen = \"127.0.0.1:8420\"", 1);
            let text = text.replace("kind = \"google\"", "kind = \"google\"\nallow_plain = true");
            let text = text.replace("kind = \"hetzner\"", "kind = \"hetzner\"\nallow_plain = true");
            let policy = format!("[services.policy]\nquorum = {quorum}\n");
            let text = text.replacen("[[services.sites]]", &(policy + "[[services.sites]]"), 1);
            std::fs::write(config, cluster + &text).expect("it can be written");
        }
    }

    fn run(&mut self, place: usize) {
        let network = self.networks.of(place);
        let mut command = Networks::command(&network, env!("CARGO_BIN_EXE_schwenk"));
        let config = &self.configs[place];
        command.args(["run", "--json", "--config"]).arg(config);
        command.env("HCLOUD_TOKEN", self.clouds.text("/tokens/hetzner"));
        let log = config.with_extension("log");
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log).expect("a log");
        self.watchers[place] = Some(Service::start(command.stderr(log)));
    }

    fn stop(&mut self, place: usize) {
        if let Some(watcher) = self.watchers[place].take() {
            watcher.terminate();
        }
    }

    /// Forces the service to site one, at this watcher alone.
    fn force_alone(&self, place: usize) -> Said {
        let network = self.networks.of(place);
        let mut command = Networks::command(&network, env!("CARGO_BIN_EXE_schwenk"));
        command.args(["switch", "app", "--to", "one", "--force", "--alone", "--yes"]);
        run(command.env("SCHWENK_TOKEN", TOKEN))
    }

    /// What a watcher shows, asked within its own network.
    fn snapshot(&self, place: usize) -> Value {
        let network = self.networks.of(place);
        let mut command = Networks::command(&network, env!("CARGO_BIN_EXE_schwenk"));
        run(command.args(["status", "--json"]).env("SCHWENK_TOKEN", TOKEN)).json()
    }

    /// Waits until the watchers at these places look as wanted.
    fn until(&self, what: &str, places: &[usize], wanted: impl Fn(&Value) -> bool) {
        let started = Instant::now();
        for place in places {
            loop {
                let snapshot = self.snapshot(*place);
                if wanted(&snapshot) {
                    break;
                }
                assert!(
                    started.elapsed() < PATIENCE,
                    "never {what} at {}: {snapshot:#}\n{}",
                    NAMES[*place],
                    std::fs::read_to_string(self.configs[*place].with_extension("log"))
                        .unwrap_or_default()
                );
                std::thread::sleep(Duration::from_millis(200));
            }
        }
    }

    /// Waits until one of these places leads, under a later epoch.
    fn leader(&self, places: &[usize], after: u64) -> (usize, u64) {
        let started = Instant::now();
        loop {
            for place in places {
                let cluster = &self.snapshot(*place)["cluster"];
                let epoch = cluster["epoch"].as_u64().unwrap_or(0);
                if cluster["leads"] == true && epoch > after {
                    return (*place, epoch);
                }
            }
            assert!(started.elapsed() < PATIENCE, "nobody leads");
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

fn settled(snapshot: &Value, site: usize) -> bool {
    let view = &snapshot["services"][0]["view"];
    view["desired"] == 1 << site
        && view["open_move"].is_null()
        && view["sites"][site]["verdict"] == "up"
}

fn alert(snapshot: &Value, key: &str, text: &str) -> bool {
    let alerts = snapshot["alerts"].as_array().expect("a list");
    alerts.iter().any(|alert| {
        let of = |key: &str| alert[key].as_str().unwrap_or_default().to_owned();
        of("key").starts_with(key) && of("text").contains(text)
    })
}

fn both_up(snapshot: &Value) -> bool {
    let sites = &snapshot["services"][0]["view"]["sites"];
    settled(snapshot, 0) && sites[1]["verdict"] == "up"
}

const ALL: [usize; 3] = [0, 1, 2];

#[test]
fn networks_that_are_cut_move_nothing_without_need_and_stop_no_move_that_is_needed() {
    if !available() {
        return;
    }
    let mut group = Group::start(3);
    group.until("all well", &ALL, both_up);
    // Two of three do not reach site one, and the policy asks for all three.
    group.networks.cut_from_site_one(0);
    group.networks.cut_from_site_one(1);
    let (leader, _) = group.leader(&ALL, 0);
    group.until("an alert", &[leader], |snapshot| alert(snapshot, "doubt:", "2 of 3 vantages"));
    let view = &group.snapshot(leader)["services"][0]["view"];
    assert!(view["desired"] == 1 && view["last_move"].is_null(), "{view:#}");
    group.networks.mend_to_site_one(0);
    group.networks.mend_to_site_one(1);
    group.until("all clear", &[leader], |snapshot| !alert(snapshot, "doubt:", ""));
    // From now on two are enough. Who has the new policy first is named.
    group.configure(2);
    group.stop(leader);
    group.run(leader);
    let others: Vec<usize> = ALL.into_iter().filter(|place| *place != leader).collect();
    group.until("it is named", &others, |snapshot| {
        alert(snapshot, "policy:", &format!("The watcher {} has another policy", NAMES[leader]))
    });
    for place in others {
        group.stop(place);
        group.run(place);
    }
    group
        .until("one policy", &ALL, |snapshot| both_up(snapshot) && !alert(snapshot, "policy:", ""));
    // The leader and its member of etcd are cut off from everything; another one leads and moves.
    let (leader, epoch) = group.leader(&ALL, 0);
    group.networks.cut_off(leader, true);
    let others: Vec<usize> = ALL.into_iter().filter(|place| *place != leader).collect();
    group.leader(&others, epoch);
    group.networks.site_one(false);
    group.until("moved", &others, |snapshot| settled(snapshot, 1));
    let away = &group.snapshot(leader)["cluster"];
    assert!(away["leads"] == false && away["problem"].is_string(), "{away}");
    group.networks.cut_off(leader, false);
    group.until("agreed", &ALL, |snapshot| {
        settled(snapshot, 1) && snapshot["cluster"]["problem"].is_null()
    });
    // All of etcd is away, and a human moves the service back at one watcher.
    group.networks.site_one(true);
    group.until("one is back", &ALL, |snapshot| {
        snapshot["services"][0]["view"]["sites"][0]["verdict"] == "up"
    });
    let early = group.force_alone(0);
    assert!(early.code == 3 && early.err.contains("not alone"), "{early:?}");
    group.members.clear();
    group.until("etcd is missed", &ALL, |snapshot| snapshot["cluster"]["problem"].is_string());
    let forced = group.force_alone(0);
    assert_eq!(forced.code, 0, "{forced:?}");
    group.until("it is moved", &[0], |snapshot| {
        let view = &snapshot["services"][0]["view"];
        view["desired"] == 1 && view["open_move"].is_null()
    });
    group.start_etcd();
    group.until("all know of it", &ALL, |snapshot| {
        settled(snapshot, 0) && !alert(snapshot, "alone:", "")
    });
    ALL.into_iter().for_each(|place| group.stop(place));
}
