//! Tells a scenario to the machine and compares what it says.
use std::time::Duration;

use failover_core::{
    Actor, Answer, AttemptId, CheckId, Command, Event, Failover, Input, MoveId, Output, Policy,
    PolicySpec, Receipt, SitePolicy, State, Timestamp,
};

use super::parse::{Scenario, Step};
use super::words;

/// 2026-01-01 00:00:00 UTC.
const START: u64 = 1_767_225_600_000;

struct Run {
    machine: Failover,
    spec: PolicySpec,
    /// What the watcher's clock shows at the scenario's beginning.
    start: Timestamp,
    now: Duration,
    recorded: Vec<(Timestamp, Event)>,
    /// The latest attempt at each provider.
    attempts: Vec<Option<AttemptId>>,
    said: Vec<(Duration, String)>,
}

/// Runs a scenario; a problem begins with the number of its line.
pub fn run(scenario: &Scenario) -> Result<(), String> {
    let spec = scenario.policy.spec().clone();
    let mut run = Run {
        machine: Failover::new(scenario.policy.clone(), State::default()),
        start: Timestamp::from_millis(START),
        now: Duration::ZERO,
        recorded: Vec::new(),
        attempts: vec![None; spec.providers.len()],
        said: Vec::new(),
        spec,
    };
    let mut noise: Vec<&str> = Vec::new();
    let mut said: std::vec::IntoIter<(Duration, String)> = Vec::new().into_iter();
    let mut told_at = 0;
    for (line, step) in &scenario.steps {
        let quiet = |noise: &[&str], text: &str| noise.iter().any(|any| words::matches(any, text));
        match step {
            Step::Any(pattern) => noise.push(pattern),
            Step::Expect(at, pattern) => {
                let found =
                    said.find(|(_, text)| words::matches(pattern, text) || !quiet(&noise, text));
                let right = found.as_ref().is_some_and(|(when, text)| {
                    words::matches(pattern, text) && at.is_none_or(|at| at == *when)
                });
                if !right {
                    let rest: Vec<String> = found.into_iter().chain(said).map(shown).collect();
                    let rest = rest.join("\n");
                    return Err(format!("{line}: expected {at:?} {pattern}, but it said:\n{rest}"));
                }
            }
            Step::Fact(at, words) => {
                nothing_left(told_at, said, |text| quiet(&noise, text))?;
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                run.advance(*at);
                run.fact(&words).map_err(|problem| format!("{line}: {problem}"))?;
                said = std::mem::take(&mut run.said).into_iter();
                told_at = *line;
            }
        }
    }
    nothing_left(told_at, said, |text| noise.iter().any(|any| words::matches(any, text)))
}

fn shown((at, text): (Duration, String)) -> String {
    format!("expect {}s {text}", at.as_secs_f64())
}

fn nothing_left(
    line: usize,
    said: impl Iterator<Item = (Duration, String)>,
    quiet: impl Fn(&str) -> bool,
) -> Result<(), String> {
    let left: Vec<String> = said.filter(|(_, text)| !quiet(text)).map(shown).collect();
    if left.is_empty() {
        return Ok(());
    }
    Err(format!("{line}: this was not expected:\n{}", left.join("\n")))
}

impl Run {
    fn stamp(&self) -> Timestamp {
        self.moment(self.now)
    }

    fn moment(&self, at: Duration) -> Timestamp {
        self.start.plus(at)
    }

    /// Time passes, and the machine is woken whenever it asked to be.
    fn advance(&mut self, until: Duration) {
        while let Some((at, _)) = self.machine.deadline() {
            let at = at.since(self.start);
            if at >= until || self.recorded.is_empty() {
                break;
            }
            self.now = at.max(self.now);
            self.step(Input::Tick);
        }
        self.now = self.now.max(until);
    }

