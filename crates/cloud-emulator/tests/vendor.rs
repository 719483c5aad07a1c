//! The vendors' own client libraries, unmodified, do their whole workflow against the emulator.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use cloud_emulator::{Emulator, Options};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_vendors_own_clients_do_their_whole_workflow() {
    let python = match tokio::task::spawn_blocking(python_with_clients).await {
        Ok(Ok(python)) => python,
        Ok(Err(missing)) => return skip(&missing),
        Err(error) => panic!("{error}"),
    };
    let hcloud = match tokio::task::spawn_blocking(hcloud_cli).await.expect("no panic") {
        Ok(program) => Some(program),
        Err(missing) => {
            skip(&format!("hcloud, Debian's package hcloud-cli: {missing}"));
            None
        }
    };
    let options = Options {
        server_delay: Duration::from_millis(60),
        boot_delay: Duration::from_millis(40),
        action_delay: Duration::from_millis(20),
        change_delay: Duration::from_millis(40),
        publish_delay: Duration::from_millis(20),
        ..Options::default()
    };
    let emulator = Emulator::start(options).await.expect("loopback ports are free");
    let line = serde_json::to_string(emulator.info()).expect("JSON");
    let run = move || {
        Command::new(python)
            .arg(scripts().join("run.py"))
            .env("EMULATOR", line)
            .env("HCLOUD", hcloud.unwrap_or_default())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("NO_PROXY", "127.0.0.1")
            .env("no_proxy", "127.0.0.1")
            .output()
    };
    let output = tokio::task::spawn_blocking(run).await.expect("no panic").expect("python runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{errors}");
    let passed = text.lines().filter(|line| line.starts_with("ok ")).count();
    assert!(passed >= 40, "only {passed} checks ran:\n{text}\n{errors}");
    emulator.stop().await;
}

/// Says on the terminal, past the test harness, that nothing was checked; on CI that is a failure.
fn skip(missing: &str) {
    assert!(
        std::env::var_os("CI").is_none_or(|ci| ci != "true"),
        "the vendors' clients must be checked on CI: {missing}"
    );
    let notice = format!("\nSKIPPED: the vendors' own clients were not run: {missing}\n\n");
    let _ = std::io::stderr().write_all(notice.as_bytes());
}

/// A Python interpreter with the pinned clients, in a virtual environment that is kept below
/// `target`; the error says what this machine lacks.
fn python_with_clients() -> Result<PathBuf, String> {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("vendor-clients");
    let python = home.join("bin").join("python");
    let requirements = scripts().join("requirements.txt");
    let wanted = std::fs::read_to_string(&requirements).map_err(|error| error.to_string())?;
    let stamp = home.join("installed.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    let _ = std::fs::remove_dir_all(&home);
    let made = run("python3", ["-m".as_ref(), "venv".as_ref(), home.as_os_str()]);
    made.map_err(|why| format!("python3 with its venv module is needed ({why})"))?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    let patience = ["--timeout", "15", "--retries", "2", "--requirement"];
    let arguments = install.iter().chain(&patience).map(OsStr::new);
    let installed = run(&python, arguments.chain([requirements.as_os_str()]));
    installed.map_err(|why| format!("the clients must come from PyPI ({why})"))?;
    std::fs::write(&stamp, wanted).map_err(|error| error.to_string())?;
    Ok(python)
}

/// Debian's command-line client of Hetzner: the one that is installed, or the package unpacked
/// below `target`; the error says what this machine lacks.
fn hcloud_cli() -> Result<PathBuf, String> {
    if run("hcloud", [OsStr::new("help")]).is_ok() {
        return Ok(PathBuf::from("hcloud"));
    }
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("vendor-hcloud");
    let program = home.join("usr/bin/hcloud");
    if program.exists() {
        return Ok(program);
    }
    let _ = std::fs::remove_dir_all(&home);
    std::fs::create_dir_all(&home).map_err(|error| error.to_string())?;
    let mut fetch = Command::new("apt-get");
    let fetched = fetch.args(["download", "hcloud-cli"]).current_dir(&home).output();
    let fetched = fetched.map_err(|error| format!("apt-get is needed ({error})"))?;
    if !fetched.status.success() {
        return Err(format!("it must come from Debian ({})", last_line(&fetched)));
    }
    let files = std::fs::read_dir(&home).map_err(|error| error.to_string())?;
    let mut paths = files.filter_map(Result::ok).map(|file| file.path());
    let package = paths.find(|path| path.extension() == Some(OsStr::new("deb")));
    let package = package.ok_or("apt-get brought no package")?;
    run("dpkg", ["-x".as_ref(), package.as_os_str(), home.as_os_str()])?;
    Ok(program)
}

fn run<'a>(
    program: impl AsRef<OsStr>,
    arguments: impl IntoIterator<Item = &'a OsStr>,
) -> Result<(), String> {
    let mut command = Command::new(program);
    let output = command.args(arguments).output().map_err(|error| error.to_string())?;
    if output.status.success() { Ok(()) } else { Err(last_line(&output)) }
}

/// What a failing program said last, which is where Python and pip put the reason.
fn last_line(output: &Output) -> String {
    let all = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    let text = String::from_utf8_lossy(&all);
    let last = text.lines().rev().find(|line| !line.trim().is_empty());
    last.unwrap_or("it failed without a word").to_owned()
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("vendor")
}
