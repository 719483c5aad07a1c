//! The blueprint: a plan as a diff with what it costs, its application, its removal.
use super::Estate;
use super::cloud::owned;
use super::typed::{Confirm, end};
use crate::api;
use crate::el::{El, div, dynamic, el, nothing, span};
use crate::kept::{Kept, Slot};
use crate::model::locations::{by_place, sign};
use crate::part::command::{button, trouble};
use crate::part::dialog::dialog;
use crate::part::state::told as from_server;
use crate::words;
use crate::words::locations as told;
use crate::words::text::Word;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_api::{
    ApplyRequest, BlueprintPlan, BlueprintRemark, BlueprintStep, CostOfLocation, CostSum,
    DestroyRequest, Problem,
};

/// What the card knows.
#[derive(Clone, Copy)]
struct Drawing {
    estate: Estate,
    plan: Slot<Option<BlueprintPlan>>,
    planning: Slot<bool>,
    problem: Slot<Option<Problem>>,
    /// Which dialog is open.
    applying: Slot<bool>,
    removing: Slot<bool>,
    confirm: Confirm,
}

impl Drawing {
    fn load(self) {
        self.planning.set(true);
        self.problem.set(None);
        spawn_local(async move {
            match api::blueprint().await {
                Ok(plan) => self.plan.set(Some(plan)),
                Err(problem) => self.problem.set(Some(self.estate.live.notice(problem))),
            }
            self.planning.set(false);
        });
    }

    fn owner(self) -> Option<String> {
        self.estate.seen.with(|seen| seen.as_ref().and_then(|seen| seen.owner.clone()))
    }

    fn apply(self) {
        let Some(plan) = self.plan.get_untracked() else { return };
        let owner = (plan.deletions > 0).then_some(plan.owner);
        let body = api::body(&ApplyRequest { fingerprint: plan.fingerprint, owner });
        let Confirm { busy, problem, .. } = self.confirm;
        self.estate.work("apply", body, busy, problem, move || {
            self.applying.set(false);
            self.plan.set(None);
        });
    }

    fn destroy(self) {
        let Some(owner) = untrack(|| self.owner()) else { return };
        let body = api::body(&DestroyRequest { owner });
        let Confirm { busy, problem, .. } = self.confirm;
        self.estate.work("destroy", body, busy, problem, move || {
            self.removing.set(false);
            self.plan.set(None);
        });
    }
}

/// The card, and its dialogs.
pub fn blueprint_card(estate: Estate) -> El {
    let drawing = Drawing {
        estate,
        plan: Slot::new(None),
        planning: Slot::new(false),
        problem: Slot::new(None),
        applying: Slot::new(false),
        removing: Slot::new(false),
        confirm: Confirm::new(),
    };
    let known = Kept::new(move || estate.seen.with(Option::is_some));
    let owner = Kept::new(move || drawing.owner());
    el("div")
        .child(dynamic(move || match (known.get(), owner.get()) {
            (false, _) => nothing(),
            (true, None) => el("p").class("facts").text(told::LOC_NO_BLUEPRINT).into(),
            (true, Some(_)) => card(drawing).into(),
        }))
        .child(apply_dialog(drawing))
        .child(destroy_dialog(drawing))
}

fn card(drawing: Drawing) -> El {
    let make = button("button primary")
        .attr("data-test", "make-plan")
        .flag("disabled", move || drawing.planning.get())
        .on("click", move |_| drawing.load())
        .text(told::LOC_MAKE_PLAN);
    let remove = button("button force")
        .attr("data-test", "destroy")
        .flag("disabled", move || !drawing.estate.may_work())
        .on("click", move |_| {
            drawing.confirm.reset();
            drawing.removing.set(true);
        })
        .text(told::LOC_DESTROY);
    let shown = dynamic(move || match (drawing.planning.get(), drawing.plan.get()) {
        (true, _) => el("p").class("facts").text(told::LOC_PLANNING).into(),
        (false, Some(plan)) => plan_view(drawing, plan).into(),
        (false, None) => nothing(),
    });
    el("section")
        .class("card blueprint")
        .child(el("h2").text(told::LOC_BLUEPRINT))
        .child(el("p").class("facts").text(told::LOC_BLUEPRINT_TEXT))
        .child(trouble(drawing.problem))
        .child(shown)
        .child(div("dialog-end").child(remove).child(make))
}

fn plan_view(drawing: Drawing, plan: BlueprintPlan) -> El {
    let places = by_place(&plan);
    let empty = plan.steps.is_empty() && plan.blocked.is_empty();
    let can_apply = !plan.steps.is_empty() && plan.blocked.is_empty();
    let summary = told::plan_summary(plan.steps.len(), plan.deletions);
    let apply = can_apply.then(|| {
        button("button primary")
            .attr("data-test", "apply-plan")
            .flag("disabled", move || !drawing.estate.may_work())
            .on("click", move |_| {
                drawing.confirm.reset();
                drawing.applying.set(true);
            })
            .text(told::LOC_APPLY)
    });
    let head = el("p")
        .child(el("strong").text(if empty { told::LOC_PLAN_EMPTY.into() } else { summary }))
        .child(el("small").class("mono").text(format!(" {} ", plan.fingerprint)))
        .child(el("small").text(told::loc_kept_things(plan.kept.len())));
    div("plan")
        .attr("data-test", "plan")
        .child(head)
        .children(remarks(told::LOC_PLAN_BLOCKED, "warning", &plan.blocked))
        .child(div("diffs").children(places.into_iter().map(place)))
        .children(remarks(told::LOC_PLAN_NOTICES, "facts", &plan.notices))
        .child(costs(&plan.before, &plan.after))
        .maybe(apply)
}