    fn step(&mut self, input: Input) {
        let now = self.stamp();
        for output in self.machine.step(now, input) {
            let spec = &self.spec;
            let name = |place: failover_core::ProviderId| &spec.providers[place.index()].name;
            let site = |place: failover_core::SiteId| &spec.sites[place.index()].name;
            let text = match output {
                Output::Record(event) => {
                    let text = format!("record {}", event.text(spec));
                    self.recorded.push((now, event));
                    text
                }
                Output::Publish { attempt, provider, sites, .. } => {
                    self.attempts[provider.index()] = Some(attempt);
                    format!("publish {} at {}", sites.text(spec), name(provider))
                }
                Output::ReadBack { provider } => format!("read back {}", name(provider)),
                Output::Verify { provider, sites, .. } => {
                    format!("verify {} at {}", sites.text(spec), name(provider))
                }
                Output::Fence { site: place } => format!("fence {}", site(place)),
                Output::Start { site: place } => format!("start {}", site(place)),
                Output::Refused { who, refusal, .. } => {
                    format!("refuse {}: {}", who.0, refusal.text(spec))
                }
                Output::Notify { severity, event } => {
                    format!("notify {severity}: {}", event.text(spec))
                }
                other => format!("{other:?}"),
            };
            self.said.push((self.now, text));
        }
    }

    fn fact(&mut self, words: &[&str]) -> Result<(), String> {
        let spec = self.spec.clone();
        let input = match *words {
            ["probes", ref rest @ ..] => return self.probes(rest),
            ["adopt", sites] => return self.adopt(words::sites(&spec, sites)?),
            ["nothing"] => Input::Tick,
            ["sleep", time] => {
                self.now += words::duration(time)?;
                Input::Tick
            }
            ["crash", ref rest @ ..] => {
                let (change, broken) = match rest.strip_suffix(&["journal", "broken"]) {
                    Some(change) => (change, true),
                    None => (rest, false),
                };
                self.change(change)?;
                self.start_again()?;
                if broken { Input::Journal { writable: false } } else { Input::Tick }
            }
            ["stored", provider, ref what @ ..] => Input::Stored {
                provider: words::provider(&spec, provider)?,
                answer: answer(&spec, what)?,
            },
            ["answered", provider, ref what @ ..] => Input::Answered {
                provider: words::provider(&spec, provider)?,
                answer: answer(&spec, what)?,
            },
            ["receipt", name, ref what @ ..] => {
                let provider = words::provider(&spec, name)?;
                let (attempt, what) = match *what {
                    ["of", "attempt", number, ref rest @ ..] => {
                        let number = number.parse().map_err(|_| "which attempt?".to_owned())?;
                        (AttemptId(number), rest)
                    }
                    ref rest => {
                        let latest = self.attempts[provider.index()];
                        (latest.ok_or(format!("nothing was published at {name}"))?, rest)
                    }
                };
                Input::Receipt { attempt, provider, receipt: receipt(what)? }
            }
            ["fenced", site, how] => {
                Input::Fenced { site: words::site(&spec, site)?, ok: how == "ok" }
            }
            ["started", site, how] => {
                Input::Started { site: words::site(&spec, site)?, ok: how == "ok" }
            }
            ["lease", epoch, "until", until] => Input::Leadership {
                epoch: epoch.parse().map_err(|_| format!("\"{epoch}\" is no epoch"))?,
                until: self.moment(words::duration(until)?),
            },
            ["deposed"] => Input::LeadershipLost,
            ["vantage", name, how @ ("isolated" | "back")] => Input::Isolated {
                vantage: words::vantage(&spec, name)?,
                isolated: how == "isolated",
            },
            ["lag", site, lag] => {
                let known = (lag != "unknown").then(|| words::duration(lag)).transpose()?;
                Input::Lag { site: words::site(&spec, site)?, lag: known }
            }
            ["journal", how @ ("broken" | "works")] => Input::Journal { writable: how == "works" },
            [who, ref command @ ..] => {
                let command = self.command(command)?;
                Input::Operator { who: Actor(who.to_owned()), command }
            }
            [] => return Err("nothing happens; say \"nothing\"".to_owned()),
        };
        self.step(input);
        Ok(())
    }

    /// What is different when the watcher starts again.
    fn change(&mut self, words: &[&str]) -> Result<(), String> {
        match *words {
            [] => {}
            ["clock", time, "back"] => {
                let back = u64::try_from(words::duration(time)?.as_millis());
                let back = back.map_err(|error| error.to_string())?;
                self.start = Timestamp::from_millis(START - back);
            }
            ["set", ref setting @ ..] => words::set(&mut self.spec, setting)?,
            ["sites", ref names @ ..] => {
                let site = |name: &&str| SitePolicy { name: (*name).to_owned(), cold: false };
                self.spec.sites = names.iter().map(site).collect();
            }
            ["without", name] => {
                let place = words::provider(&self.spec, name)?.index();
                self.spec.providers.remove(place);
                self.attempts.remove(place);
                self.spec.complete_at = self.spec.complete_at.min(1);
            }
            _ => return Err(format!("\"{}\" is no way to start again", words.join(" "))),
        }
        Ok(())
    }

