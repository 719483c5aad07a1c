//! Carrying a plan out: journalled before it begins and when it has ended, each provider by itself.
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use dns_provider::{ChangeSet, Outcome, Report, RrSet};
use failover_core::Actor;
use futures_util::future::join_all;
use tokio::sync::watch;
use watcher::{CommandError, Deed, Handle};
use web_api::{RecordsRun, RecordsStep};

use super::{Member, Planned, Records};

/// So many are remembered.
const RUNS_MAX: usize = 30;

/// The changes since the start of the program, the latest last; one is under way at most.
#[derive(Debug, Default)]
pub struct Runs(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    latest: u64,
    busy: bool,
    known: VecDeque<watch::Sender<RecordsRun>>,
}

/// Why a change did not begin.
#[derive(Debug)]
pub enum NotBegun {
    /// Another one is under way.
    Busy,
    /// The journal does not have it.
    Journal(CommandError),
}

/// What became of one provider's share.
struct Share {
    step: RecordsStep,
    /// Per change of the set: whether it may have happened.
    changed: Vec<bool>,
}

/// The right to change something; given back when it is dropped.
struct Turn(Records);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.runs().state(|state| state.busy = false);
    }
}

impl Runs {
    /// One change, as far as it is.
    pub fn get(&self, id: u64) -> Option<watch::Receiver<RecordsRun>> {
        self.state(|state| {
            let found = state.known.iter().find(|run| run.borrow().id == id);
            found.map(watch::Sender::subscribe)
        })
    }

