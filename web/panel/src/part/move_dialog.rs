//! The dialog of a move: the plan as a diff, what was checked, and the name typed to confirm.
use super::asked::Asked;
use super::command::Trouble;
use super::dialog::Dialog;
use super::state::{Sentence, State};
use crate::api;
use crate::live::{Live, Watched};
use crate::model::plan::{Draft, is_typed};
use crate::model::sentence::pieces;
use crate::model::{site_name, tone::Tone};
use crate::words;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_api::{Plan, PlanCheck, Problem, ProviderPlan};

/// Everything the dialog knows.
#[derive(Clone, Copy)]
struct Form {
    live: Live,
    draft: RwSignal<Option<Draft>>,
    plan: RwSignal<Option<Plan>>,
    typed: RwSignal<String>,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
}

impl Form {
    fn service(self) -> Option<Watched> {
        self.draft.with(|draft| draft.as_ref().map(|d| Watched::new(self.live, d.service.clone())))
    }

    /// The owner name and the site's name.
    fn names(self) -> (String, String) {
        let Some((service, to)) = self.service().zip(self.draft.with(|d| d.as_ref().map(|d| d.to)))
        else {
            return Default::default();
        };
        service.get(|service| (service.name.clone(), site_name(service, to)))
    }

    fn forced(self) -> bool {
        self.plan.with(|plan| plan.as_ref().is_some_and(|plan| !plan.allowed))
    }

    fn is_stale(self) -> bool {
        let Some(service) = self.service() else { return false };
        let draft = self.draft.get();
        service.get(|now| draft.as_ref().is_some_and(|draft| draft.is_stale(now)))
    }

    fn ready(self) -> bool {
        let service =
            self.draft.with(|d| d.as_ref().map(|d| d.service.clone()).unwrap_or_default());
        self.plan.with(Option::is_some)
            && self.typed.with(|typed| is_typed(typed, &service))
            && !self.busy.get()
            && !self.is_stale()
            && self.live.may_command()
    }

    /// Asks for the plan of the draft.
    fn load(self) {
        let Some(draft) = self.draft.get_untracked() else { return };
        let to = untrack(|| self.names().1);
        self.plan.set(None);
        self.problem.set(None);
        spawn_local(async move {
            match api::plan(&draft.service, &to).await {
                Ok(plan) => self.plan.set(Some(plan)),
                Err(problem) => self.problem.set(Some(self.live.notice(problem))),
            }
        });
    }

    /// Draws up the same move again from the world as it is now.
    fn look_again(self) {
        let fresh = untrack(|| {
            let to = self.draft.with(|draft| draft.as_ref().map(|draft| draft.to))?;
            self.service()?.get(|service| Draft::new(service, to))
        });
        self.draft.set(fresh);
    }

    fn send(self) {
        let Some(draft) = self.draft.get_untracked() else { return };
        let command = draft.command(!untrack(|| self.forced()));
        self.busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            match api::command(&draft.service, command).await {
                Ok(_) => self.draft.set(None),
                Err(problem) => self.problem.set(Some(self.live.notice(problem))),
            }
            self.busy.set(false);
        });
    }
}

/// The dialog; shown while a draft is in [`Asked::moving`].
#[component]
pub fn MoveDialog() -> impl IntoView {
    let draft = expect_context::<Asked>().moving;
    let form = Form {
        live: expect_context::<Live>(),
        draft,
        plan: RwSignal::new(None),
        typed: RwSignal::new(String::new()),
        busy: RwSignal::new(false),
        problem: RwSignal::new(None),
    };
    Effect::new(move |_| {
        if draft.with(Option::is_some) {
            form.typed.set(String::new());
            form.load();
        }
    });
    let title = Signal::derive(move || {
        let (name, to) = form.names();
        if form.forced() { words::force_title(&name, &to) } else { words::switch_title(&name, &to) }
    });
    view! {
        <Dialog
            open=Signal::derive(move || draft.with(Option::is_some))
            closed=move |()| draft.set(None)
            title=title
            danger=Signal::derive(move || form.forced())
        >
            <Body form=form/>
        </Dialog>
    }
}

