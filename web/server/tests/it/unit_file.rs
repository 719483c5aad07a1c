//! The unit file of the documentation, judged by systemd itself.
use std::process::Command;

#[test]
fn systemd_has_nothing_to_say_against_the_unit_file() {
    if std::env::var_os("SCHWENK_TEST_SERVERS").is_none() {
        assert!(std::env::var_os("CI").is_none(), "in CI systemd-analyze must be there");
        eprintln!("LEFT OUT: systemd-analyze is missing; run cargo xtask test to see more");
        return;
    }
    let dir = tempfile::tempdir().expect("a directory");
    let verify = |text: String| {
        let path = dir.path().join("schwenk.service");
        std::fs::write(&path, text).expect("it can be written");
        let output = Command::new("systemd-analyze").arg("verify").arg(&path).output();
        let output = output.expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        // What it has to say of the machine's own units is none of ours.
        let ours = said.lines().filter(|line| line.contains("schwenk.service"));
        ours.map(str::to_owned).collect::<Vec<_>>()
    };
    let unit = include_str!("../../../../docs/operating/systemd/schwenk.service");
    // It must name a program that is there.
    let unit = unit.replace("/usr/local/bin/schwenk", env!("CARGO_BIN_EXE_schwenk"));
    assert_eq!(verify(unit.clone()), Vec::<String>::new());
    let misspelt = unit.replace("WatchdogSec=", "WatchdogSecs=");
    assert!(verify(misspelt)[0].contains("WatchdogSecs"), "it notices");
    let page = include_str!("../../../../docs/operating/systemd.md");
    for line in ["Type=notify", "WatchdogSec=30", "Restart=always", "DynamicUser=yes"] {
        assert!(unit.contains(&format!("\n{line}\n")), "{line}");
        let key = line.split('=').next().expect("a key");
        assert!(page.contains(key) || key == "Type", "the page says nothing of {key}");
    }
}
