//! What is wrong with a policy or with a script, from what the core and the simulator say in types.
use super::text::words;
use failover_core::{Counted, PolicyProblem, PolicyWrong as P, span};
use failover_sim::{Noun, ScriptProblem, ScriptWrong as S};
use std::time::Duration;

words! {
    wrong_field(field: &str, problem: &str);
    wrong_too_few(have: usize, least: usize);
    wrong_too_many(have: usize, most: usize);
    WRONG_NO_NAME;
    wrong_long_name(name: &str, most: usize);
    wrong_letter(name: &str, letter: char);
    wrong_twice(name: &str);
    wrong_fast_interval(check: &str, fast: &str, least: &str, interval: &str);
    wrong_range(check: &str, setting: &str, value: &str, least: &str, most: &str);
    wrong_in_flight(check: &str, probes: u128, most: u128);
    WRONG_NO_FAILURES;
    WRONG_NO_SUCCESSES;
    WRONG_NO_MOVES;
    wrong_window(of: u8, most: u8);
    wrong_window_failures(failed: u8, of: u8);
    wrong_grey(grey: u8, fall: u8);
    wrong_more_checks(value: u8, count: usize);
    wrong_more_vantages(value: u8, count: usize);
    wrong_more_providers(value: u8, count: usize);
    wrong_stale(freshness: &str, needed: &str);
    wrong_short_window(window: &str, hold_down: &str);
    wrong_retry(min: &str, max: &str);
    wrong_no_time(value: &str);
    wrong_too_long(value: &str, most: &str);
    wrong_line(line: usize, problem: &str);
    wrong_head(text: &str);
    wrong_fault(text: &str);
    wrong_trouble(noun: &str, text: &str);
    wrong_order(text: &str);
    wrong_time(word: &str);
    wrong_number(word: &str);
    wrong_unknown(noun: &str, name: &str);
    wrong_unknown_of(noun: &str, name: &str, known: &str);
    wrong_setting(key: &str);
    wrong_world(key: &str);
    wrong_preset(name: &str);
    WRONG_NO_VALUE;
    WRONG_AFTER_END;
    wrong_before(at: &str);
    WRONG_NO_END;
    wrong_policy(problems: &str);
    NOUN_SITE;
    NOUN_CHECK;
    NOUN_VANTAGE;
    NOUN_PROVIDER;
    NOUN_WATCHER;
    WRONG_LENGTH;
    wrong_steps(most: usize);
    WRONG_MAKE;
    wrong_short(name: &str, least: &str);
    WRONG_SPAN;
    WRONG_PROBES;
    wrong_address(most: usize);
    wrong_example(name: &str);
    wrong_event(name: &str);
}

/// A problem of a policy, with the setting that it is about.
pub fn policy(problem: &PolicyProblem) -> String {
    wrong_field(problem.field, &of_policy(&problem.wrong))
}

fn spell(time: &Duration) -> String {
    span(*time)
}

fn of_policy(wrong: &P) -> String {
    match wrong {
        P::TooFew { have, least } => wrong_too_few(*have, *least),
        P::TooMany { have, most } => wrong_too_many(*have, *most),
        P::NoName => WRONG_NO_NAME.into(),
        P::LongName { name, most } => wrong_long_name(name, *most),
        P::NameLetter { name, letter } => wrong_letter(name, *letter),
        P::Twice { name } => wrong_twice(name),
        P::FastInterval { check, fast, least, interval } => {
            wrong_fast_interval(check, &spell(fast), &spell(least), &spell(interval))
        }
        P::OutOfRange { check, setting, value, least, most } => {
            wrong_range(check, setting, &spell(value), &spell(least), &spell(most))
        }
        P::InFlight { check, probes, most } => wrong_in_flight(check, *probes, *most),
        P::NoFailures => WRONG_NO_FAILURES.into(),
        P::NoSuccesses => WRONG_NO_SUCCESSES.into(),
        P::NoMoves => WRONG_NO_MOVES.into(),
        P::Window { of, most } => wrong_window(*of, *most),
        P::WindowFailures { failed, of } => wrong_window_failures(*failed, *of),
        P::Grey { grey, fall } => wrong_grey(*grey, *fall),
        P::MoreThanThereAre { value, count, of } => match of {
            Counted::Checks => wrong_more_checks(*value, *count),
            Counted::Vantages => wrong_more_vantages(*value, *count),
            Counted::Providers => wrong_more_providers(*value, *count),
        },
        P::Stale { freshness, needed } => wrong_stale(&spell(freshness), &spell(needed)),
        P::ShortWindow { window, hold_down } => {
            wrong_short_window(&spell(window), &spell(hold_down))
        }
        P::Retry { min, max } => wrong_retry(&spell(min), &spell(max)),
        P::NoTime { value } => wrong_no_time(&spell(value)),
        P::TooLong { value, most } => wrong_too_long(&spell(value), &spell(most)),
    }
}

