//! Each rule of a policy is broken once, and the presets break none.
use super::*;

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn providers() -> Vec<ProviderPolicy> {
    let provider = |name: &str, guarded| ProviderPolicy { name: name.to_owned(), guarded };
    vec![provider("google", true), provider("hetzner", false)]
}

fn spec(preset: Preset) -> PolicySpec {
    let sites = strings(&["london", "falkenstein"]);
    preset.spec("shop.example.org", sites, strings(&["a", "b", "c"]), providers())
}

fn problems(change: impl FnOnce(&mut PolicySpec)) -> Vec<String> {
    let mut spec = spec(Preset::Fast);
    change(&mut spec);
    let problems = Policy::new(spec).expect_err("the policy is wrong");
    problems.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn refused(change: impl FnOnce(&mut PolicySpec), message: &str) {
    assert_eq!(problems(change), [message]);
}

#[test]
fn every_preset_is_valid_and_keeps_its_settings() {
    for preset in Preset::ALL {
        let spec = spec(preset);
        assert_eq!(spec.quorum, 2);
        assert_eq!(spec.complete_at, 2);
        let policy = Policy::new(spec.clone()).expect("a preset is valid");
        assert_eq!(policy.spec(), &spec);
    }
}

#[test]
fn presets_are_read_by_name() {
    for preset in Preset::ALL {
        assert_eq!(preset.to_string().parse(), Ok(preset));
    }
    assert_eq!(
        "quick".parse::<Preset>(),
        Err("\"quick\" is not a preset; there are fast, careful and thesis".to_owned())
    );
}

#[test]
fn further_checks_have_the_timings_of_the_preset() {
    let spec = spec(Preset::Thesis).with_checks(strings(&["http", "ping"]));
    let timeouts: Vec<_> = spec.checks.iter().map(|check| check.timeout).collect();
    assert_eq!(timeouts, [Duration::from_secs(10); 2]);
    assert!(Policy::new(spec).is_ok());
}

#[test]
fn sites_are_two_to_sixteen_with_names_of_their_own() {
    refused(|spec| spec.sites.truncate(1), "sites: there are 1, at least 2 are needed; add one");
    refused(
        |spec| {
            let site = |n| SitePolicy { name: format!("site-{n}"), cold: false };
            spec.sites = (0..17).map(site).collect();
        },
        "sites: there are 17, at most 16 are allowed; remove some",
    );
    refused(
        |spec| spec.sites[1].name = "london".to_owned(),
        "sites: \"london\" occurs twice; give each its own name",
    );
    refused(|spec| spec.sites[1].name = String::new(), "sites: a name is empty; give it one");
    refused(
        |spec| spec.sites[1].name = "köln".to_owned(),
        "sites: \"k\\u{f6}ln\" contains 'ö'; use letters, digits, '-', '_' and '.'",
    );
    let long = "x".repeat(41);
    refused(
        |spec| spec.sites[1].name = long.clone(),
        &format!("sites: \"{long}\" is too long; use at most 40 characters"),
    );
}

#[test]
fn nothing_to_probe_from_or_with_is_refused() {
    let found = problems(|spec| {
        spec.vantages.clear();
        spec.checks.clear();
        spec.providers.clear();
    });
    assert_eq!(
        found,
        [
            "vantages: there are 0, at least 1 are needed; add one",
            "checks: there are 0, at least 1 are needed; add one",
            "providers: there are 0, at least 1 are needed; add one",
            "quorum: 2 of 0 vantages; it must be at least 1 and at most the number of vantages",
            "complete_at: 2 of 0 providers; it must be at least 1 and at most the number of \
             providers",
        ]
    );
}

#[test]
fn timings_of_a_check_have_limits() {
    refused(
        |spec| spec.checks[0].fast_interval = Duration::from_millis(9),
        "checks: check \"http\" has a fast_interval of 9 ms; it must be at least 10 ms and at most \
         its interval of 500 ms",
    );
    refused(
        |spec| spec.checks[0].fast_interval = Duration::from_millis(501),
        "checks: check \"http\" has a fast_interval of 501 ms; it must be at least 10 ms and at \
         most its interval of 500 ms",
    );
    refused(
        |spec| spec.checks[0].timeout = Duration::ZERO,
        "checks: check \"http\" has timeout 0 ms; it must be between 1 ms and 1 h",
    );
    refused(
        |spec| {
            spec.checks[0].timeout = Duration::from_secs(20);
            spec.freshness = Duration::from_secs(60);
        },
        "checks: check \"http\" could have 100 probes under way at once, at most 64 are allowed; \
         shorten its timeout or lengthen its fast_interval",
    );
}

#[test]
fn failures_are_counted_in_a_way_that_can_be_reached() {
    refused(
        |spec| spec.fall = Fall::InARow(0),
        "fall: 0 failures would mean always down; use at least 1",
    );
    refused(
        |spec| spec.fall = Fall::Window { of: 65, failed: 3 },
        "fall: the window has 65 probes; it must have between 1 and 64",
    );
    refused(
        |spec| spec.fall = Fall::Window { of: 5, failed: 6 },
        "fall: 6 failures among the last 5; the failures must be at least 1 and at most the size \
         of the window",
    );
    refused(|spec| spec.rise = 0, "rise: 0 successes would mean always up; use at least 1");
    refused(
        |spec| spec.grey = 2,
        "grey: 2 is less than the 3 failures of fall, which would never be reached; use 0 to turn \
         it off or at least 3",
    );
}

#[test]
fn nobody_can_ask_for_more_votes_than_there_are() {
    for quorum in [0, 4] {
        refused(
            |spec| spec.quorum = quorum,
            &format!(
                "quorum: {quorum} of 3 vantages; it must be at least 1 and at most the number of \
                 vantages"
            ),
        );
    }
    refused(
        |spec| spec.require = Require::AtLeast(2),
        "require: 2 of 1 checks; it must be at least 1 and at most the number of checks",
    );
    refused(
        |spec| spec.complete_at = 3,
        "complete_at: 3 of 2 providers; it must be at least 1 and at most the number of providers",
    );
}

#[test]
fn a_report_may_not_be_stale_before_the_next_one_can_come() {
    refused(
        |spec| spec.freshness = Duration::from_millis(1_299),
        "freshness: 1299 ms is too short: a report takes up to 1300 ms (interval and timeout); \
         use at least that",
    );
}

#[test]
fn times_that_would_never_or_always_pass_are_refused() {
    refused(
        |spec| spec.moves_window = Duration::from_secs(299),
        "moves_window: 4 min 59 s is shorter than the hold_down of 5 min, so moves_max would never \
         count; use at least the hold_down",
    );
    refused(
        |spec| spec.retry_min = Duration::from_secs(61),
        "retry_min: 1 min 1 s is longer than the retry_max of 1 min; use at most that",
    );
    type Change = fn(&mut PolicySpec, Duration);
    let settings: [(&str, Change); 7] = [
        ("latch", |spec, time| spec.latch = Latch::For(time)),
        ("failback", |spec, time| spec.failback = Failback::Auto { stable_for: time }),
        ("pause_max", |spec, time| spec.pause_max = time),
        ("attempt_timeout", |spec, time| spec.attempt_timeout = time),
        ("split_after", |spec, time| spec.split_after = time),
        ("tick_gap_max", |spec, time| spec.tick_gap_max = time),
        ("retry_min", |spec, time| spec.retry_min = time),
    ];
    for (field, change) in settings {
        refused(
            |spec| change(spec, Duration::ZERO),
            &format!("{field}: 0 ms is no time at all; use at least 1 ms"),
        );
        let found = problems(|spec| change(spec, Duration::MAX));
        assert!(found[0].contains("is too long; use at most 366 d"), "{found:?}");
    }
}

#[test]
fn a_policy_without_automatic_moves_is_refused() {
    let found = problems(|spec| spec.moves_max = 0);
    assert_eq!(
        found,
        ["moves_max: 0 would forbid every automatic move; use at least 1, or disarm the service"]
    );
}

#[cfg(feature = "serde")]
#[test]
fn a_policy_is_written_as_its_settings_and_validated_when_read() {
    let policy = Policy::new(spec(Preset::Careful)).expect("a preset is valid");
    let text = serde_json::to_string(&policy).expect("a policy can be written");
    assert_eq!(text, serde_json::to_string(policy.spec()).expect("so can its settings"));
    assert_eq!(serde_json::from_str::<Policy>(&text).expect("it can be read"), policy);
    let wrong = text.replace("\"quorum\":2", "\"quorum\":9").replace("\"rise\":3", "\"rise\":0");
    let error = serde_json::from_str::<Policy>(&wrong).expect_err("it is wrong").to_string();
    assert!(error.contains("rise: 0 successes") && error.contains("quorum: 9 of 3"), "{error}");
}
