//! What a policy misses of what the configuration expects, and what would help.
use failover_core::bound::{Failure, detection, false_failover_under};
use failover_core::{CheckPolicy, Fall, PolicySpec};

use super::numbers::{percent, spell};
use crate::config::Expect;
use crate::config::duration::show;

/// So many more failures are tried; more would help slowly and cost much.
const MOST_FAILURES: u8 = 8;

/// A warning for everything that is missed. Only `reporters` probe; other vantages of the policy
/// are silent.
pub fn missed(policy: &PolicySpec, expect: &Expect, reporters: &[&str]) -> Vec<String> {
    let all = [silent(policy, reporters), false_failover(policy, expect), slow(policy, expect)];
    all.into_iter().flatten().collect()
}

fn silent(policy: &PolicySpec, reporters: &[&str]) -> Option<String> {
    let reports = |vantage: &&String| reporters.contains(&vantage.as_str());
    let reporting = policy.vantages.iter().filter(reports).count();
    let reporter = reporters.join("\", \"");
    let PolicySpec { service, quorum, .. } = policy;
    (usize::from(*quorum) > reporting).then(|| {
        format!(
            "service {service}: {quorum} vantages must agree, but only \"{reporter}\" reports; no \
             site would ever be up or down, and nothing would move: set quorum = 1"
        )
    })
}

fn false_failover(policy: &PolicySpec, expect: &Expect) -> Option<String> {
    let target = expect.false_failover.as_secs_f64();
    let mean = |policy: &PolicySpec| false_failover_under(policy, &expect.loss).mean.quorum;
    let found = mean(policy);
    if found >= target {
        return None;
    }
    let loss = &expect.loss;
    let burst = if loss.burst() >= 1.5 {
        format!(" and bursts of {:.1}", loss.burst())
    } else {
        String::new()
    };
    let help: Vec<String> = remedies(policy, |changed| mean(changed) >= target)
        .into_iter()
        .map(|(what, changed)| (what, mean(&changed)))
        .filter(|(_, instead)| *instead > found)
        .map(|(what, instead)| format!("{what} ({})", spell(instead)))
        .collect();
    let help = if help.is_empty() {
        "expect less of it, or measure again what is lost".to_owned()
    } else {
        format!("what would help: {}", help.join(", "))
    };
    Some(format!(
        "service {}: a false failover every {}, if {} % of the probes are lost with a correlation \
         of {}{burst}; the target is {}; {help}",
        policy.service,
        spell(found),
        percent(loss.rate()),
        loss.correlation(),
        spell(target)
    ))
}

/// Other policies with the same sites. Of the higher thresholds, the lowest that is enough.
fn remedies(
    policy: &PolicySpec,
    is_enough: impl Fn(&PolicySpec) -> bool,
) -> Vec<(String, PolicySpec)> {
    let mut remedies = Vec::new();
    if let Some(like) = policy.checks.first() {
        let mut changed = policy.clone();
        changed.checks.push(CheckPolicy { name: "another".to_owned(), ..like.clone() });
        remedies.push(("another check of another kind".to_owned(), changed));
    }
    let higher = (1..=MOST_FAILURES).filter_map(|more| higher(policy, more));
    let mut last = None;
    for (what, changed) in higher {
        let enough = is_enough(&changed);
        last = Some((what, changed));
        if enough {
            break;
        }
    }
    remedies.extend(last);
    if policy.vantages.len() < 3 {
        let mut changed = policy.clone();
        changed.vantages = ["a", "b", "c"].map(String::from).to_vec();
        changed.quorum = 2;
        remedies.push(("three vantages of which two must agree".to_owned(), changed));
    }
    remedies
}

fn higher(policy: &PolicySpec, more: u8) -> Option<(String, PolicySpec)> {
    let (what, fall) = match policy.fall {
        Fall::InARow(fall) => {
            let fall = fall.checked_add(more)?;
            (format!("fall = {fall}"), Fall::InARow(fall))
        }
        Fall::Window { of, failed } => {
            let failed = failed.checked_add(more).filter(|failed| *failed <= of)?;
            (format!("fall = {{ window = {of}, failed = {failed} }}"), Fall::Window { of, failed })
        }
        _ => return None,
    };
    let grey = if policy.grey == 0 { 0 } else { policy.grey.max(fall.failures()) };
    Some((what, PolicySpec { fall, grey, ..policy.clone() }))
}

fn slow(policy: &PolicySpec, expect: &Expect) -> Option<String> {
    let target = expect.detection?;
    let worst = detection(policy, Failure::BlackHole).worst;
    (worst > target).then(|| {
        format!(
            "service {}: a site that answers nothing is seen after {} at worst; the target is {}; \
             what would help: a shorter interval, fast_interval or timeout of its checks, a lower \
             fall",
            policy.service,
            show(worst),
            show(target)
        )
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use failover_core::bound::Loss;
    use failover_core::{Preset, ProviderPolicy};

    use super::*;

    fn policy(vantages: &[&str]) -> PolicySpec {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let providers = vec![ProviderPolicy { name: "dns".to_owned(), guarded: true }];
        Preset::Fast.spec("app", names(&["one", "two"]), names(vantages), providers)
    }

    fn expect(detection: Option<u64>) -> Expect {
        Expect {
            loss: Loss::new(0.01, 0.1, 1.0).expect("in range"),
            false_failover: Duration::from_secs(315_576_000),
            detection: detection.map(Duration::from_millis),
        }
    }

    #[test]
    fn a_bound_that_is_missed_is_told_with_what_would_help() {
        let told = missed(&policy(&["here"]), &expect(None), &["here"]);
        assert_eq!(told.len(), 1, "{told:?}");
        for part in [
            "service app: a false failover every 5.8 days, if 1 % of the probes are lost",
            "the target is 10.0 years",
            "another check of another kind (10.3 years)",
            "fall = 5 (",
            "three vantages of which two must agree (6.3 years)",
        ] {
            assert!(told[0].contains(part), "no \"{part}\" in {told:?}");
        }
        let two = policy(&["here"]).with_checks(vec!["http".to_owned(), "tls".to_owned()]);
        assert_eq!(missed(&two, &expect(None), &["here"]), [""; 0]);
    }

    #[test]
    fn a_slow_verdict_is_told_only_if_a_target_is_set() {
        let two = policy(&["here"]).with_checks(vec!["http".to_owned(), "tls".to_owned()]);
        assert_eq!(missed(&two, &expect(Some(1700)), &["here"]), [""; 0]);
        let told = missed(&two, &expect(Some(1600)), &["here"]);
        assert!(
            told[0].contains("after 1 s 700 ms at worst; the target is 1 s 600 ms"),
            "{told:?}"
        );
    }

    #[test]
    fn a_quorum_of_vantages_that_do_not_report_is_told() {
        let told = missed(&policy(&["here", "there", "yonder"]), &expect(None), &["here"]);
        assert!(told[0].contains("2 vantages must agree, but only \"here\" reports"), "{told:?}");
    }
}
