//! The dialog of a move: the plan as a diff, what was checked, and the name typed to confirm.
use super::asked::Asked;
use super::command::{button, trouble};
use super::dialog::dialog;
use super::icon::shape;
use super::state::{english, sentence, told};
use crate::api;
use crate::el::{El, div, dynamic, effect, el, show, span};
use crate::kept::Slot;
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
    draft: Slot<Option<Draft>>,
    plan: Slot<Option<Plan>>,
    typed: Slot<String>,
    busy: Slot<bool>,
    problem: Slot<Option<Problem>>,
}

impl Form {
    fn is_open(self) -> bool {
        self.draft.with(Option::is_some)
    }

    fn service(self) -> String {
        self.draft.with(|draft| draft.as_ref().map(|d| d.service.clone())).unwrap_or_default()
    }

    /// The owner name and the site's name.
    fn names(self) -> (String, String) {
        let Some(to) = self.draft.with(|draft| draft.as_ref().map(|draft| draft.to)) else {
            return Default::default();
        };
        let service = Watched::new(self.live, self.service());
        service.get(|service| (service.name.clone(), site_name(service, to)))
    }

    fn forced(self) -> bool {
        self.plan.with(|plan| plan.as_ref().is_some_and(|plan| !plan.allowed))
    }

    fn is_stale(self) -> bool {
        let service = Watched::new(self.live, self.service());
        let stale = |draft: &Draft| service.get(|now| draft.is_stale(now));
        self.draft.with(|draft| draft.as_ref().is_some_and(stale))
    }

    fn ready(self) -> bool {
        self.plan.with(Option::is_some)
            && self.typed.with(|typed| is_typed(typed, &self.service()))
            && !self.busy.get()
            && !self.is_stale()
            && self.live.may_command()
    }

    /// Asks for the plan of the draft.
    fn load(self) {
        let (service, (_, to)) = untrack(|| (self.service(), self.names()));
        self.plan.set(None);
        self.problem.set(None);
        spawn_local(async move {
            match api::plan(&service, &to).await {
                Ok(plan) => self.plan.set(Some(plan)),
                Err(problem) => self.problem.set(Some(self.live.notice(problem))),
            }
        });
    }

    /// Draws up the same move again from the world as it is now.
    fn look_again(self) {
        let fresh = untrack(|| {
            let to = self.draft.with(|draft| draft.as_ref().map(|draft| draft.to))?;
            let service = Watched::new(self.live, self.service());
            service.get(|service| Draft::new(service, to))
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
                Ok(()) => self.draft.set(None),
                Err(problem) => self.problem.set(Some(self.live.notice(problem))),
            }
            self.busy.set(false);
        });
    }
}

/// The dialog; shown while a draft is in [`Asked::moving`].
pub fn move_dialog() -> El {
    let form = Form {
        live: expect_context::<Live>(),
        draft: expect_context::<Asked>().moving,
        plan: Slot::new(None),
        typed: Slot::new(String::new()),
        busy: Slot::new(false),
        problem: Slot::new(None),
    };
    effect(move || {
        if form.is_open() {
            form.typed.set(String::new());
            form.load();
        }
    });
    let title = move || {
        let (name, to) = form.names();
        if form.forced() { words::force_title(&name, &to) } else { words::switch_title(&name, &to) }
    };
    let closed = move || form.draft.set(None);
    dialog(move || form.is_open(), closed, title, move || form.forced(), move || body(form))
}

fn body(form: Form) -> El {
    let warning =
        move || el("p").class("warning").text_fn(move || words::force_warning(&form.names().1));
    let stale = move || {
        div("trouble")
            .attr("role", "alert")
            .child(el("strong").text(words::STALE_DRAFT))
            .child(el("span").text(words::STALE_DRAFT_DETAIL))
            .child(button("button").on("click", move |_| form.look_again()).text(words::LOOK_AGAIN))
    };
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        if untrack(|| form.ready()) {
            form.send();
        }
    };
    let confirm = el("form")
        .on("submit", submit)
        .child(name_field(form))
        .child(trouble(form.problem))
        .child(buttons(form));
    el("div")
        .child(show(move || form.forced(), warning))
        .child(show(move || form.is_stale(), stale))
        .child(plan_view(form))
        .child(confirm)
}

fn name_field(form: Form) -> El {
    let input = el("input")
        .attr("type", "text")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "none")
        .attr("spellcheck", "false")
        .attr("data-test", "confirm-name")
        .on("input", move |event| form.typed.set(event_target_value(&event)));
    let asked = sentence(el("span"), move || pieces(&words::type_to_confirm(&form.service())));
    el("label").class("typed").child(asked).child(input)
}

fn buttons(form: Form) -> El {
    let verb = move || {
        let (name, to) = form.names();
        match (form.busy.get(), form.forced()) {
            (true, _) => words::SENDING.to_owned(),
            (false, true) => words::force_verb(&name, &to),
            (false, false) => words::switch_verb(&name, &to),
        }
    };
    let class = move || if form.forced() { "button danger" } else { "button primary" }.to_owned();
    let cancel = button("button")
        .attr("autofocus", "")
        .attr("data-test", "cancel-move")
        .on("click", move |_| form.draft.set(None))
        .text(words::CANCEL);
    let confirm = el("button")
        .attr("type", "submit")
        .class_fn(class)
        .flag("disabled", move || !form.ready())
        .attr("data-test", "confirm-move")
        .text_fn(verb);
    div("dialog-end").child(cancel).child(confirm)
}

fn plan_view(form: Form) -> AnyView {
    dynamic(move || match form.plan.get() {
        None if form.problem.with(Option::is_some) => {
            button("button").on("click", move |_| form.load()).text(words::RETRY).into()
        }
        None => el("p").class("facts").text(words::PLAN_LOADING).into(),
        Some(plan) => el("div")
            .child(el("h3").text(words::PLAN))
            .child(div("diffs").children(plan.providers.into_iter().map(diff)))
            .child(el("h3").text(words::CHECKED))
            .child(el("ul").class("checks").children(plan.checks.into_iter().map(check)))
            .child(el("p").class("facts").text(words::converges(plan.converges_in_secs)))
            .into(),
    })
}

fn diff(plan: ProviderPlan) -> El {
    let same = plan.remove.is_empty() && plan.add.is_empty() && plan.problem.is_none();
    let line = |class: &'static str| move |line: String| el("code").class(class).text(line);
    div("diff")
        .child(el("strong").text(plan.provider))
        .children(plan.remove.into_iter().map(line("gone")))
        .children(plan.add.into_iter().map(line("new")))
        .maybe(same.then(|| span("facts").text(words::PLAN_NOTHING)))
        .maybe(plan.problem.map(|problem| english(span("note")).text(problem)))
}

fn check(check: PlanCheck) -> El {
    let tone = if check.ok { Tone::Up } else { Tone::Warn };
    let said = check.said.as_ref().and_then(words::said);
    let state = span("state").child(shape(move || tone));
    el("li").child(state.child(told(span(""), said, check.text)))
}
