//! The latest work at the clouds: one at a time, written down before it is done and when it ends.
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};

use cloud_api::Kind;
use cloud_api::blueprint::{Action, Event, Happened, Observer, Outcome, Step};
use failover_core::{Actor, Event as Recorded, EventRecord};
use watcher::{Deed, Handle};
use web_api::{BlueprintStep, JobStep, PlacesJob, Said};

use super::look::{now, outcome_word};
use super::{Places, Refused};

/// How far back an interrupted work is looked for.
const LOOK_BACK: u32 = 100;
/// How long what was seen is waited for before it is forgotten.
const FORGET: std::time::Duration = std::time::Duration::from_secs(1);
/// By these words the journal tells where work has begun and where it has ended.
const BEGINS: &str = " begins at the clouds: ";
const ENDED: &str = "At the clouds, ";

/// What is known of work.
#[derive(Debug, Default)]
pub(super) struct Work {
    latest: Option<PlacesJob>,
    /// Somebody has the turn.
    busy: bool,
    count: u64,
    stop: Arc<AtomicBool>,
    /// The journal was asked what an earlier run has left.
    recalled: bool,
}

/// The right to work; given back when it is dropped.
pub(super) struct Turn {
    places: Arc<Places>,
    handle: Handle,
    job: PlacesJob,
    /// Nobody has seen the job yet.
    silent: bool,
}

impl Places {
    /// The latest work, whether it goes on or has ended.
    pub fn latest(&self) -> Option<PlacesJob> {
        self.work().latest.clone()
    }

    /// Finds out once what an earlier run of the program has left unfinished.
    pub async fn recall(&self, handle: &Handle) {
        if std::mem::replace(&mut self.work().recalled, true) {
            return;
        }
        let Ok(events) = handle.events(0, LOOK_BACK, Some("")).await else { return };
        let mut work = self.work();
        if work.latest.is_none() {
            work.latest = events.iter().find_map(told).and_then(interrupted);
        }
    }

    /// Asks the present work to end before its next step.
    pub fn stop(&self) -> Result<PlacesJob, Refused> {
        let mut work = self.work();
        let stop = work.stop.clone();
        let Some(job) = work.latest.as_mut().filter(|job| job.ended.is_none()) else {
            let text = "nothing is being done at the clouds".to_owned();
            return Err(Refused::Conflict("no_job", text));
        };
        if !job.can_stop {
            let text = "what the vendor has been asked for cannot be taken back".to_owned();
            return Err(Refused::Conflict("not_stoppable", text));
        }
        stop.store(true, Ordering::SeqCst);
        job.state = "stopping".to_owned();
        Ok(job.clone())
    }

    /// The turn to work, if nobody else has it.
    pub(super) fn turn(
        self: &Arc<Self>,
        handle: &Handle,
        who: Actor,
        kind: &str,
        title: String,
    ) -> Result<Turn, Refused> {
        let mut work = self.work();
        if work.busy {
            let text = match work.latest.as_ref().filter(|job| job.ended.is_none()) {
                Some(job) => format!("{} has begun: {}; wait for its end", job.who, job.title),
                None => "somebody else is about to begin; try again in a moment".to_owned(),
            };
            return Err(Refused::Conflict("job_running", text));
        }
        work.busy = true;
        work.recalled = true;
        work.count += 1;
        work.stop.store(false, Ordering::SeqCst);
        let job = PlacesJob {
            id: work.count,
            kind: kind.to_owned(),
            title,
            who: who.0,
            began: now(),
            ended: None,
            state: "running".to_owned(),
            can_stop: matches!(kind, "apply" | "destroy"),
            steps: Vec::new(),
            summary: None,
            summary_said: None,
            advice: None,
            advice_said: None,
        };
        Ok(Turn { places: self.clone(), handle: handle.clone(), job, silent: true })
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut PlacesJob)) {
        if let Some(job) = self.work().latest.as_mut() {
            change(job);
        }
    }
}

impl Turn {
    /// Writes down what is about to be done, and shows it. Without that nothing is begun.
    pub(super) async fn begin(
        &mut self,
        steps: Vec<BlueprintStep>,
        lines: Vec<String>,
    ) -> Result<PlacesJob, Refused> {
        let what = format!("{}{BEGINS}{}.", self.job.who, self.job.title);
        self.note(what, Vec::new(), lines, false).await?;
        self.job.steps = steps.into_iter().map(|step| begun(step, "waiting")).collect();
        self.silent = false;
        self.places.work().latest = Some(self.job.clone());
        Ok(self.job.clone())
    }

    /// The places that are worked on.
    pub(super) fn places(&self) -> &Arc<Places> {
        &self.places
    }

