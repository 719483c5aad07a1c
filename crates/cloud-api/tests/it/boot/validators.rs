//! For each kind of file the program that reads it, asked whether it is content.
use std::fs;
use std::path::Path;
use std::process::Command;

use super::programs::{Root, Said, feed, is_root, program, run, run_silent};

/// Asks the right program about the file of a server at `path`. `None`: nobody knows such files.
pub fn judge(root: &Root, path: &str) -> Option<Said> {
    let file = root.at(path);
    Some(match path {
        "/etc/nftables.conf" => nftables(&file),
        "/etc/fail2ban/jail.d/60-schwenk.local" => fail2ban(root, &file),
        "/etc/apt/apt.conf.d/60schwenk" => apt(&file),
        "/etc/ssh/sshd_config.d/10-schwenk.conf" => sshd(root, &file),
        "/etc/sysctl.d/60-schwenk.conf" => sysctl(&file),
        "/etc/sudoers.d/60-schwenk" => run(program("visudo").arg("-c").arg("-f").arg(&file)),
        "/etc/haproxy/haproxy.cfg" => haproxy(&file),
        "/etc/apache2/ports.conf"
        | "/etc/apache2/conf-available/schwenk.conf"
        | "/etc/apache2/sites-available/schwenk.conf" => apache(root),
        "/etc/schwenk/php.ini" => php_ini(&file),
        "/etc/schwenk/app.json" => json(&file),
        "/etc/mysql/mariadb.conf.d/60-schwenk.cnf" => mariadb(&file),
        "/etc/schwenk/db/peer.cnf" => client(&file),
        "/etc/knot/knot.conf" => knot(&file),
        "/etc/schwenk/acme.key" => key(&file),
        "/etc/schwenk/ca.pem"
        | "/etc/schwenk/host.pem"
        | "/etc/haproxy/certs/service.pem"
        | "/etc/mysql/schwenk/cert.pem" => certificate(root, &file),
        "/etc/mysql/schwenk/key.pem" => key(&file),
        _ if path.starts_with("/etc/ssh/authorized_keys.d/") => {
            run(program("ssh-keygen").arg("-l").arg("-f").arg(&file))
        }
        _ if path.starts_with("/usr/local/sbin/") => shell(&file),
        _ if path.starts_with("/etc/systemd/system/") => unit(root, path),
        _ if path.ends_with(".php") => run(program("php").arg("-n").arg("-l").arg(&file)),
        _ if path.ends_with(".zone") => zone(&file),
        _ => return None,
    })
}

pub fn nftables(file: &Path) -> Said {
    // The kernel judges, too, in a network of its own: whoever may not set filters here may there.
    let mut nft = program("unshare");
    nft.args(if is_root() { ["-n", "--"] } else { ["-rn", "--"] });
    run(nft.args(["nft", "-c", "-f"]).arg(file))
}

fn fail2ban(root: &Root, file: &Path) -> Said {
    let folder = root.at("/etc/fail2ban-whole");
    run(program("cp").arg("-r").arg("/etc/fail2ban").arg(&folder))?;
    let local = folder.join("jail.d/60-schwenk.local");
    fs::copy(file, &local).map_err(|error| error.to_string())?;
    let said = run(program("fail2ban-client").arg("-c").arg(&folder).arg("-t"))?;
    let dump = run(program("fail2ban-client").arg("-c").arg(&folder).arg("-d"))?;
    // It takes any word as a number of tries.
    let tries = dump.lines().find(|line| line.contains("'maxretry'")).unwrap_or_default();
    let number = tries.trim_end_matches(']').rsplit(", ").next().unwrap_or_default();
    if number.parse::<u32>().is_err() {
        return Err(format!("maxretry is no number: {tries}"));
    }
    Ok(said + &dump)
}

fn apt(file: &Path) -> Said {
    run_silent(program("apt-config").arg("-c").arg(file).arg("dump"))
}

fn sshd(root: &Root, file: &Path) -> Said {
    let key = root.at("/etc/ssh/host-key");
    if !key.exists() {
        let mut make = program("ssh-keygen");
        run(make.args(["-q", "-t", "ed25519", "-N", ""]).arg("-f").arg(&key))?;
    }
    let whole = root.at("/etc/ssh/sshd_config");
    let text = format!("HostKey {}\nInclude {}\n", key.display(), file.display());
    fs::write(&whole, text).map_err(|error| error.to_string())?;
    let mut sshd = program("unshare");
    // It wants a folder of its own below /run, which this machine need not have.
    sshd.args(if is_root() { &["-m", "--"][..] } else { &["-rm", "--"][..] });
    let script = "mount -t tmpfs run /run && mkdir /run/sshd && exec /usr/sbin/sshd -T -f \"$0\"";
    run(sshd.args(["sh", "-c", script]).arg(&whole))
}

/// The kernel knows each of the keys.
fn sysctl(file: &Path) -> Said {
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (key, _) = line.split_once(" = ").ok_or_else(|| format!("no value: {line}"))?;
        let known = Path::new("/proc/sys").join(key.replace('.', "/"));
        if !known.exists() {
            return Err(format!("the kernel does not know {key}"));
        }
    }
    Ok(text)
}

