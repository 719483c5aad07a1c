//! The dialog of one server: its power, or its type.
use super::typed::{Confirm, end};
use super::{Asking, Estate, Wish};
use crate::api;
use crate::el::{El, div, dynamic, effect, el, show};
use crate::kept::Slot;
use crate::model::locations::{active_for, acts, find, is_foreign, wants_name};
use crate::part::dialog::dialog;
use crate::words;
use crate::words::locations as told;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_api::{MachineFacts, PowerAct, PowerRequest, Problem, ResizeRequest, ServerState};

/// Everything the dialog knows.
#[derive(Clone, Copy)]
struct Form {
    estate: Estate,
    confirm: Confirm,
    /// The gentle way or the hard one.
    act: Slot<PowerAct>,
    consent: Slot<bool>,
    machines: Slot<Vec<MachineFacts>>,
    machine: Slot<String>,
}

impl Form {
    fn asking(self) -> Option<Asking> {
        self.estate.asking.get()
    }

    /// The server as it was when the dialog was opened.
    fn server(self) -> Option<ServerState> {
        let asking = self.estate.asking.get_untracked()?;
        self.estate.seen.with_untracked(|seen| {
            let (_, server) = find(seen.as_ref()?, &asking.provider, &asking.server)?;
            Some(server.clone())
        })
    }

    fn close(self) {
        self.estate.asking.set(None);
    }

    fn ready(self, foreign: bool) -> bool {
        let consents = !foreign || self.consent.get();
        let chosen = match self.asking().map(|asking| asking.wish) {
            Some(Wish::Resize) => !self.machine.with(String::is_empty),
            _ => true,
        };
        consents && chosen && self.estate.may_work()
    }

    fn load(self, asking: &Asking, server: &ServerState) {
        let (provider, place) = (asking.provider.clone(), server.place.clone());
        let present = server.machine.clone();
        spawn_local(async move {
            match api::machines(&provider, &place).await {
                Ok(mut answer) => {
                    answer.machines.retain(|one| one.name != present && one.available);
                    self.machines.set(answer.machines);
                }
                Err(problem) => self.refuse(problem),
            }
        });
    }

    fn refuse(self, problem: Problem) {
        self.confirm.problem.set(Some(self.estate.live.notice(problem)));
    }

    fn send(self) {
        let (Some(asking), Some(server)) = (self.estate.asking.get_untracked(), self.server())
        else {
            return;
        };
        let Asking { provider, server: id, wish } = asking;
        let foreign = self.consent.get_untracked();
        let name = server.name;
        let (what, body) = match wish {
            Wish::Power(_) => {
                let act = self.act.get_untracked();
                ("power", api::body(&PowerRequest { provider, server: id, name, act, foreign }))
            }
            Wish::Resize => {
                let machine = self.machine.get_untracked();
                (
                    "resize",
                    api::body(&ResizeRequest { provider, server: id, name, machine, foreign }),
                )
            }
        };
        let Confirm { busy, problem, .. } = self.confirm;
        self.estate.work(what, body, busy, problem, move || self.close());
    }
}

/// The dialog; shown while something is in [`Estate::asking`].
pub fn server_dialog(estate: Estate) -> El {
    let form = Form {
        estate,
        confirm: Confirm::new(),
        act: Slot::new(PowerAct::Start),
        consent: Slot::new(false),
        machines: Slot::new(Vec::new()),
        machine: Slot::new(String::new()),
    };
    effect(move || {
        let Some(asking) = form.asking() else { return };
        form.confirm.reset();
        form.consent.set(false);
        form.machine.set(String::new());
        form.machines.set(Vec::new());
        match asking.wish {
            Wish::Power(act) => form.act.set(act),
            Wish::Resize => {
                if let Some(server) = form.server() {
                    form.load(&asking, &server);
                }
            }
        }
    });
    let title = move || {
        let name = form.server().map(|server| server.name).unwrap_or_default();
        match form.asking().map(|asking| asking.wish) {
            Some(Wish::Resize) => told::loc_resize_title(&name),
            Some(Wish::Power(act)) => told::act_title(act, &name),
            None => String::new(),
        }
    };
    let danger = move || {
        let act = match form.asking().map(|asking| asking.wish) {
            Some(Wish::Power(_)) => Some(form.act.get()),
            _ => None,
        };
        form.asking().is_some() && form.server().is_some_and(|server| wants_name(&server, act))
    };
    let open = move || form.asking().is_some();
    dialog(open, move || form.close(), title, danger, move || body(form))
}

