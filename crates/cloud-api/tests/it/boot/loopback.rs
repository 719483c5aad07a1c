//! Servers of a layout on loopback addresses of one machine, on ports that nobody has to be root for.
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command};

use cloud_api::{Layout, Role};

use super::programs::{Root, program, run};
use super::sample::{Sample, host, location};

/// A program that ends with the test.
pub struct Running(Child);

impl Running {
    pub fn start(command: &mut Command, log: PathBuf) -> Self {
        let log = fs::File::create(log).expect("a log");
        let again = log.try_clone().expect("a log");
        // A group of its own, so that its workers end with it.
        let command = command.process_group(0).stdout(log).stderr(again);
        Self(command.spawn().expect("a program"))
    }

    /// As when the machine is lost.
    pub fn kill(&mut self) {
        if self.0.try_wait().is_ok_and(|ended| ended.is_none()) {
            let group = format!("kill -s KILL -- -{}", self.0.id());
            run(program("sh").args(["-c", &group])).ok();
            self.0.kill().ok();
        }
        self.0.wait().ok();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Two locations with a server of each role, at addresses that neither another run on this machine
/// nor the other `test` of this one (0 or 1) uses.
pub fn on_loopback(test: u32) -> Layout {
    let id = std::process::id();
    let net = |place: u32| format!("127.{}.{}", 10 + id % 60 * 4 + test * 2 + place, id / 60 % 250);
    let hosts = |word: &str, net: &str| {
        let make = |kind: &str, role, last: u8| {
            let address = format!("{net}.{last}");
            host(&format!("{kind}-{word}"), role, &address, &address)
        };
        vec![
            make("haproxy", Role::Haproxy, 51),
            make("app", Role::App, 52),
            make("db", Role::Db, 53),
        ]
    };
    let (one, two) = (net(0), net(1));
    Layout::new(vec![
        location("one", &format!("{one}.0/24"), hosts("one", &one)),
        location("two", &format!("{two}.0/24"), hosts("two", &two)),
    ])
}

/// An HAProxy server that needs no root: visitors at 5080 and 5443.
pub fn haproxy(sample: &Sample, name: &str) -> Root {
    let root = Root::of(&sample.files(name));
    let own = ["chroot ", "user ", "group ", "daemon", "stats socket "];
    root.change("/etc/haproxy/haproxy.cfg", |text| {
        let lines =
            text.lines().filter(|line| !own.iter().any(|word| line.trim().starts_with(word)));
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        let text = text.replace(".51:80\n", ".51:5080\n").replace(".51:443 ", ".51:5443 ");
        text.replace(".52:80\n", ".52:5081\n").replace(".52:443 ", ".52:5444 ")
    });
    root
}

/// An application server that needs no root: 5081, and 5444 with TLS.
pub fn app(sample: &Sample, name: &str) -> Root {
    let root = Root::of(&sample.files(name));
    for file in ["ports.conf", "sites-available/schwenk.conf"] {
        root.change(&format!("/etc/apache2/{file}"), |text| {
            let text = text.replace(".52:80\n", ".52:5081\n").replace(".52:443\n", ".52:5444\n");
            text.replace("*:80>", "*:5081>").replace("*:443>", "*:5444>")
        });
    }
    root
}