#[component]
fn Body(form: Form) -> impl IntoView {
    let service =
        move || form.draft.with(|d| d.as_ref().map(|d| d.service.clone()).unwrap_or_default());
    let verb = move || {
        let (name, to) = form.names();
        match (form.busy.get(), form.forced()) {
            (true, _) => words::SENDING.to_owned(),
            (false, true) => words::force_verb(&name, &to),
            (false, false) => words::switch_verb(&name, &to),
        }
    };
    view! {
        <Show when=move || form.forced()>
            <p class="warning">{move || words::force_warning(&form.names().1)}</p>
        </Show>
        <Show when=move || form.is_stale()>
            <div class="trouble" role="alert">
                <strong>{words::STALE_DRAFT}</strong>
                <span>{words::STALE_DRAFT_DETAIL}</span>
                <button type="button" class="button" on:click=move |_| form.look_again()>
                    {words::LOOK_AGAIN}
                </button>
            </div>
        </Show>
        <PlanView form=form/>
        <form on:submit=move |event| { event.prevent_default(); if form.ready() { form.send() } }>
            <label class="typed">
                <span><Sentence pieces=Signal::derive(move || pieces(&words::type_to_confirm(&service())))/></span>
                <input
                    type="text"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    data-test="confirm-name"
                    prop:value=move || form.typed.get()
                    on:input=move |event| form.typed.set(event_target_value(&event))
                />
            </label>
            <Trouble problem=form.problem/>
            <div class="dialog-end">
                <button
                    type="button"
                    class="button"
                    autofocus
                    data-test="cancel-move"
                    on:click=move |_| form.draft.set(None)
                >
                    {words::CANCEL}
                </button>
                <button
                    type="submit"
                    class=move || if form.forced() { "button danger" } else { "button primary" }
                    disabled=move || !form.ready()
                    data-test="confirm-move"
                >
                    {verb}
                </button>
            </div>
        </form>
    }
}

#[component]
fn PlanView(form: Form) -> impl IntoView {
    move || {
        match form.plan.get() {
        None if form.problem.with(Option::is_some) => {
            view! {
                <button type="button" class="button" on:click=move |_| form.load()>{words::RETRY}</button>
            }
            .into_any()
        }
        None => view! { <p class="facts">{words::PLAN_LOADING}</p> }.into_any(),
        Some(plan) => view! {
            <h3>{words::PLAN}</h3>
            <div class="diffs">{plan.providers.into_iter().map(diff).collect_view()}</div>
            <h3>{words::CHECKED}</h3>
            <ul class="checks">{plan.checks.into_iter().map(check).collect_view()}</ul>
            <p class="facts">{words::converges(plan.converges_in_secs)}</p>
        }
        .into_any(),
    }
    }
}

fn diff(plan: ProviderPlan) -> impl IntoView {
    let same = plan.remove.is_empty() && plan.add.is_empty() && plan.problem.is_none();
    let line = |class: &'static str| move |line: String| view! { <code class=class>{line}</code> };
    view! {
        <div class="diff">
            <strong>{plan.provider}</strong>
            {plan.remove.into_iter().map(line("gone")).collect_view()}
            {plan.add.into_iter().map(line("new")).collect_view()}
            {same.then(|| view! { <span class="facts">{words::PLAN_NOTHING}</span> })}
            {plan.problem.map(|problem| view! { <span class="note">{problem}</span> })}
        </div>
    }
}

fn check(check: PlanCheck) -> impl IntoView {
    let tone = if check.ok { Tone::Up } else { Tone::Warn };
    view! { <li><State tone=Signal::stored(tone) word=Signal::stored(check.text)/></li> }
}
