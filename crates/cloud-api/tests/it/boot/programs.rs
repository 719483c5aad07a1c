//! Running the servers' own programs over rendered files.
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cloud_api::boot::File;
use tempfile::TempDir;

/// Whether the servers' own programs are there (`cargo xtask test` says so in
/// `SCHWENK_TEST_SERVERS`). Without them a test is left out and says so, but never in CI.
pub fn are_there() -> bool {
    let there = std::env::var_os("SCHWENK_TEST_SERVERS").is_some();
    if !there {
        assert!(std::env::var_os("CI").is_none(), "in CI the servers' programs must be there");
        eprintln!("LEFT OUT: programs are missing; run cargo xtask test to see which");
    }
    there
}

/// What a program says when it is not content, or what it printed.
pub type Said = Result<String, String>;

/// A program, also from where only root looks.
pub fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("LC_ALL", "C").stdin(Stdio::null());
    command
}

/// Runs a program to its end.
pub fn run(command: &mut Command) -> Said {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    if output.status.success() { Ok(said) } else { Err(format!("{}: {said}", output.status)) }
}

/// Like [`run`]; whatever it says to standard error is a complaint, too.
pub fn run_silent(command: &mut Command) -> Said {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() && complaint.is_empty() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{}: {complaint}", output.status))
}

/// Runs a program that reads from standard input.
pub fn feed(command: &mut Command, input: &[u8]) -> Said {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let mut stdin = child.stdin.take().ok_or("no standard input")?;
    stdin.write_all(input).map_err(|error| format!("{command:?}: {error}"))?;
    drop(stdin);
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    if output.status.success() { Ok(said) } else { Err(format!("{}: {said}", output.status)) }
}

/// Whether this process may do as root does.
pub fn is_root() -> bool {
    run(program("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// A folder that stands for a server's root: the files lie in it at their paths, and the paths in
/// them point into it.
pub struct Root {
    folder: TempDir,
}

impl Root {
    pub fn new() -> Self {
        Self { folder: TempDir::new().expect("a folder") }
    }

    pub fn of(files: &[File]) -> Self {
        let root = Self::new();
        for file in files {
            root.put(&file.path, file.content());
        }
        root
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the file of a server lies.
    pub fn at(&self, path: &str) -> PathBuf {
        self.path().join(path.trim_start_matches('/'))
    }

    /// Puts a file there; paths in it that a server would have are turned to this folder.
    pub fn put(&self, path: &str, content: &[u8]) -> PathBuf {
        let at = self.at(path);
        let folder = at.parent().expect("a folder");
        fs::create_dir_all(folder).expect("a folder");
        let moved = match std::str::from_utf8(content) {
            Ok(text) => self.moved(text).into_bytes(),
            Err(_) => content.to_vec(),
        };
        fs::write(&at, moved).expect("a file");
        fs::set_permissions(&at, fs::Permissions::from_mode(0o600)).expect("its mode");
        at
    }

    /// Changes a text file that is there.
    pub fn change(&self, path: &str, change: impl FnOnce(&str) -> String) {
        let file = self.at(path);
        let text = fs::read_to_string(&file).expect("a file");
        let changed = change(&text);
        assert!(changed != text, "nothing to change in {path}");
        fs::write(&file, changed).expect("a file");
    }

    /// Makes a folder of a server.
    pub fn folder(&self, path: &str) -> PathBuf {
        let at = self.at(path);
        fs::create_dir_all(&at).expect("a folder");
        at
    }

    fn moved(&self, text: &str) -> String {
        let here = self.path().display();
        let mut moved = text.to_owned();
        for folder in
            ["/etc/schwenk", "/etc/haproxy", "/etc/mysql/schwenk", "/var/www", "/var/lib/knot"]
        {
            moved = moved.replace(folder, &format!("{here}{folder}"));
        }
        moved
    }
}