fn body(form: Form) -> El {
    let (Some(asking), Some(server)) = (form.estate.asking.get_untracked(), form.server()) else {
        return el("div");
    };
    let stops = asking.wish != Wish::Power(PowerAct::Start);
    let active = active_for(&server);
    let serving = (stops && !active.is_empty())
        .then(|| el("p").class("warning").text(told::loc_serves_warning(&words::list(&active))));
    let foreign = is_foreign(&server);
    let stranger = foreign.then(|| consent(form, &server));
    let what = match asking.wish {
        Wish::Resize => resize(form, &server),
        Wish::Power(act) => power(form, &server, act),
    };
    el("div").maybe(serving).maybe(stranger).child(what).child(ending(form, asking.wish, server))
}

fn ending(form: Form, wish: Wish, server: ServerState) -> AnyView {
    let foreign = is_foreign(&server);
    // The hard way wants the name; choosing it draws the end anew.
    dynamic(move || {
        let act = match wish {
            Wish::Power(_) => Some(form.act.get()),
            Wish::Resize => None,
        };
        let wants = wants_name(&server, act);
        let verb = move || match act {
            Some(act) => told::act_verb(act).text(),
            None => told::LOC_RESIZE_VERB.text(),
        };
        let name = wants.then(|| server.name.clone());
        let ready = move || form.ready(foreign);
        let (close, send) = (move || form.close(), move || form.send());
        end(form.confirm, name, verb, move || wants, ready, close, send).into()
    })
}

fn consent(form: Form, server: &ServerState) -> El {
    let input = el("input")
        .attr("type", "checkbox")
        .attr("data-test", "consent")
        .checked(move || form.consent.get())
        .on("change", move |event| form.consent.set(event_target_checked(&event)));
    el("div")
        .child(el("p").class("warning").text(told::foreign_warning(server.owner.as_deref())))
        .child(
            el("label")
                .class("choice")
                .child(input)
                .child(el("span").text(told::LOC_FOREIGN_CONSENT)),
        )
}

fn power(form: Form, server: &ServerState, asked: PowerAct) -> El {
    let ways = acts(server).iter().find(|ways| ways.contains(&asked));
    let Some([gentle, hard]) = ways.copied().filter(|[gentle, hard]| gentle != hard) else {
        return el("p").text(told::act_way(asked));
    };
    let way = move |act: PowerAct| {
        let input = el("input")
            .attr("type", "radio")
            .attr("name", "way")
            .attr("data-test", if act == gentle { "gently" } else { "hard" })
            .checked(move || form.act.get() == act)
            .on("change", move |_| form.act.set(act));
        let text = el("span")
            .child(el("strong").text(told::act_verb(act)))
            .child(el("small").text(told::act_way(act)));
        el("label").class("choice").child(input).child(text)
    };
    let billed = asked == PowerAct::Shutdown;
    el("div")
        .child(el("h3").text(told::LOC_HOW))
        .child(way(gentle))
        .child(way(hard))
        .child(show(move || billed, || el("p").class("facts").text(told::LOC_STILL_BILLED)))
}

fn resize(form: Form, server: &ServerState) -> El {
    let option = |one: MachineFacts| {
        let text = told::machine(&one.name, one.cores, one.memory_mib, one.monthly.as_deref());
        el("option").attr("value", one.name).text(text)
    };
    let choose = move || {
        el("select")
            .attr("data-test", "machine")
            .attr("aria-label", told::LOC_NEW_TYPE)
            .on("change", move |event| form.machine.set(event_target_value(&event)))
            .child(el("option").attr("value", "").text(told::LOC_CHOOSE_TYPE))
            .children(form.machines.get().into_iter().map(option))
    };
    div("typed")
        .child(el("p").text(told::loc_resize_text(&server.machine)))
        .child(el("h3").text(told::LOC_NEW_TYPE))
        .child(dynamic(move || choose().into()))
}
