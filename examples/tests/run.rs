//! Every example runs to its end against the emulator and shows what it promises.
use std::process::Command;

fn output_of(program: &str) -> String {
    let mut command = Command::new(program);
    for variable in [
        "SCHWENK_GOOGLE_ZONE",
        "SCHWENK_HETZNER_ZONE",
        "SCHWENK_GOOGLE_PROJECT",
        "SCHWENK_HETZNER_SERVERS",
    ] {
        command.env_remove(variable);
    }
    let output = command.output().expect("the example starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}\n{text}\n{errors}");
    text
}

#[test]
fn google_changes_one_rrset_and_refuses_a_stale_change() {
    let text = output_of(env!("CARGO_BIN_EXE_google_dns"));
    assert!(text.contains("example.schwenk.example A: Applied"), "{text}");
    assert!(text.contains("ns-cloud-"), "{text}");
}

#[test]
fn hetzner_plans_applies_and_knows_its_smallest_ttl() {
    let text = output_of(env!("CARGO_BIN_EXE_hetzner_dns"));
    assert!(text.matches("Applied").count() >= 3, "{text}");
    assert!(text.contains("a TTL of 5 s: "), "{text}");
}

#[test]
fn one_provider_that_is_down_does_not_stop_the_other() {
    let text = output_of(env!("CARGO_BIN_EXE_both_providers"));
    assert!(text.matches("192.0.2.2").count() >= 7, "{text}");
}

#[test]
fn probes_say_what_is_wrong() {
    let text = output_of(env!("CARGO_BIN_EXE_probe"));
    assert!(text.contains("status 503") && text.contains("connection refused"), "{text}");
}

#[test]
fn an_embedded_watcher_moves_the_service() {
    let text = output_of(env!("CARGO_BIN_EXE_embed_watcher"));
    assert!(text.to_lowercase().contains("failover from one to two"), "{text}");
}

#[test]
fn three_watchers_move_the_service_when_the_one_that_leads_dies() {
    let text = output_of(env!("CARGO_BIN_EXE_three_watchers"));
    assert!(text.to_lowercase().contains("failover from one to two"), "{text}");
    assert!(text.contains("leads now"), "{text}");
}

#[test]
fn a_provider_of_ones_own_passes_the_conformance_suite() {
    let text = output_of(env!("CARGO_BIN_EXE_custom_provider"));
    assert!(text.contains("Applied") && !text.contains("failed:"), "{text}");
}

#[test]
fn a_server_at_google_keeps_its_reserved_address_when_resized() {
    let text = output_of(env!("CARGO_BIN_EXE_google_compute"));
    assert!(text.contains("now a e2-medium, moved: None"), "{text}");
    assert!(text.contains("Running") && text.contains("tidied up"), "{text}");
}

#[test]
fn a_server_at_hetzner_gets_its_private_address_and_is_found_again() {
    let text = output_of(env!("CARGO_BIN_EXE_hetzner_compute"));
    assert!(text.contains("10.30.1.10") && text.contains("EUR a month"), "{text}");
    assert!(text.contains("adopted = true, the same = true"), "{text}");
    assert!(text.contains("Shutdown: Some(Off)") && text.contains("in use: "), "{text}");
}

#[test]
fn six_servers_in_two_clouds_are_made_once_made_larger_and_removed() {
    let text = output_of(env!("CARGO_BIN_EXE_blueprint"));
    assert!(text.matches("complete: true").count() == 2, "{text}");
    assert!(text.matches("once more: 0 steps").count() == 2, "{text}");
    assert_eq!(text.matches("resize server").count(), 3, "{text}");
    assert!(text.contains("EUR") && text.contains("nothing is left: true"), "{text}");
}
