//! A world that is played: forward in small pieces, backward by beginning again.
use super::deeds::{self, Entry};
use super::draft;
use super::line::{Kind, Mark};
use super::outcome::Outcome;
use super::seen;
use crate::model::news::News;
use crate::words::simulator as say;
use failover_core::{Event, Policy};
use failover_sim::{Fault, Property, Script, World};
use std::time::Duration;

/// People are counted this often, in milliseconds of the world.
const GRID: u64 = 250;
/// So many events of a world are listed.
const LISTED: usize = 60;

/// A script and the world that is made of it.
pub struct Play {
    script: Script,
    world: World,
    /// Steps that were done already.
    done: usize,
    broken: Option<Property>,
    outcome: Outcome,
    marks: Vec<Mark>,
    listed: Vec<Entry>,
    seq: u64,
    /// How far it goes without looking at the clock.
    piece: u64,
}

impl Play {
    /// A world at its beginning; `None` if the script's policy is not valid.
    pub fn new(script: Script) -> Option<Self> {
        let policy = Policy::new(script.spec.clone()).ok()?;
        // Some thousand probes take a few milliseconds, even without optimisation.
        let per_second = draft::per_second(&script.spec, script.setup.watchers).max(1);
        let piece = u64::try_from(200_000 / per_second).unwrap_or(1).clamp(5, GRID);
        let world = World::new(policy, script.setup.clone(), script.seed);
        let mut play = Self {
            script,
            world,
            done: 0,
            broken: None,
            outcome: Outcome::default(),
            marks: Vec::new(),
            listed: Vec::new(),
            seq: 0,
            piece,
        };
        play.look();
        Some(play)
    }

    /// The script as far as it is known: what was done by hand is in it.
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// How long the world exists, in milliseconds.
    pub fn age(&self) -> u64 {
        millis(self.world.age())
    }

    /// How long it goes on.
    pub fn length(&self) -> u64 {
        millis(self.script.length)
    }

    /// The promise that was broken, if one was.
    pub fn broken(&self) -> Option<Property> {
        self.broken
    }

    /// What came of it.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// What the machine did.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// The number of the latest event.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Whether nothing follows.
    pub fn is_over(&self) -> bool {
        self.broken.is_some() || self.age() >= self.length()
    }

    /// Goes on until `target` for as long as `more` says so; says whether it has come there, or can
    /// come no further.
    pub fn run_to(&mut self, target: u64, more: &mut dyn FnMut(&Self) -> bool) -> bool {
        let target = target.min(self.length());
        while self.broken.is_none() {
            self.do_what_is_due();
            let age = self.age();
            if age >= target {
                break;
            }
            let grid = (age / GRID + 1) * GRID;
            let next = self.script.steps.get(self.done).map_or(u64::MAX, |(at, _)| millis(*at));
            let stop = target.min(grid).min(next).min(age + self.piece);
            if let Err(failure) = self.world.advance(Duration::from_millis(stop - age)) {
                self.broken = Some(failure.property);
            }
            self.look();
            if stop == grid {
                self.outcome.sample(stop, self.world.people());
            }
            if !more(self) {
                return self.is_over() || self.age() >= target;
            }
        }
        true
    }

    /// Does something now, and its end later, and writes both into the script. `false`: there is too
    /// much in it.
    pub fn touch(&mut self, fault: &Fault, end: Option<(Duration, Fault)>) -> bool {
        let at = self.world.age();
        let before = self.script.steps.len();
        // Whatever was to happen at this very moment has happened.
        self.do_what_is_due();
        if !draft::add(&mut self.script, at, fault.clone(), end) {
            return false;
        }
        debug_assert!(self.script.steps.len() > before);
        self.do_what_is_due();
        true
    }

    fn do_what_is_due(&mut self) {
        while let Some((at, fault)) = self.script.steps.get(self.done)
            && *at <= self.world.age()
        {
            self.outcome.touched(millis(*at));
            self.world.inject(fault.clone());
            self.done += 1;
        }
    }

    fn look(&mut self) {
        let began = self.world.began();
        let mut present = None;
        for (seq, at, event) in self.world.happened(self.seq) {
            self.seq = seq;
            let age = millis(at.since(began));
            self.outcome.recorded(age, event);
            let present = present.get_or_insert_with(|| self.world.present());
            let Some(service) = present.services.first() else { continue };
            let text = deeds::sentence(event, service, at);
            if let Some(kind) = kind(event) {
                self.marks.push(Mark { at: age, kind, text: text.clone() });
            }
            self.listed.insert(0, Entry { seq, at, severity: event.severity(), text });
        }
        self.listed.truncate(LISTED);
    }

