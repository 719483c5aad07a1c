//! The demo's drawer: break a site, a cloud or a name server, and watch.
use super::asked::Asked;
use super::command::Trouble;
use super::icon::{Glyph, Icon};
use crate::api;
use crate::live::Live;
use crate::words;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use web_api::{DemoFaultState, Problem};

/// How often the drawer looks whether somebody else has broken something.
const REFRESH: Duration = Duration::from_secs(3);

#[derive(Clone, Copy)]
struct Faults {
    live: Live,
    known: RwSignal<Vec<DemoFaultState>>,
    problem: RwSignal<Option<Problem>>,
}

impl Faults {
    fn load(self) {
        spawn_local(async move {
            match api::faults().await {
                Ok(answer) => {
                    self.problem.set(None);
                    self.known.set(answer.faults);
                }
                Err(problem) => self.problem.set(Some(self.live.notice(problem))),
            }
        });
    }

    fn set(self, broken: Vec<(String, bool)>) {
        spawn_local(async move {
            for (id, on) in broken {
                if let Err(problem) = api::fault(id, on).await {
                    self.problem.set(Some(self.live.notice(problem)));
                    return;
                }
            }
            self.load();
        });
    }

    /// Headings in the order in which they first appear.
    fn groups(self) -> Vec<String> {
        let mut groups: Vec<String> = Vec::new();
        self.known.with(|known| {
            for fault in known {
                if !groups.contains(&fault.group) {
                    groups.push(fault.group.clone());
                }
            }
        });
        groups
    }
}

/// The button that opens the drawer, and the drawer.
#[component]
pub fn Drawer() -> impl IntoView {
    let live = expect_context::<Live>();
    let open = expect_context::<Asked>().drawer;
    let faults = Faults { live, known: RwSignal::new(Vec::new()), problem: RwSignal::new(None) };
    Effect::new(move |_| {
        if open.get() {
            faults.load();
        }
    });
    let again = set_interval_with_handle(
        move || {
            if open.get_untracked() {
                faults.load();
            }
        },
        REFRESH,
    );
    on_cleanup(move || {
        if let Ok(again) = again {
            again.clear();
        }
    });
    let broken = move || faults.known.with(|known| known.iter().filter(|f| f.on).count());
    view! {
        <button
            type="button"
            class="break-button"
            title=words::BREAK
            aria-expanded=move || open.get().to_string()
            data-test="break"
            on:click=move |_| open.update(|open| *open = !*open)
        >
            <Glyph icon=Signal::stored(Icon::Bolt)/>
            <span>{words::BREAK}</span>
            {move || (broken() > 0).then(|| view! { <span class="badge">{broken()}</span> })}
        </button>
        <Show when=move || open.get()><Content faults=faults open=open/></Show>
    }
}

#[component]
fn Content(faults: Faults, open: RwSignal<bool>) -> impl IntoView {
    let mend = move |_| {
        let broken = faults.known.with_untracked(|known| {
            known.iter().filter(|f| f.on).map(|f| (f.id.clone(), false)).collect::<Vec<_>>()
        });
        faults.set(broken);
    };
    view! {
        <aside class="drawer" aria-label=words::BREAK data-test="drawer">
            <header>
                <h2>{words::BREAK}</h2>
                <button type="button" class="icon-button" aria-label=words::CLOSE on:click=move |_| open.set(false)>
                    <Glyph icon=Signal::stored(Icon::Close)/>
                </button>
            </header>
            <p class="facts">{words::BREAK_HINT}</p>
            <Trouble problem=faults.problem/>
            <For each=move || faults.groups() key=String::clone let:group>
                <Group faults=faults group=group/>
            </For>
            <button type="button" class="button" data-test="mend-all" on:click=mend>{words::MEND_ALL}</button>
        </aside>
    }
}

#[component]
fn Group(faults: Faults, group: String) -> impl IntoView {
    let name = group.clone();
    let ids = Memo::new(move |_| {
        faults.known.with(|known| {
            let own = known.iter().filter(|fault| fault.group == name);
            own.map(|fault| fault.id.clone()).collect::<Vec<_>>()
        })
    });
    view! {
        <fieldset>
            <legend>{group}</legend>
            <For each=move || ids.get() key=String::clone let:id>
                <Toggle faults=faults id=id/>
            </For>
        </fieldset>
    }
}

#[component]
fn Toggle(faults: Faults, id: String) -> impl IntoView {
    let own = StoredValue::new(id.clone());
    let fault = Memo::new(move |_| {
        faults
            .known
            .with(|known| own.with_value(|id| known.iter().find(|fault| fault.id == *id).cloned()))
    });
    let on = move || fault.with(|fault| fault.as_ref().is_some_and(|fault| fault.on));
    let text = move || fault.with(|fault| fault.as_ref().map(|fault| fault.text.clone()));
    let set = move |event| faults.set(vec![(own.get_value(), event_target_checked(&event))]);
    view! {
        <label class="fault">
            <input type="checkbox" role="switch" prop:checked=on on:change=set data-test=format!("fault-{id}")/>
            <span>{text}</span>
        </label>
    }
}