    fn state<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Records {
    /// Begins to carry `plan` out in the name of `who`. It goes on whoever stops listening.
    pub async fn begin(
        &self,
        plan: Planned,
        who: Actor,
        watcher: Handle,
    ) -> Result<watch::Receiver<RecordsRun>, NotBegun> {
        let busy = self.runs().state(|state| std::mem::replace(&mut state.busy, true));
        if busy {
            return Err(NotBegun::Busy);
        }
        let turn = Turn(self.clone());
        let (before, after) = plan.lines();
        let at = list(plan.sets.iter().map(|(provider, _)| provider.as_str()));
        let what = format!("{} changes {} at {at}.", who.0, plan.keys());
        let deed = Deed { who: who.clone(), what, before, after, failed: false };
        watcher.note(deed).await.map_err(NotBegun::Journal)?;
        let step = |(provider, _): &(String, ChangeSet)| RecordsStep {
            provider: provider.clone(),
            state: "waiting".to_owned(),
            problem: None,
            found: None,
        };
        let run = self.runs().state(|state| {
            state.latest += 1;
            let (run, _) = watch::channel(RecordsRun {
                id: state.latest,
                zone: plan.zone.to_string(),
                who: who.0.clone(),
                steps: plan.sets.iter().map(step).collect(),
                state: "running".to_owned(),
                text: String::new(),
                undo: Vec::new(),
            });
            state.known.push_back(run.clone());
            if state.known.len() > RUNS_MAX {
                state.known.pop_front();
            }
            run
        });
        let seen = run.subscribe();
        // Not even a browser that goes away leaves a change half done.
        tokio::spawn(carry_out(turn, plan, who, watcher, run));
        Ok(seen)
    }
}

async fn carry_out(
    turn: Turn,
    plan: Planned,
    who: Actor,
    watcher: Handle,
    run: watch::Sender<RecordsRun>,
) {
    let records = turn.0.clone();
    let run = Arc::new(run);
    let each = plan.sets.iter().enumerate().map(|(place, (provider, set))| {
        let (records, run) = (records.clone(), run.clone());
        async move {
            let say = |state: &str| {
                run.send_modify(|run| {
                    if let Some(step) = run.steps.get_mut(place) {
                        state.clone_into(&mut step.state);
                    }
                });
            };
            let share = match records.member(provider) {
                Some(member) => apply(member, set, &say).await,
                None => {
                    share(provider, "refused", Some("it is not configured".to_owned()), set, false)
                }
            };
            run.send_modify(|run| {
                if let Some(step) = run.steps.get_mut(place) {
                    step.clone_from(&share.step);
                }
            });
            share
        }
    });
    let shares = join_all(each).await;
    records.forget(&plan.zone);
    let done = |provider: &str, place: usize| {
        let own = shares.iter().find(|share| share.step.provider == provider);
        own.and_then(|share| share.changed.get(place)).copied().unwrap_or(false)
    };
    let steps: Vec<&RecordsStep> = shares.iter().map(|share| &share.step).collect();
    let (state, text) = judged(&plan.keys(), &steps);
    let deed = Deed {
        what: format!("The change by {}: {text}", who.0),
        who,
        before: Vec::new(),
        after: Vec::new(),
        failed: state != "done",
    };
    if let Err(error) = watcher.note(deed).await {
        tracing::error!("how a change has ended is not in the journal ({error}): {text}");
    }
    let undo = plan.undo(&done);
    // The next one may begin as soon as somebody can see that this one has ended.
    drop(turn);
    run.send_modify(|run| {
        state.clone_into(&mut run.state);
        run.text = text;
        run.undo = undo;
    });
}

async fn apply(member: &Member, set: &ChangeSet, say: &(dyn Fn(&str) + Sync)) -> Share {
    say("writing");
    let provider = &member.id;
    let report = match member.client.apply(set, member.call()).await {
        Ok(report) => report,
        Err(error) => return share(provider, "refused", Some(error.to_string()), set, false),
    };
    let mut late = None;
    if !report.pending.is_empty() {
        say("publishing");
        for ticket in &report.pending {
            if let Err(error) = member.client.settle(ticket, member.call()).await {
                late = Some(error.to_string());
            }
        }
    }
    let (state, problem, changed) = outcome(&report, late);
    let mut share = Share {
        step: RecordsStep {
            provider: provider.clone(),
            state: state.to_owned(),
            problem,
            found: None,
        },
        changed,
    };
    if state != "done" {
        // After a lost answer only a look can tell.
        look(member, set, &mut share).await;
    }
    share
}

/// What a report says of a whole set.
fn outcome(report: &Report, late: Option<String>) -> (&'static str, Option<String>, Vec<bool>) {
    let outcomes = || report.outcomes.iter().map(|(_, outcome)| outcome);
    let changed = outcomes()
        .map(|outcome| matches!(outcome, Outcome::Applied | Outcome::Unknown(_)))
        .collect();
    let failure = outcomes().find_map(Outcome::failure).map(ToString::to_string);
    let unsure = outcomes().any(|outcome| matches!(outcome, Outcome::Unknown(_)));
    let done = outcomes().filter(|outcome| outcome.is_done()).count();
    let all = report.outcomes.len();
    let state = match (unsure, done) {
        (true, _) => "unknown",
        (false, done) if done == all && late.is_some() => "unknown",
        (false, done) if done == all => "done",
        (false, 0) => "refused",
        (false, _) => "partly",
    };
    (state, failure.or(late), changed)
}

/// Looks at what is there, and judges by that.
async fn look(member: &Member, set: &ChangeSet, share: &mut Share) {
    let mut found: Vec<String> = Vec::new();
    let mut so = Vec::new();
    for change in &set.changes {
        let read = member.client.rrset(&set.zone, &change.key, member.look()).await;
        let Ok(now) = read else { return };
        found.extend(now.iter().flat_map(RrSet::lines));
        so.push(match (&now, &change.desired) {
            (Some(now), Some(desired)) => now.same_data(desired),
            (None, None) => true,
            _ => false,
        });
    }
    let step = &mut share.step;
    step.found = Some(found);
    let all = so.iter().all(|so| *so);
    let none = !so.iter().any(|so| *so);
    if step.state == "unknown" {
        let late = share.changed.iter().any(|changed| *changed);
        step.state = match (all, none) {
            (true, _) => "done".to_owned(),
            // What was accepted and is not to be seen may still come.
            (_, true) if late => "unknown".to_owned(),
            (_, true) => "refused".to_owned(),
            _ => "partly".to_owned(),
        };
    }
    if step.state == "done" {
        step.problem = None;
    }
    for (changed, so) in share.changed.iter_mut().zip(so) {
        *changed = *changed && (so || step.state == "unknown");
    }
}

fn share(
    provider: &str,
    state: &str,
    problem: Option<String>,
    set: &ChangeSet,
    changed: bool,
) -> Share {
    let step = RecordsStep {
        provider: provider.to_owned(),
        state: state.to_owned(),
        problem,
        found: None,
    };
    Share { step, changed: vec![changed; set.changes.len()] }
}

/// What all providers together have come to, and one sentence about it.
fn judged(keys: &str, steps: &[&RecordsStep]) -> (&'static str, String) {
    let of = |wanted: &'static str| steps.iter().filter(move |step| step.state == wanted);
    let (done, refused) = (of("done").count(), of("refused").count());
    let state = match steps.len() {
        all if done == all => "done",
        all if refused == all => "failed",
        _ if of("unknown").next().is_some() => "unknown",
        _ => "split",
    };
    let mut parts = Vec::new();
    if done > 0 {
        parts.push(format!("done at {}", list(of("done").map(|step| step.provider.as_str()))));
    }
    for step in steps.iter().filter(|step| step.state != "done") {
        let word = match step.state.as_str() {
            "refused" => "not changed",
            "partly" => "changed in part",
            _ => "perhaps changed",
        };
        let why = step.problem.as_deref().unwrap_or("no reason was given");
        parts.push(format!("{word} at {} ({why})", step.provider));
    }
    let advice = match state {
        "split" => {
            " The providers differ until you apply it again where it is missing, or undo it."
        }
        "unknown" => " Look at the records again before you repeat it.",
        _ => "",
    };
    (state, format!("{keys}: {}.{advice}", parts.join("; ")))
}

/// "a", "a and b", "a, b and c".
fn list<'a>(items: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<&str> = items.collect();
    match all.as_slice() {
        [] => "no provider".to_owned(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(provider: &str, state: &str, problem: Option<&str>) -> RecordsStep {
        RecordsStep {
            provider: provider.to_owned(),
            state: state.to_owned(),
            problem: problem.map(str::to_owned),
            found: None,
        }
    }

    #[test]
    fn what_has_become_of_it_is_one_sentence_that_leaves_nothing_open() {
        let (one, two) = (step("google", "done", None), step("hetzner", "done", None));
        let said = judged("www.example.com A", &[&one, &two]);
        assert_eq!(said, ("done", "www.example.com A: done at google and hetzner.".to_owned()));
        let two = step("hetzner", "refused", Some("503"));
        let (state, text) = judged("www.example.com A", &[&one, &two]);
        assert_eq!(state, "split");
        assert!(
            text.contains("done at google; not changed at hetzner (503). The providers differ")
        );
        let one = step("google", "refused", Some("409"));
        assert_eq!(judged("x", &[&one, &two]).0, "failed");
        let one = step("google", "unknown", Some("no answer"));
        let (state, text) = judged("x", &[&one, &two]);
        assert_eq!(state, "unknown");
        assert!(text.ends_with("Look at the records again before you repeat it."), "{text}");
    }
}