    /// What the panel shows of it, as of a real one; its events are listed beside.
    pub fn news(&self) -> News {
        let mut present = self.world.present();
        seen::translate(&mut present.services, self.world.policy().spec());
        News {
            at: present.at,
            started: present.started,
            vantage: present.vantage,
            journal_problem: present.journal_problem.map(|_| say::SIM_JOURNAL_FULL.into()),
            alerts: present.alerts,
            cluster: present.cluster,
            services: present.services,
            recent: Vec::new(),
        }
    }

    /// The latest events, newest first.
    pub fn listed(&self) -> &[Entry] {
        &self.listed
    }
}

/// What of the machine's deeds stands on the line of time.
pub fn kind(event: &Event) -> Option<Kind> {
    Some(match event {
        Event::VerdictChanged { .. } => Kind::Verdict,
        Event::MoveStarted { .. } => Kind::Move,
        Event::MoveCompleted { .. } => Kind::Done,
        Event::Split { .. }
        | Event::DriftSeen { .. }
        | Event::AllDown
        | Event::BudgetSpent { .. }
        | Event::Held { .. } => Kind::Trouble,
        _ => return None,
    })
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::{examples, menu};
    use failover_core::SiteId;
    use failover_sim::Serves;

    fn example(name: &str) -> Script {
        draft::parse(examples::find(name).unwrap().text).unwrap()
    }

    fn to_the_end(script: Script) -> Play {
        let mut play = Play::new(script).unwrap();
        assert!(play.run_to(u64::MAX, &mut |_| true));
        play
    }

    #[test]
    fn a_dead_site_is_left_and_the_outcome_says_how_soon() {
        let play = to_the_end(example("a-site-dies"));
        let outcome = play.outcome();
        assert_eq!(outcome.trouble, Some(20_000));
        let detected = outcome.detected.unwrap();
        // At worst after 1.7 s, as the core's own bound says, and the way of the reports.
        assert!((20_000..=22_500).contains(&detected), "{outcome:?}");
        let (began, everywhere) = (outcome.began.unwrap(), outcome.everywhere.unwrap());
        assert!(began >= detected && everywhere > began, "{outcome:?}");
        assert!(outcome.converged.unwrap() > everywhere, "{outcome:?}");
        assert!(outcome.peak > 900 && !outcome.is_out(), "{outcome:?}");
        assert!(play.broken().is_none() && play.is_over());
        let kinds: Vec<_> = play.marks().iter().map(|mark| mark.kind).collect();
        assert!(kinds.contains(&Kind::Move) && kinds.contains(&Kind::Done), "{kinds:?}");
        let desired = play.news().services[0].view.desired;
        assert_eq!(desired.single(), Some(SiteId(1)));
    }

    #[test]
    fn it_makes_no_difference_in_which_pieces_a_world_is_played() {
        let whole = to_the_end(example("a-cloud-is-lost"));
        let mut pieces = Play::new(example("a-cloud-is-lost")).unwrap();
        let mut target = 0;
        while !pieces.is_over() {
            target += 1_237;
            let mut left = 3;
            pieces.run_to(target, &mut |_| {
                left -= 1;
                left > 0
            });
        }
        assert_eq!(pieces.news(), whole.news());
        assert_eq!(pieces.world.digest(), whole.world.digest());
        assert_eq!(pieces.outcome(), whole.outcome());
    }

    #[test]
    fn what_is_done_by_hand_becomes_a_script_that_ends_the_same_way() {
        let mut calm = example("a-site-dies");
        calm.steps.clear();
        calm.length = Duration::from_secs(60);
        let mut play = Play::new(calm).unwrap();
        play.run_to(12_345, &mut |_| true);
        let quick = menu::quick(play.script());
        let ends = quick[0].ends.clone().map(|ends| (Duration::from_secs(60), ends));
        assert!(play.touch(&quick[0].begins, ends));
        assert!(play.touch(&quick[5].begins, None));
        play.run_to(u64::MAX, &mut |_| true);
        let again = to_the_end(play.script().clone());
        assert_eq!(again.world.digest(), play.world.digest());
        assert_eq!(again.script().steps.len(), 3);
        assert_eq!(again.length(), 12_345 + 60_000 + 120_000);
    }

    #[test]
    fn an_invalid_policy_makes_no_world_and_a_full_script_takes_nothing_more() {
        let mut script = example("a-site-dies");
        script.spec.quorum = 9;
        assert!(Play::new(script).is_none());
        let mut play = Play::new(example("a-site-dies")).unwrap();
        let fault = Fault::Site { site: SiteId(0), check: None, serves: Serves::Well };
        let fits = (0..draft::MOST_STEPS).filter(|_| play.touch(&fault, None)).count();
        assert!(fits < draft::MOST_STEPS);
    }
}