fn place((name, steps): (String, Vec<BlueprintStep>)) -> El {
    div("diff").child(el("strong").text(name)).children(steps.into_iter().map(line))
}

fn line(step: BlueprintStep) -> El {
    let class = sign(&step);
    let BlueprintStep { action, thing, name, detail, reason, .. } = step;
    let what = format!("{} {} {name}", told::action(&action), told::thing(&thing));
    let usual = action == "create";
    el("code")
        .class(class)
        .text(what)
        .text(" ")
        .child(from_server(el("small"), words::spoken(&detail), detail))
        .maybe((!usual).then(|| {
            let reason = words::spoken(&reason).unwrap_or(reason);
            el("small").text(format!(" ({reason})"))
        }))
}

fn remarks(title: Word, class: &'static str, all: &[BlueprintRemark]) -> Vec<El> {
    if all.is_empty() {
        return Vec::new();
    }
    let line = |remark: &BlueprintRemark| {
        let place = remark.location.as_ref().unwrap_or(&remark.provider);
        el("p").class(class).text(format!("{place} · {}: ", remark.about)).child(from_server(
            el("span"),
            words::spoken(&remark.message),
            remark.message.clone(),
        ))
    };
    let mut rows = vec![el("h3").text(title)];
    rows.extend(all.iter().map(line));
    rows
}

/// What it costs now and afterwards, location by location.
fn costs(before: &CostSum, after: &CostSum) -> El {
    let of = |sum: &CostSum, name: &str| {
        let one = sum.locations.iter().find(|one| one.location == name);
        one.map(amount).unwrap_or_default()
    };
    let row = |name: &str, before: String, after: String| {
        let same = before == after;
        el("tr")
            .child(el("th").attr("scope", "row").text(name.to_owned()))
            .child(el("td").text(before))
            .child(el("td").child(if same {
                span("facts").text("=")
            } else {
                el("strong").text(after)
            }))
    };
    let rows = after
        .locations
        .iter()
        .map(|one| row(&one.location, of(before, &one.location), amount(one)));
    let head = el("tr")
        .child(el("th").text(told::LOC_PLAN_COST))
        .child(el("th").text(told::LOC_COST_BEFORE))
        .child(el("th").text(told::LOC_COST_AFTER));
    el("table").class("costs").child(el("thead").child(head)).child(el("tbody").children(rows))
}

/// "EUR 10.47", with what has no price.
fn amount(cost: &CostOfLocation) -> String {
    let sum = cost.monthly.clone().unwrap_or_else(|| told::LOC_NOT_KNOWN.into());
    match cost.unpriced.is_empty() {
        true => sum,
        false => format!("{sum} ({})", cost.unpriced.join(", ")),
    }
}

fn apply_dialog(drawing: Drawing) -> El {
    let body = move || {
        let Some(plan) = drawing.plan.get_untracked() else { return el("div") };
        let deletions = plan.deletions;
        let name = (deletions > 0).then_some(plan.owner);
        let warning = (deletions > 0)
            .then(|| el("p").class("warning").text(told::loc_deletions_warning(deletions)));
        let text = told::plan_summary(plan.steps.len(), deletions);
        let ready = move || drawing.estate.may_work();
        let (close, send) = (move || drawing.applying.set(false), move || drawing.apply());
        el("div")
            .maybe(warning)
            .child(el("p").child(el("strong").text(text)).text(". ").text(told::LOC_APPLY_TEXT))
            .child(end(
                drawing.confirm,
                name,
                || told::LOC_APPLY_VERB.text(),
                move || deletions > 0,
                ready,
                close,
                send,
            ))
    };
    let danger = move || {
        drawing.applying.get()
            && drawing.plan.with(|plan| plan.as_ref().is_some_and(|p| p.deletions > 0))
    };
    let title = || told::LOC_APPLY_TITLE.into();
    let open = move || drawing.applying.get();
    dialog(open, move || drawing.applying.set(false), title, danger, body)
}

fn destroy_dialog(drawing: Drawing) -> El {
    let body = move || {
        let Some(owner) = untrack(|| drawing.owner()) else { return el("div") };
        let servers = drawing.estate.seen.with_untracked(|seen| seen.as_ref().map_or(0, owned));
        let active = drawing.estate.seen.with_untracked(|seen| {
            let all = seen.iter().flat_map(|seen| &seen.clouds).flat_map(|cloud| &cloud.servers);
            let own = all.filter(|server| server.whose == "own");
            let mut names: Vec<String> =
                own.flat_map(crate::model::locations::active_for).collect();
            names.sort();
            names.dedup();
            names
        });
        let serving = (!active.is_empty()).then(|| {
            el("p").class("warning").text(told::loc_serves_warning(&words::list(&active)))
        });
        let ready = move || drawing.estate.may_work();
        let (close, send) = (move || drawing.removing.set(false), move || drawing.destroy());
        el("div").child(el("p").text(told::loc_destroy_text(&owner, servers))).maybe(serving).child(
            end(
                drawing.confirm,
                Some(owner),
                || told::LOC_DESTROY_VERB.text(),
                || true,
                ready,
                close,
                send,
            ),
        )
    };
    let title = || told::LOC_DESTROY_TITLE.into();
    let open = move || drawing.removing.get();
    dialog(open, move || drawing.removing.set(false), title, open, body)
}
