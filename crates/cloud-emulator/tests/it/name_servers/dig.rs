//! The same servers seen with `dig`, where it is installed.

use cloud_emulator::{Cloud, Options};
use tokio::process::Command;

use super::{server, start};

async fn dig(port: u16, arguments: &[&str]) -> Option<String> {
    let port = port.to_string();
    let output = Command::new("dig")
        .args(["@127.0.0.1", "-p", &port, "+time=10", "+tries=1", "+norecurse"])
        .args(arguments)
        .output()
        .await;
    match output {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => panic!("dig: {error}"),
    }
}

#[tokio::test]
async fn dig_reads_what_our_own_packets_do() {
    let emulator = start(Options::default()).await;
    for cloud in [Cloud::Google, Cloud::Hetzner] {
        let port = server(&emulator, cloud).port();
        let Some(answer) = dig(port, &["app.schwenk.example", "A"]).await else {
            eprintln!("dig is not installed: this cross-check of the packet tests was left out");
            return;
        };
        assert!(answer.contains("status: NOERROR") && answer.contains("flags: qr aa;"), "{answer}");
        assert!(answer.contains("app.schwenk.example.\t60\tIN\tA\t127.0.10.1"), "{answer}");
        assert!(!answer.contains("WARNING") && !answer.contains("Warning"), "{answer}");
        for (arguments, status) in [
            (["+tcp", "none.schwenk.example", "A"], "NXDOMAIN"),
            (["+edns=1", "+noednsneg", "schwenk.example"], "BADVERS"),
            (["+opcode=notify", "schwenk.example", "SOA"], "REFUSED"),
            (["+opcode=update", "schwenk.example", "SOA"], "REFUSED"),
            (["+noedns", "example.org", "A"], "REFUSED"),
            (["-c", "CH", "version.bind"], "REFUSED"),
            (["+header-only", "+noedns", "x"], "FORMERR"),
        ] {
            let answer = dig(port, &arguments).await.expect("dig is still there");
            assert!(answer.contains(&format!("status: {status}")), "{arguments:?}: {answer}");
        }
    }
}
