//! What happens while steps are carried out, line by line.
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use cloud_api::blueprint::{Action, Event, Happened, Observer, Outcome, Step, Thing};

use crate::cli::out::Out;

/// Prints a line for each step that ends, and for each that takes long.
pub struct Progress {
    out: Out,
    started: Instant,
    total: usize,
    ended: AtomicUsize,
}

impl Progress {
    /// Progress of so many steps.
    pub fn new(out: Out, total: usize) -> Self {
        Self { out, started: Instant::now(), total, ended: AtomicUsize::new(0) }
    }

    fn line(&self, count: Option<usize>, text: &str) {
        let seconds = self.started.elapsed().as_secs_f64();
        // More may come than was planned: scripts that follow from an address that had to change.
        let count = count.map_or_else(String::new, |count| {
            let width = self.total.to_string().len();
            format!("{count:>width$}/{}", self.total.max(count))
        });
        let width = self.total.to_string().len() * 2 + 1;
        let _ = self.out.note(&format!("{seconds:>7.1} s  {count:>width$}  {text}"));
    }
}

impl Observer for Progress {
    fn event(&self, event: &Event) {
        let Event { step, happened, .. } = event;
        let what = format!("{} {}", step.thing.word(), step.name);
        match happened {
            Happened::Begun if step.thing == Thing::Server => {
                self.line(None, &format!("{what}: {} …", doing(step)));
            }
            Happened::NextPlace { from, to, failure } => {
                let text = format!("{what}: no capacity at {from}, trying {to} ({failure})");
                self.line(None, &text);
            }
            Happened::Ended(outcome) => {
                let count = self.ended.fetch_add(1, Ordering::Relaxed) + 1;
                self.line(Some(count), &format!("{what}: {}", ended(step, outcome)));
            }
            _ => {}
        }
    }
}

fn doing(step: &Step) -> String {
    match &step.action {
        Action::Create => format!("making it, {}", step.detail),
        Action::Adopt => "finishing it".to_owned(),
        Action::Resize { to, .. } => format!("stopping it to make it a {to}"),
        Action::Delete => "removing it".to_owned(),
        _ => "changing it".to_owned(),
    }
}

fn ended(step: &Step, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done { adopted, note } => {
            let word = match (&step.action, adopted) {
                (Action::Create, true) => "was there already",
                (Action::Create, false) => "made",
                (Action::Adopt, _) => "finished",
                (Action::Delete, _) => "removed",
                _ => "changed",
            };
            note.as_ref().map_or_else(|| word.to_owned(), |note| format!("{word}; {note}"))
        }
        Outcome::Failed { failure, .. } => format!("FAILED: {failure}"),
        Outcome::Skipped { reason } => format!("not begun: {reason}"),
        _ => "ended".to_owned(),
    }
}