/// A problem of a script, with its line.
pub fn script(problem: &ScriptProblem) -> String {
    let said = of_script(&problem.wrong);
    problem.line.map_or_else(|| said.clone(), |line| wrong_line(line, &said))
}

fn of_script(wrong: &S) -> String {
    match wrong {
        S::Head(text) => wrong_head(text),
        S::Fault(text) => wrong_fault(text),
        S::Trouble(of, text) => wrong_trouble(noun(*of), text),
        S::Order(text) => wrong_order(text),
        S::Time(word) => wrong_time(word),
        S::Number(word) => wrong_number(word),
        S::Unknown { noun: of, name, known } if known.is_empty() => wrong_unknown(noun(*of), name),
        S::Unknown { noun: of, name, known } => {
            wrong_unknown_of(noun(*of), name, &known.join(", "))
        }
        S::Setting(key) => wrong_setting(key),
        S::World(key) => wrong_world(key),
        S::Preset(name) => wrong_preset(name),
        S::NoValue => WRONG_NO_VALUE.into(),
        S::AfterEnd => WRONG_AFTER_END.into(),
        S::Before(at) => wrong_before(&spell(at)),
        S::NoEnd => WRONG_NO_END.into(),
        S::Policy(problems) => {
            let said: Vec<String> = problems.iter().map(policy).collect();
            wrong_policy(&said.join("; "))
        }
    }
}

fn noun(noun: Noun) -> &'static str {
    match noun {
        Noun::Site => NOUN_SITE.text(),
        Noun::Check => NOUN_CHECK.text(),
        Noun::Vantage => NOUN_VANTAGE.text(),
        Noun::Provider => NOUN_PROVIDER.text(),
        Noun::Watcher => NOUN_WATCHER.text(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use failover_core::{Fall, Policy, PolicySpec, ProviderPolicy, Require};
    use failover_sim::Script;

    /// Policies that are wrong in many ways.
    fn wrong_policies() -> Vec<PolicySpec> {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let provider = ProviderPolicy { name: "google".to_owned(), guarded: true };
        let sites = names(&["london", "paris"]);
        let spec = PolicySpec::fast("shop", sites, names(&["a", "b", "c"]), vec![provider]);
        let changed = |change: fn(&mut PolicySpec)| {
            let mut spec = spec.clone();
            change(&mut spec);
            spec
        };
        vec![
            changed(|spec| spec.quorum = 9),
            changed(|spec| spec.fall = Fall::InARow(0)),
            changed(|spec| spec.fall = Fall::Window { of: 90, failed: 0 }),
            changed(|spec| (spec.rise, spec.moves_max, spec.grey) = (0, 0, 1)),
            changed(|spec| spec.freshness = Duration::from_secs(1)),
            changed(|spec| spec.hold_down = Duration::from_secs(100_000_000)),
            changed(|spec| spec.retry_min = Duration::from_secs(7_200)),
            changed(|spec| spec.split_after = Duration::ZERO),
            changed(|spec| (spec.require, spec.complete_at) = (Require::AtLeast(7), 3)),
            changed(|spec| spec.checks[0].fast_interval = Duration::from_secs(5)),
            changed(|spec| spec.checks[0].timeout = Duration::from_secs(7_200)),
            changed(|spec| spec.sites[1].name = "lon/don".to_owned()),
            changed(|spec| spec.sites[1].name = "london".to_owned()),
            changed(|spec| spec.vantages.clear()),
            changed(|spec| spec.vantages[0] = "a".repeat(50)),
            changed(|spec| spec.service.clear()),
        ]
    }

    #[test]
    fn a_policy_is_refused_in_the_words_of_the_core() {
        let mut seen = 0;
        for spec in wrong_policies() {
            for problem in Policy::new(spec).unwrap_err() {
                assert_eq!(policy(&problem), problem.to_string());
                seen += 1;
            }
        }
        assert!(seen >= 20, "only {seen} problems");
    }

    #[test]
    fn a_script_is_refused_in_the_words_of_the_simulator() {
        let head = "sites london paris\nproviders google\n";
        for body in [
            "1s site berlin silent\n2s end",
            "1s it rains\n2s end",
            "1s site london sings\n2s end",
            "1s operator sleeps\n2s end",
            "1x calm\n2s end",
            "1s watcher x stops 5s\n2s end",
            "5s calm\n2s end",
            "2s end\n3s calm",
            "1s calm",
            "set quorum 4\n1s end",
            "set colour 4s\n1s end",
            "set\n1s end",
            "world weight 4s\n1s end",
            "preset odd\n1s end",
            "check smtp timeout 1s\n1s end",
            "sun shines\n1s end",
        ] {
            let problem = Script::parse(&format!("{head}{body}")).unwrap_err();
            assert_eq!(script(&problem), problem.to_string(), "{body}");
        }
    }
}
