//! The scripts as a whole.
use std::fs;
use std::os::unix::fs::PermissionsExt;

use cloud_api::boot::{BootError, Keep, SCRIPT_BYTES_MAX, script};
use secrecy::ExposeSecret;

use super::programs::{Root, are_there, feed, program, run};
use super::sample::{Sample, all, full, six};
use super::validators::shell;

fn text(sample: &Sample, host: &str) -> String {
    let Sample { layout, settings, secrets, .. } = sample;
    let script = script(layout, settings, secrets, host).expect("a script");
    script.expose_secret().to_owned()
}

#[test]
fn every_script_is_posix_shell_and_short_enough_for_both_clouds() {
    if !are_there() {
        return;
    }
    for sample in all() {
        for host in sample.hosts() {
            let text = text(&sample, &host);
            assert!(text.len() <= SCRIPT_BYTES_MAX);
            assert!(text.is_ascii(), "{host}");
            let root = Root::new();
            let file = root.at("script");
            fs::write(&file, &text).expect("a file");
            if let Err(complaint) = shell(&file) {
                panic!("{}, {host}: {complaint}", sample.what);
            }
        }
    }
}

#[test]
fn the_same_again_is_the_same_script() {
    let sample = Sample::new("six servers", six(), full());
    assert_eq!(text(&sample, "db-one"), text(&sample, "db-one"));
}

#[test]
fn a_script_unpacks_into_exactly_the_files_of_the_server() {
    let sample = Sample::new("six servers", six(), full());
    for host in sample.hosts() {
        let script = text(&sample, &host);
        let (_, rest) = script.split_once("<<'PAYLOAD_'\n").expect("a payload");
        let (payload, _) = rest.split_once("PAYLOAD_\n").expect("its end");
        let root = Root::new();
        let mut unpack = program("sh");
        let unpack = unpack.args(["-c", "base64 -d | tar -xzf - -C \"$0\""]).arg(root.path());
        feed(unpack, payload.as_bytes()).expect("a tar in base64");
        let mut manifest = String::new();
        for file in sample.files(&host) {
            let there = fs::read(root.at(&format!("files{}", file.path))).expect("the file");
            assert!(there == file.content(), "{host}: {}", file.path);
            let keep = if file.keep == Keep::Existing { "once" } else { "always" };
            manifest += &format!("{:04o} {} {keep} {}\n", file.mode, file.owner, file.path);
        }
        assert_eq!(fs::read_to_string(root.at("manifest")).expect("a manifest"), manifest);
    }
}

#[test]
fn an_application_that_is_too_large_is_refused_with_the_largest_files() {
    let mut settings = full();
    // Random enough not to be compressed away.
    let mut state = 1_u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    let noise: Vec<u8> = noise.take(40_000).collect();
    settings.application.files.insert("picture.jpg".into(), noise);
    let Sample { layout, settings, secrets, .. } = Sample::new("too large", six(), settings);
    let error = script(&layout, &settings, &secrets, "app-one").expect_err("too large");
    assert!(matches!(error, BootError::TooLarge { bytes, .. } if bytes > SCRIPT_BYTES_MAX));
    let said = error.to_string();
    assert!(said.contains("\"app-one\"") && said.contains("32768 is the most"), "{said}");
    assert!(said.contains("compressed: /var/www/app/picture.jpg ("), "{said}");
    // Its neighbours do not carry the application.
    assert!(script(&layout, &settings, &secrets, "db-one").is_ok());
}

/// The functions of a script that touch nothing but files, called in a folder of the test.
#[test]
fn files_are_put_in_place_once_and_only_what_differs_is_touched() {
    let sample = Sample::new("six servers", six(), full());
    let script = text(&sample, "haproxy-one");
    let (_, functions) = script.split_once("\n# Puts one file in its place").expect("place()");
    let (place, _) = functions.split_once("\n# Makes a service run").expect("its end");
    let (_, place) = place.split_once('\n').expect("its first line");
    let root = Root::new();
    let me = run(program("id").arg("-un")).expect("a user");
    let group = run(program("id").arg("-gn")).expect("a group");
    let target = root.at("target/file");
    let calls = format!(
        "set -eu\nwork={here}/work state={here}/state\nsay() {{ echo \"$*\"; }}\n{place}\n\
         place \"$1\" {me}:{group} \"$2\" {target}\n",
        here = root.path().display(),
        me = me.trim(),
        group = group.trim(),
        target = target.display(),
    );
    let wanted = root.at(&format!("work/files{}", target.display()));
    fs::create_dir_all(wanted.parent().expect("a folder")).expect("a folder");
    root.folder("state");
    let put = |content: &str, mode: &str, keep: &str| {
        fs::write(&wanted, content).expect("a file");
        run(program("sh").args(["-c", &calls, "place", mode, keep])).expect("a place")
    };
    let now = || {
        let mode = fs::metadata(&target).expect("a file").permissions().mode() & 0o7777;
        (fs::read_to_string(&target).expect("a file"), mode)
    };
    assert!(put("one", "0640", "always").contains("wrote"));
    assert_eq!(now(), ("one".into(), 0o640));
    assert_eq!(put("one", "0640", "always"), "");
    assert_eq!(put("one", "0600", "always"), "");
    assert_eq!(now(), ("one".into(), 0o600));
    assert_eq!(put("two", "0600", "once"), "");
    assert_eq!(now(), ("one".into(), 0o600));
    assert!(put("two", "0600", "always").contains("wrote"));
    assert_eq!(now(), ("two".into(), 0o600));
}
