//! Debian packages that the tests need: programs that judge our files, and a browser.
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::shell::{Done, exists, in_ci, step};

/// What a group of tests needs.
struct Group {
    /// Which tests.
    what: &'static str,
    /// The variable that tells them to run.
    variable: &'static str,
    /// Programs by which one sees that the packages are there.
    programs: &'static [&'static str],
    packages: &'static [&'static str],
}

const GROUPS: [Group; 5] = [
    Group {
        what: "the panel's browser test",
        variable: "SCHWENK_TEST_BROWSER",
        programs: &["chromedriver", "chromium"],
        packages: &["chromium", "chromium-driver", "fonts-dejavu-core"],
    },
    Group {
        what: "the tests that hold metrics and alerts against Prometheus",
        variable: "SCHWENK_TEST_PROMETHEUS",
        programs: &["prometheus", "promtool"],
        packages: &["prometheus"],
    },
    Group {
        what: "the tests of e-mail",
        variable: "SCHWENK_TEST_MAIL",
        programs: &["/usr/bin/aiosmtpd", "/usr/bin/python3"],
        packages: &["python3-aiosmtpd"],
    },
    Group {
        what: "the tests that run the servers' own programs",
        variable: "SCHWENK_TEST_SERVERS",
        programs: &[
            "/usr/sbin/apache2",
            "/usr/sbin/haproxy",
            "/usr/sbin/knotc",
            "/usr/sbin/mariadbd",
            "/usr/sbin/nft",
            "/usr/sbin/sshd",
            "/usr/sbin/visudo",
            "curl",
            "etcd",
            "etcdctl",
            "fail2ban-client",
            "ip",
            "kzonecheck",
            "lego",
            "openssl",
            "pebble",
            "php",
            "shellcheck",
            "systemd-analyze",
            "unattended-upgrade",
        ],
        packages: &[
            "apache2",
            "curl",
            "etcd-client",
            "etcd-server",
            "fail2ban",
            "haproxy",
            "iproute2",
            "knot",
            "knot-dnssecutils",
            "lego",
            "libapache2-mod-php",
            "mariadb-server",
            "nftables",
            "openssh-server",
            "openssl",
            "pebble",
            "php-cli",
            "php-mysql",
            "python3-systemd",
            "shellcheck",
            "sudo",
            "systemd",
            "unattended-upgrades",
        ],
    },
    Group {
        what: "the cross-checks of name servers and signatures",
        variable: "SCHWENK_TEST_DIG",
        programs: &["delv", "dig"],
        packages: &["bind9-dnsutils"],
    },
];

/// Installs what is missing in CI; elsewhere says loudly which tests are left out.
///
/// Gives the variables that tell tests to run, and whether they are to be set.
pub fn prepare() -> Result<Vec<(&'static str, bool)>, String> {
    let missing: Vec<&Group> = GROUPS.iter().filter(|group| !is_there(group)).collect();
    if !missing.is_empty() && in_ci() {
        install(&missing)?;
        if let Some(group) = missing.iter().find(|group| !is_there(group)) {
            let lacking: Vec<_> =
                group.programs.iter().filter(|program| !exists(program)).collect();
            return Err(format!("{} lack programs still: {lacking:?}", group.what));
        }
        return Ok(GROUPS.iter().map(|group| (group.variable, true)).collect());
    }
    for group in &missing {
        println!(
            "\n!! Programs are missing on this machine: {} are LEFT OUT.\n\
             !! Install them with: apt-get install --no-install-recommends {}",
            group.what,
            group.packages.join(" ")
        );
    }
    Ok(GROUPS.iter().map(|group| (group.variable, is_there(group))).collect())
}

fn is_there(group: &Group) -> bool {
    group.programs.iter().all(|program| exists(program))
}

fn install(groups: &[&Group]) -> Done {
    let packages = groups.iter().flat_map(|group| group.packages);
    let mut update = Command::new("apt-get");
    step("apt-get update", update.args(["-q", "update"]))?;
    let mut install = Command::new("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive");
    install.args(["-q", "-y", "-o", "DPkg::Lock::Timeout=300", "--no-install-recommends"]);
    install.arg("install").args(packages);
    without_services(|| step("install what the tests need", &mut install))
}

/// Debian starts a service when it installs it. The tests start what they need by themselves, and
/// this machine shall not serve anything.
fn without_services(install: impl FnOnce() -> Done) -> Done {
    const POLICY: &str = "/usr/sbin/policy-rc.d";
    if Path::new(POLICY).exists() {
        return install();
    }
    let problem = |error: std::io::Error| format!("{POLICY}: {error}");
    fs::write(POLICY, "#!/bin/sh\nexit 101\n").map_err(problem)?;
    fs::set_permissions(POLICY, fs::Permissions::from_mode(0o755)).map_err(problem)?;
    let done = install();
    fs::remove_file(POLICY).map_err(problem)?;
    done
}