    fn start_again(&mut self) -> Result<(), String> {
        let events = self.recorded.iter().map(|(at, event)| (*at, event));
        let policy = Policy::new(self.spec.clone()).map_err(|problems| format!("{problems:?}"))?;
        self.machine = Failover::new(policy, State::fold(events));
        Ok(())
    }

    /// Every provider stores the same.
    fn adopt(&mut self, sites: failover_core::SiteSet) -> Result<(), String> {
        for provider in self.spec.clone().providers {
            let provider = words::provider(&self.spec, &provider.name)?;
            self.step(Input::Stored { provider, answer: Answer::Sites(sites) });
        }
        Ok(())
    }

    fn command(&self, words: &[&str]) -> Result<Command, String> {
        let site = |word| words::site(&self.spec, word);
        let until = |word| words::duration(word).map(|time| self.moment(time));
        Ok(match *words {
            ["switches", from, to] => Command::SwitchOver { from: site(from)?, to: site(to)? },
            ["forces", from, to] => Command::Force { from: site(from)?, to: site(to)? },
            ["fails", "back"] => Command::FailBack,
            ["arms"] => Command::Arm,
            ["disarms", "until", time] => Command::Disarm { until: until(time)? },
            ["re-arms"] => Command::Rearm,
            ["maintains", place, "until", time] => {
                Command::MaintenanceOn { site: site(place)?, until: until(time)? }
            }
            ["returns", place] => Command::MaintenanceOff { site: site(place)? },
            ["abandons", id] => {
                Command::Abandon { id: MoveId(id.parse().map_err(|_| "which move?".to_owned())?) }
            }
            ["acknowledges"] => Command::Acknowledge,
            ["repairs"] => Command::Repair,
            _ => return Err(format!("\"{}\" is nothing that can happen", words.join(" "))),
        })
    }

    /// `one=up two=down [from a b] every 1s for 20s`
    fn probes(&mut self, words: &[&str]) -> Result<(), String> {
        let spec = self.spec.clone();
        let (mut outcomes, mut from, mut rest) = (Vec::new(), spec.vantages.clone(), words);
        while let [word, more @ ..] = rest
            && let Some((name, how)) = word.split_once('=')
        {
            outcomes.push((words::sites(&spec, name)?, how == "up"));
            rest = more;
        }
        if let ["from", more @ ..] = rest {
            let until = more.iter().position(|word| *word == "every").unwrap_or(more.len());
            from = more[..until].iter().map(ToString::to_string).collect();
            rest = &more[until..];
        }
        let ["every", step, "for", time] = *rest else {
            return Err("probes go on \"every TIME for TIME\"".to_owned());
        };
        let (step, end) = (words::duration(step)?, self.now + words::duration(time)?);
        while self.now + step <= end {
            self.advance(self.now + step);
            for vantage in &from {
                let vantage = words::vantage(&spec, vantage)?;
                for (sites, ok) in &outcomes {
                    let checks = (0u8..).map(CheckId).take(spec.checks.len());
                    for (site, check) in
                        sites.iter().flat_map(|site| checks.clone().map(move |check| (site, check)))
                    {
                        let (ok, at) = (*ok, self.stamp());
                        self.step(Input::Probed { vantage, site, check, ok, at });
                    }
                }
            }
        }
        Ok(())
    }
}

fn answer(spec: &PolicySpec, words: &[&str]) -> Result<Answer, String> {
    Ok(match words {
        ["silent", text @ ..] => Answer::Silent { text: text.join(" ") },
        ["foreign", text @ ..] => Answer::Foreign { text: text.join(" ") },
        [sites] => Answer::Sites(words::sites(spec, sites)?),
        _ => return Err("say sites, foreign or silent".to_owned()),
    })
}

fn receipt(words: &[&str]) -> Result<Receipt, String> {
    Ok(match words {
        ["applied"] => Receipt::Applied,
        ["already"] => Receipt::AlreadySo,
        ["refused", text @ ..] => Receipt::Refused { message: text.join(" "), changed: false },
        ["changed", text @ ..] => Receipt::Refused { message: text.join(" "), changed: true },
        ["unknown", text @ ..] => Receipt::Unknown { message: text.join(" ") },
        _ => return Err("say applied, already, refused, changed or unknown".to_owned()),
    })
}