    /// Whoever watches the steps of a blueprint.
    pub(super) fn observer(&self) -> Watched {
        let stop = self.places.work().stop.clone();
        Watched { places: self.places.clone(), stop }
    }

    /// Shows how far the only step is.
    pub(super) fn step(&self, state: &str, note: Option<Words>, advice: Option<Words>) {
        self.places.change(|job| {
            let Some(step) = job.steps.first_mut() else { return };
            mark(step, state);
            (step.note, step.note_said) = apart(note);
            (step.advice, step.advice_said) = apart(advice);
        });
    }

    /// Says what came of it, here and in the journal.
    pub(super) async fn end(self, state: &str, summary: Words, advice: Option<Words>) {
        let done = match state {
            "done" => "this is done",
            "stopped" => "this was stopped",
            _ => "this has failed",
        };
        let what = format!("{ENDED}{done}: {}. {}", self.job.title, summary.0);
        let lines = self.places.latest().map(|job| outcomes(&job)).unwrap_or_default();
        // What happened has happened, whether it can be written down or not; the log has it.
        if let Err(error) = self.note(what, Vec::new(), lines, state == "failed").await {
            tracing::error!("the end of the work at the clouds is in no journal: {error:?}");
        }
        // A look that is under way may be waiting for a silent cloud; the end does not.
        let _ = tokio::time::timeout(FORGET, self.places.forget()).await;
        self.places.change(|job| {
            (job.ended, job.state) = (Some(now()), state.to_owned());
            (job.summary, job.summary_said) = apart(Some(summary));
            (job.advice, job.advice_said) = apart(advice);
        });
    }

    async fn note(
        &self,
        what: String,
        before: Vec<String>,
        after: Vec<String>,
        failed: bool,
    ) -> Result<(), Refused> {
        let deed = Deed { who: Actor(self.job.who.clone()), what, before, after, failed };
        let noted = self.handle.note(deed).await;
        noted.map(|_| ()).map_err(|error| Refused::Unwritten(error.to_string()))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut work = self.places.work();
        work.busy = false;
        if let Some(job) = work.latest.as_mut().filter(|job| !self.silent && job.ended.is_none()) {
            // Its task is gone without a word.
            (job.ended, job.state) = (Some(now()), "interrupted".to_owned());
        }
    }
}

/// Shows what happens while a blueprint is applied or removed.
pub(super) struct Watched {
    places: Arc<Places>,
    stop: Arc<AtomicBool>,
}

impl Observer for Watched {
    fn event(&self, event: &Event) {
        let step = step(&event.step);
        self.places.change(|job| {
            let known = |one: &JobStep| {
                one.ended.is_none()
                    && one.step.thing == step.thing
                    && one.step.name == step.name
                    && one.step.action == step.action
            };
            let place = job.steps.iter().position(known).unwrap_or_else(|| {
                // Scripts follow from an address that had to change; nobody planned them.
                job.steps.push(begun(step, ""));
                job.steps.len() - 1
            });
            let shown = &mut job.steps[place];
            match &event.happened {
                Happened::Begun => mark(shown, "running"),
                Happened::NextPlace { from, to, .. } => {
                    shown.note = Some(format!("no capacity at {from}, trying {to}"));
                    shown.note_said =
                        Some(Said::of("job.next_place").with("from", from).with("to", to));
                }
                Happened::Ended(outcome) => {
                    mark(shown, outcome_word(outcome));
                    came_of(shown, outcome);
                }
                _ => {}
            }
        });
    }

    fn stops(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }
}

/// What came of a step, in the library's words.
fn came_of(shown: &mut JobStep, outcome: &Outcome) {
    shown.note_said = None;
    match outcome {
        Outcome::Done { note, .. } => shown.note.clone_from(note),
        Outcome::Failed { failure, advice } => {
            shown.note = Some(failure.to_string());
            shown.advice = Some(advice.clone());
            shown.advice_said = Some(of_kind("blueprint", failure.kind));
        }
        Outcome::Skipped { reason } => shown.note = Some(reason.clone()),
        _ => {}
    }
}

/// A sentence in English, and what other languages make it of.
pub(super) type Words = (String, Option<Said>);

fn apart(words: Option<Words>) -> (Option<String>, Option<Said>) {
    words.map_or((None, None), |(text, said)| (Some(text), said))
}

/// What to do about a failure of this kind: `advice.power.no_capacity`.
pub(super) fn of_kind(what: &str, kind: Kind) -> Said {
    let kind = serde_json::to_value(kind).unwrap_or_default();
    Said::of(&format!("advice.{what}.{}", kind.as_str().unwrap_or("other")))
}

