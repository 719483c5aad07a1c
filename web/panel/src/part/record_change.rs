//! A change of records on its way: typed, checked, planned, carried out, undone.
use crate::api::records as api;
use crate::kept::Slot;
use crate::live::Live;
use crate::model::plan::is_typed;
use crate::model::records::{self as model, Draft};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use web_api::{Problem, RecordsChecked, RecordsPlan, RecordsRun, RecordsWanted};

/// Letters that follow each other faster are checked together.
const TYPING: Duration = Duration::from_millis(250);
/// Between two questions how far a change is, if the first one failed.
const AGAIN: Duration = Duration::from_secs(2);

/// A change on its way, and the latest that has ended.
#[derive(Clone, Copy)]
pub struct Change {
    pub(super) live: Live,
    pub(super) draft: Slot<Option<Draft>>,
    pub(super) checked: Slot<Option<RecordsChecked>>,
    /// What was planned; of an undo there is no form.
    pub(super) wanted: Slot<Option<RecordsWanted>>,
    pub(super) plan: Slot<Option<RecordsPlan>>,
    pub(super) typed: Slot<String>,
    pub(super) run: Slot<Option<RecordsRun>>,
    /// Whether the dialog is there.
    pub(super) shown: Slot<bool>,
    pub(super) busy: Slot<bool>,
    pub(super) problem: Slot<Option<Problem>>,
    /// How many have ended since the page was opened.
    pub ended: Slot<u64>,
}

impl Change {
    /// Nothing.
    pub fn none(live: Live) -> Self {
        Self {
            live,
            draft: Slot::new(None),
            checked: Slot::new(None),
            wanted: Slot::new(None),
            plan: Slot::new(None),
            typed: Slot::new(String::new()),
            run: Slot::new(None),
            shown: Slot::new(false),
            busy: Slot::new(false),
            problem: Slot::new(None),
            ended: Slot::new(0),
        }
    }

    /// Opens the form.
    pub fn open(self, draft: Draft) {
        self.forget();
        self.draft.set(Some(draft));
        self.shown.set(true);
        self.check();
    }

    fn forget(self) {
        self.draft.set(None);
        self.checked.set(None);
        self.wanted.set(None);
        self.plan.set(None);
        self.run.set(None);
        self.problem.set(None);
        self.typed.set(String::new());
    }

    pub(super) fn type_in(self, change: impl FnOnce(&mut Draft)) {
        self.draft.update(|draft| {
            if let Some(draft) = draft {
                change(draft);
            }
        });
        let now = self.draft.get_untracked();
        let later = move || {
            if !self.draft.is_gone() && self.draft.with_untracked(|draft| *draft == now) {
                self.check();
            }
        };
        set_timeout(later, TYPING);
    }

    /// Asks what is wrong with what is typed.
    fn check(self) {
        let Some(draft) = self.draft.get_untracked() else { return };
        let untouched = draft.values.trim().is_empty() && !draft.known;
        if draft.remove || untouched {
            self.checked.set(None);
            return;
        }
        spawn_local(async move {
            let checked = api::check(&draft.zone, &draft.change()).await.ok();
            if !self.draft.is_gone()
                && self.draft.with_untracked(|now| now.as_ref() == Some(&draft))
            {
                self.checked.set(checked);
            }
        });
    }

    pub(super) fn is_wrong(self) -> bool {
        self.checked.with(|checked| {
            checked.as_ref().is_some_and(|checked| !model::complaints(checked).is_empty())
        })
    }

    /// Plans what the form says.
    pub(super) fn plan_draft(self) {
        let Some(draft) = self.draft.get_untracked() else { return };
        let apex_ns = draft.is_apex_ns();
        let (zone, changes) = (draft.zone.clone(), vec![draft.change()]);
        self.plan_it(RecordsWanted { zone, changes, apex_ns, digest: None });
    }

    /// Plans to bring back what was there before the latest change.
    pub(super) fn plan_undo(self) {
        let Some(run) = self.run.get_untracked() else { return };
        let apex_ns = self
            .wanted
            .with_untracked(|wanted| wanted.as_ref().is_some_and(|wanted| wanted.apex_ns));
        let wanted = RecordsWanted { zone: run.zone, changes: run.undo, apex_ns, digest: None };
        self.forget();
        self.shown.set(true);
        self.plan_it(wanted);
    }

    fn plan_it(self, wanted: RecordsWanted) {
        self.busy.set(true);
        self.problem.set(None);
        self.plan.set(None);
        self.typed.set(String::new());
        spawn_local(async move {
            match api::plan(&wanted).await {
                Ok(plan) => {
                    let digest = Some(plan.digest.clone());
                    self.wanted.set(Some(RecordsWanted { digest, ..wanted }));
                    self.plan.set(Some(plan));
                }
                Err(problem) => self.problem.set(Some(self.live.notice(problem))),
            }
            self.busy.set(false);
        });
    }

    /// What has to be typed before it is applied; empty: nothing.
    pub(super) fn word(self) -> String {
        let dangerous =
            self.plan.with(|plan| plan.as_ref().is_some_and(|plan| !plan.dangers.is_empty()));
        let first = self.wanted.with(|wanted| {
            let first = wanted.as_ref().and_then(|wanted| wanted.changes.first());
            first.map(|change| change.name.clone()).unwrap_or_default()
        });
        if dangerous { first } else { String::new() }
    }

    pub(super) fn may_apply(self) -> bool {
        let plan = self
            .plan
            .with(|plan| plan.as_ref().is_some_and(|plan| plan.allowed && !model::is_empty(plan)));
        let word = self.word();
        plan && !self.busy.get()
            && self.live.may_command()
            && (word.is_empty() || self.typed.with(|typed| is_typed(typed, &word)))
    }

    pub(super) fn apply(self) {
        let Some(wanted) = self.wanted.get_untracked() else { return };
        self.busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            match api::apply(&wanted).await {
                Ok(run) => self.follow(run),
                Err(problem) => {
                    // Whatever stands against it, the plan that was seen holds no more.
                    self.problem.set(Some(self.live.notice(problem)));
                    self.plan.set(None);
                    self.busy.set(false);
                }
            }
        });
    }

    /// Shows how far a change is until it has ended.
    fn follow(self, run: RecordsRun) {
        if self.run.is_gone() {
            // It goes on without anybody who looks.
            return;
        }
        let (id, running) = (run.id, run.state == "running");
        self.run.set(Some(run));
        if !running {
            self.busy.set(false);
            self.ended.update(|ended| *ended += 1);
            return;
        }
        spawn_local(async move {
            match api::run(id).await {
                Ok(run) => self.follow(run),
                Err(problem) => {
                    self.problem.set(Some(self.live.notice(problem)));
                    let again = move || {
                        if self.run.is_gone() {
                            return;
                        }
                        if let Some(run) = self.run.get_untracked() {
                            self.problem.set(None);
                            self.follow(run);
                        }
                    };
                    set_timeout(again, AGAIN);
                }
            }
        });
    }
}
