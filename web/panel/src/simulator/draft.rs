//! A script under construction: what people set may be wrong for a while, and is then not played.
use crate::words::wrong as say;
use failover_core::{Policy, PolicySpec};
use failover_sim::{Fault, Script, Setup};
use std::time::Duration;

/// A world goes on for at most a day.
pub const LONGEST: Duration = Duration::from_secs(86_400);
/// At most so many things happen in it.
pub const MOST_STEPS: usize = 400;
/// How long a world goes on after the last thing that was done to it.
const AFTERWARDS: Duration = Duration::from_secs(120);
/// Probes and questions in one simulated second; a browser plays this in real time.
const MOST_PER_SECOND: u128 = 10_000;

/// Says what is wrong with a script beyond what its parser refuses: a world that came by a link
/// must not bring the browser to a standstill.
pub fn problem(script: &Script) -> Option<String> {
    let Setup { watchers, servers, resolvers, .. } = script.setup;
    if script.length > LONGEST {
        return Some(say::WRONG_LENGTH.into());
    }
    if script.steps.len() > MOST_STEPS {
        return Some(say::wrong_steps(MOST_STEPS));
    }
    if watchers == 0 || watchers > 5 || servers == 0 || servers > 16 || resolvers > 256 {
        return Some(say::WRONG_MAKE.into());
    }
    if let Some((name, least)) = too_short(&script.setup) {
        return Some(say::wrong_short(name, &super::knobs::span(least)));
    }
    if spans(&script.setup).iter().any(|(_, time, _)| *time > Duration::from_secs(86_400)) {
        return Some(say::WRONG_SPAN.into());
    }
    if per_second(&script.spec, watchers) > MOST_PER_SECOND {
        return Some(say::WRONG_PROBES.into());
    }
    None
}

/// Probes that are started in a second at most, times those who hear of them.
pub fn per_second(spec: &PolicySpec, watchers: u8) -> u128 {
    let paths = (spec.sites.len() * spec.vantages.len()) as u128;
    let pace = |interval: Duration| 1_000 / interval.as_millis().max(1) + 1;
    let checks = spec.checks.iter().map(|check| pace(check.fast_interval)).sum::<u128>();
    paths * checks * u128::from(watchers.max(1))
}

