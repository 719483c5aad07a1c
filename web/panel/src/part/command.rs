//! A button that commands something at once, and shows next to itself why it could not.
use crate::api;
use crate::live::Watched;
use failover_core::Command;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_api::Problem;

/// A problem where it happened.
#[component]
pub fn Trouble(#[prop(into)] problem: Signal<Option<Problem>>) -> impl IntoView {
    move || {
        problem.get().map(|problem| {
            view! {
                <div class="trouble" role="alert">
                    <strong>{problem.title}</strong>
                    <span>{problem.detail}</span>
                </div>
            }
        })
    }
}

/// A button for a command that harms nobody and can be undone: one click.
#[component]
pub fn CommandButton(
    service: Watched,
    /// What to command; asked for when the button is pressed.
    #[prop(into)]
    command: Callback<(), Option<Command>>,
    #[prop(into)] text: Signal<String>,
    #[prop(default = "button")] class: &'static str,
    /// Called when it was obeyed.
    #[prop(into, optional)]
    done: Option<Callback<()>>,
) -> impl IntoView {
    let live = service.live();
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let send = move |_| {
        let Some(command) = command.run(()) else { return };
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match api::command(&service.name(), command).await {
                Ok(_) => {
                    if let Some(done) = done {
                        done.run(());
                    }
                }
                Err(error) => problem.set(Some(live.notice(error))),
            }
            busy.try_set(false);
        });
    };
    view! {
        <span class="command">
            <button
                type="button"
                class=class
                disabled=move || busy.get() || !live.may_command()
                on:click=send
            >
                {move || text.get()}
            </button>
            <Trouble problem=problem/>
        </span>
    }
}