fn haproxy(file: &Path) -> Said {
    run(program("haproxy").args(["-c", "-dW", "-f"]).arg(file))
}

fn apache(root: &Root) -> Said {
    let said = run(apache_of(root)?.arg("-t"))?;
    // "Warning: DocumentRoot [...] does not exist" is no error to it.
    if said.trim() == "Syntax OK" { Ok(said) } else { Err(said) }
}

/// Apache with Debian's configuration and the server's files in it, as the script puts it together.
pub fn apache_of(root: &Root) -> Result<Command, String> {
    let folder = root.at("/etc/apache2-whole");
    if !folder.exists() {
        run(program("cp").arg("-r").arg("/etc/apache2").arg(&folder))?;
        run(program("cp").arg("-r").arg(root.at("/etc/apache2/.")).arg(&folder))?;
        root.folder("/var/www/app/public");
        let enable = |what: &str, name: &[&str]| {
            run(program(what).env("APACHE_CONFDIR", &folder).arg("-q").args(name))
        };
        enable("a2enmod", &["ssl", "remoteip"])?;
        enable("a2dissite", &["000-default", "default-ssl"])?;
        enable("a2ensite", &["schwenk"])?;
        enable("a2enconf", &["schwenk"])?;
    }
    let mut apache = program("apache2");
    let logs = root.folder("/var/log/apache2");
    apache.env("APACHE_RUN_USER", "www-data").env("APACHE_RUN_GROUP", "www-data");
    apache.env("APACHE_LOG_DIR", &logs).env("APACHE_LOCK_DIR", &logs);
    apache.env("APACHE_RUN_DIR", &logs).env("APACHE_PID_FILE", logs.join("pid"));
    apache.arg("-d").arg(&folder).args(["-f", "apache2.conf"]);
    Ok(apache)
}

fn php_ini(file: &Path) -> Said {
    let script = "foreach (['display_errors', 'session.use_strict_mode'] as $name) \
                  { echo $name, '=', ini_get($name), \"\\n\"; }";
    run_silent(program("php").arg("-c").arg(file).args(["-r", script]))
}

fn json(file: &Path) -> Said {
    let script = "json_decode(file_get_contents($argv[1]), true, 9, JSON_THROW_ON_ERROR);";
    run_silent(program("php").args(["-n", "-r", script]).arg(file))
}

fn mariadb(file: &Path) -> Said {
    let defaults = format!("--defaults-file={}", file.display());
    run(program("mariadbd").args([&defaults, "--help", "--verbose"]))
}

fn client(file: &Path) -> Said {
    let defaults = format!("--defaults-file={}", file.display());
    // With --help they complain, and end as if nothing were wrong.
    run_silent(program("mariadb").args([&defaults, "--help"]))?;
    run_silent(program("mariadb-dump").args([&defaults, "--help"]))
}

fn knot(file: &Path) -> Said {
    run(program("knotc").arg("-c").arg(file).arg("conf-check"))
}

fn zone(file: &Path) -> Said {
    let origin = file.file_stem().and_then(|stem| stem.to_str()).ok_or("no origin")?;
    run(program("kzonecheck").args(["-o", origin]).arg(file))
}

/// A POSIX shell takes it, and shellcheck finds nothing.
pub fn shell(file: &Path) -> Said {
    run(program("dash").arg("-n").arg(file))?;
    run(program("shellcheck").args(["-s", "sh"]).arg(file))
}

fn unit(root: &Root, path: &str) -> Said {
    let file = root.at(path);
    let text = fs::read_to_string(&file).map_err(|error| error.to_string())?;
    // The programs are not on this machine.
    let mut runnable = String::new();
    for line in text.lines() {
        let line = match line.split_once("/usr/local/") {
            Some((before, rest)) if before.starts_with("ExecStart=") => {
                let (_, arguments) = rest.split_once(' ').unwrap_or_default();
                format!("ExecStart=/bin/true {arguments}")
            }
            _ => line.to_owned(),
        };
        runnable += &line;
        runnable.push('\n');
    }
    fs::write(&file, runnable).map_err(|error| error.to_string())?;
    // An unknown key is only a warning to it.
    run_silent(program("systemd-analyze").arg("verify").arg(&file))
}

fn key(file: &Path) -> Said {
    run(program("openssl").args(["pkey", "-check", "-noout", "-in"]).arg(file))
}

/// It is the authority's, and the key beside it, if there is one, is its own.
fn certificate(root: &Root, file: &Path) -> Said {
    let ca = root.at("/etc/schwenk/ca.pem");
    let mut verify = program("openssl");
    verify.args(["verify", "-x509_strict", "-CAfile"]).arg(&ca);
    let said = run(verify.arg(file))?;
    let text = fs::read(file).map_err(|error| error.to_string())?;
    if String::from_utf8_lossy(&text).contains("PRIVATE KEY") {
        let of = |command: &[&str]| feed(program("openssl").args(command), &text);
        if of(&["x509", "-noout", "-pubkey"])? != of(&["pkey", "-pubout"])? {
            return Err("the key belongs to another certificate".into());
        }
    }
    Ok(said)
}
