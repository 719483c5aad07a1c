//! Each program notices a file that is broken: otherwise its consent would mean nothing.
use super::programs::{Root, are_there};
use super::sample::{Sample, all};
use super::validators::judge;

/// A server, a file of it, something in it, and what is put there instead.
const BROKEN: [(&str, &str, &str, &str); 22] = [
    ("db-one", "/etc/nftables.conf", "dport 3306", "dport 70000"),
    ("app-one", "/etc/nftables.conf", "@haproxy_here", "@nobody"),
    ("db-one", "/etc/fail2ban/jail.d/60-schwenk.local", "[sshd]", "[no-such-jail]"),
    ("db-one", "/etc/fail2ban/jail.d/60-schwenk.local", "maxretry = 5", "maxretry = abc"),
    ("db-one", "/etc/apt/apt.conf.d/60schwenk", "\"1\";", "\"1"),
    ("db-one", "/etc/ssh/sshd_config.d/10-schwenk.conf", "MaxAuthTries 3", "MaxAuthTries few"),
    ("db-one", "/etc/ssh/authorized_keys.d/anna", "AAAA", "!!!!"),
    ("db-one", "/etc/sysctl.d/60-schwenk.conf", "ip_nonlocal_bind", "ip_nonlocal_bond"),
    ("db-one", "/etc/sudoers.d/60-schwenk", "NOPASSWD", "NOPASSWORD"),
    ("haproxy-one", "/etc/haproxy/haproxy.cfg", "option redispatch 1", "option redisptach 1"),
    // Only a warning to it, unless it is told to be strict.
    ("haproxy-one", "/etc/haproxy/haproxy.cfg", "timeout client 30s", "# timeout client 30s"),
    ("haproxy-one", "/etc/haproxy/certs/service.pem", "-----BEGIN CERTIFICATE-----", ""),
    ("app-one", "/etc/apache2/sites-available/schwenk.conf", "SSLEngine on", "SSLMotor on"),
    ("app-one", "/etc/schwenk/php.ini", "log_errors = On", "log_errors = (On"),
    ("app-one", "/etc/schwenk/app.json", "\"port\"", "port"),
    ("app-one", "/var/www/app/public/health.php", "'dbworking'", "'dbworking"),
    ("db-one", "/etc/mysql/mariadb.conf.d/60-schwenk.cnf", "sync_binlog", "sync_binlag"),
    ("db-one", "/etc/schwenk/db/peer.cnf", "ssl_verify", "ssl_trust"),
    ("db-one", "/usr/local/sbin/schwenk-db", "\nfi\n", "\nfy\n"),
    ("ns-one", "/etc/knot/knot.conf", "hmac-sha256", "hmac-sha255"),
    ("ns-one", "/var/lib/knot/example.com.zone", "203.0.113.5", "203.0.113.555"),
    ("watch-one", "/etc/systemd/system/schwenk.service", "NoNewPrivileges", "NoOldPrivileges"),
];

#[test]
fn each_program_notices_a_broken_file() {
    if !are_there() {
        return;
    }
    let samples = all();
    let sample = samples.iter().find(|sample| sample.what == "many servers").expect("the sample");
    for (host, path, before, after) in BROKEN {
        let root = broken(sample, host, path, before, after);
        let said = judge(&root, path).unwrap_or_else(|| panic!("nobody judges {path}"));
        assert!(said.is_err(), "{path} with \"{after}\" is accepted: {said:?}");
    }
}

fn broken(sample: &Sample, host: &str, path: &str, before: &str, after: &str) -> Root {
    let text = sample.text(host, path);
    assert!(text.contains(before), "{path} holds no \"{before}\"");
    let root = Root::of(&sample.files(host));
    root.put(path, text.replace(before, after).as_bytes());
    root
}