fn spans(setup: &Setup) -> [(&'static str, Duration, u64); 9] {
    [
        ("call", setup.call, 0),
        ("call_timeout", setup.call_timeout, 100),
        ("look", setup.look, 500),
        ("look_blind", setup.look_blind, 500),
        ("publication", setup.publication, 0),
        ("ttl", setup.ttl, 1_000),
        ("disk", setup.disk, 0),
        ("lease", setup.lease, 1_000),
        ("boot", setup.boot, 0),
    ]
}

fn too_short(setup: &Setup) -> Option<(&'static str, u64)> {
    let short = |time: Duration, least: u64| time < Duration::from_millis(least);
    let found = spans(setup).into_iter().find(|(_, time, least)| short(*time, *least));
    found.map(|(name, _, least)| (name, least))
}

/// The policy of a script, or all that is wrong with it, in words.
pub fn policy(spec: &PolicySpec) -> Result<Policy, Vec<String>> {
    Policy::new(spec.clone()).map_err(|all| all.iter().map(say::policy).collect())
}

/// Reads a script that people wrote or sent; the reason is for them.
pub fn parse(text: &str) -> Result<Script, String> {
    let script = Script::parse(text).map_err(|why| say::script(&why))?;
    problem(&script).map_or(Ok(script), Err)
}

/// A world of a policy in which nothing goes wrong yet.
pub fn calm(spec: PolicySpec, ttl: u32) -> Script {
    let ttl = Duration::from_secs(ttl.max(1).into());
    let setup = Setup { ttl, ..Setup::default() };
    Script { spec, setup, seed: 1, steps: Vec::new(), length: Duration::from_secs(300) }
}

/// Adds what happens at `at` and, if it does not last for ever, its end; the world goes on long
/// enough to see what comes of it. `false`: there is too much in it already, or it is too late.
pub fn add(
    script: &mut Script,
    at: Duration,
    fault: Fault,
    end: Option<(Duration, Fault)>,
) -> bool {
    let end = end.map(|(lasts, fault)| (at + lasts, fault));
    let last = end.as_ref().map_or(at, |(at, _)| *at);
    if script.steps.len() + 2 > MOST_STEPS || last >= LONGEST {
        return false;
    }
    for (at, fault) in [(at, fault)].into_iter().chain(end) {
        let place = script.steps.partition_point(|(before, _)| *before <= at);
        script.steps.insert(place, (at, fault));
    }
    script.length = script.length.max(last + AFTERWARDS).min(LONGEST);
    true
}

/// A moment as people write it: `12.5`, `12,5 s`; what is beyond the longest world is its end.
pub fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim().trim_end_matches('s').trim_end();
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|letter| letter.is_ascii_digit());
    if whole.len() + part.len() == 0 || !digits(whole) || !digits(part) {
        return None;
    }
    // What has more digits is later than any end.
    let count =
        |sum: u64, digit: u8| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
    let whole = whole.bytes().fold(0, count);
    let part = part.bytes().chain(*b"000").take(3);
    let millis = whole.saturating_mul(1_000).saturating_add(part.fold(0, count));
    Some(Duration::from_millis(millis).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::examples;
    use failover_core::SiteId;
    use failover_sim::Serves;

    fn script() -> Script {
        parse(examples::ALL[0].text).unwrap()
    }

    fn site(serves: Serves) -> Fault {
        Fault::Site { site: SiteId(1), check: None, serves }
    }

    #[test]
    fn what_happens_is_kept_in_order_and_the_world_goes_on_after_it() {
        let mut script = script();
        let (at, lasts) = (Duration::from_secs(250), Duration::from_secs(60));
        assert!(add(&mut script, at, site(Serves::Silent), Some((lasts, site(Serves::Well)))));
        assert!(add(&mut script, Duration::from_secs(5), site(Serves::Refuses), None));
        assert!(script.steps.is_sorted_by_key(|(at, _)| *at));
        assert_eq!(script.length, Duration::from_secs(430));
        assert!(!add(&mut script, LONGEST, site(Serves::Silent), None));
        assert_eq!(parse(&script.to_string()).unwrap(), script);
    }

    #[test]
    fn a_world_that_would_bring_the_browser_to_a_standstill_is_refused() {
        let text = script().to_string();
        let changed = |line: &str| parse(&text.replace("\n\n", &format!("\n{line}\n\n")));
        assert!(changed("world ttl 5s").is_ok());
        let lines = ["world look 0s", "world resolvers 9999", "world watchers 0", "world ttl 10ms"];
        for line in lines {
            assert!(changed(line).is_err(), "{line}");
        }
        assert!(parse(&text.replace("360s", "900000s")).is_err());
        let fast = "set fast_interval 10ms\nset interval 10ms\nset timeout 10ms";
        let mut many = text.replace("\n\n", &format!("\n{fast}\n\n"));
        assert!(parse(&many).is_ok());
        let names: Vec<String> = (0..31).map(|n| format!("c{n}")).collect();
        many = many.replace("checks http", &format!("checks {}", names.join(" ")));
        assert!(parse(&many).unwrap_err().contains("more than a browser"), "{many}");
    }

    #[test]
    fn moments_are_read_as_people_write_them() {
        let read =
            [("12.5", 12_500), ("12,5 s", 12_500), (" 7s", 7_000), (".25", 250), ("3.", 3_000)];
        for (text, millis) in read {
            assert_eq!(seconds(text), Some(Duration::from_millis(millis)), "{text}");
        }
        assert_eq!(seconds("99999999999999999999"), Some(LONGEST));
        for text in ["", "s", ".", "-1", "1e3", "ten", "1.2.3"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_policy_is_said_in_its_own_words() {
        let mut spec = script().spec;
        assert!(policy(&spec).is_ok());
        spec.quorum = 9;
        assert!(policy(&spec).unwrap_err()[0].starts_with("quorum: 9 of 3 vantages"));
    }
}