fn begun(step: BlueprintStep, state: &str) -> JobStep {
    JobStep {
        step,
        state: state.to_owned(),
        note: None,
        note_said: None,
        advice: None,
        advice_said: None,
        began: None,
        ended: None,
    }
}

fn mark(step: &mut JobStep, state: &str) {
    step.state = state.to_owned();
    if state == "running" {
        step.began = step.began.or_else(|| Some(now()));
    } else {
        step.ended = Some(now());
    }
}

/// A step as the API shows it.
pub(super) fn step(step: &Step) -> BlueprintStep {
    let action = match &step.action {
        Action::Create => "create",
        Action::Adopt => "adopt",
        Action::Relabel => "relabel",
        Action::Resize { .. } => "resize",
        Action::ReplaceScript => "replace_script",
        Action::ReplaceKeys => "replace_keys",
        Action::Delete => "delete",
        _ => "change",
    };
    let thing = serde_json::to_value(step.thing).unwrap_or_default();
    let detail = match &step.action {
        Action::Resize { from, to } => format!("{from} → {to}"),
        _ => step.detail.clone(),
    };
    BlueprintStep {
        action: action.to_owned(),
        thing: thing.as_str().unwrap_or_default().to_owned(),
        provider: step.provider.clone(),
        location: step.location.clone(),
        name: step.name.clone(),
        detail,
        reason: step.reason.clone(),
    }
}

/// What shall be done, line by line.
pub(super) fn lines(steps: &[BlueprintStep]) -> Vec<String> {
    let line = |step: &BlueprintStep| {
        format!("{} {} {} at {}", step.action, step.thing, step.name, step.provider)
    };
    steps.iter().map(line).collect()
}

/// What came of each step, line by line.
fn outcomes(job: &PlacesJob) -> Vec<String> {
    let line = |one: &JobStep| {
        let JobStep { step, state, note, .. } = one;
        let note = note.as_ref().map_or_else(String::new, |note| format!(" ({note})"));
        format!(
            "{}: {} {} {} at {}{note}",
            state, step.action, step.thing, step.name, step.provider
        )
    };
    job.steps.iter().map(line).collect()
}

/// What the journal says of work; the newest counts.
fn told(record: &EventRecord) -> Option<&EventRecord> {
    let Recorded::ByHand { what, .. } = &record.event else { return None };
    (what.contains(BEGINS) || what.starts_with(ENDED)).then_some(record)
}

/// Work of which the journal knows only the beginning.
fn interrupted(record: &EventRecord) -> Option<PlacesJob> {
    let Recorded::ByHand { who, what, .. } = &record.event else { return None };
    let (_, title) = what.split_once(BEGINS)?;
    let advice = "look what there is: whatever was asked for may have been done. Work on the \
                  blueprint goes on where it stopped when its plan is applied again";
    Some(PlacesJob {
        id: 0,
        kind: "unknown".to_owned(),
        title: title.trim_end_matches('.').to_owned(),
        who: who.0.clone(),
        began: record.at,
        ended: Some(record.at),
        state: "interrupted".to_owned(),
        can_stop: false,
        steps: Vec::new(),
        summary: Some("the program was ended or restarted meanwhile".to_owned()),
        summary_said: Some(Said::of("job.interrupted")),
        advice: Some(advice.to_owned()),
        advice_said: Some(Said::of("job.interrupted.do")),
    })
}

#[cfg(test)]
mod tests {
    use failover_core::{Severity, Timestamp};

    use super::*;

    fn record(what: &str) -> EventRecord {
        let who = Actor("anna".to_owned());
        let event = Recorded::ByHand {
            who,
            what: what.to_owned(),
            before: Vec::new(),
            after: Vec::new(),
            failed: false,
        };
        let (text, service, severity) = (what.to_owned(), String::new(), Severity::Info);
        EventRecord { seq: 1, at: Timestamp::from_millis(5), service, severity, text, event }
    }

    #[test]
    fn only_work_without_an_end_was_interrupted() {
        let begun = record(&format!("anna{BEGINS}restart web-1."));
        let ended = record(&format!("{ENDED}this is done: restart web-1. It runs."));
        let other = record("anna changes www.example.com.");
        let latest = |all: &[&EventRecord]| {
            let newest_first = all.iter().copied();
            newest_first.filter_map(told).next().and_then(interrupted)
        };
        assert_eq!(latest(&[&ended, &begun]), None);
        let job = latest(&[&other, &begun, &ended]).expect("it has no end");
        assert_eq!((job.title.as_str(), job.state.as_str()), ("restart web-1", "interrupted"));
        assert_eq!(latest(&[&other]), None);
    }
}
