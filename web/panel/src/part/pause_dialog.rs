//! The dialog of a pause: automation off, or a site out of the choice; always with an end.
use super::asked::{Asked, Pause};
use super::command::CommandButton;
use super::dialog::Dialog;
use crate::live::{Live, Watched};
use crate::model::{plan, site_name};
use crate::words;
use failover_core::Command;
use leptos::prelude::*;
use std::time::Duration;

/// The dialog; shown while something is in [`Asked::pause`].
#[component]
pub fn PauseDialog() -> impl IntoView {
    let pause = expect_context::<Asked>().pause;
    let title = move || match pause.get() {
        Some(Pause::Site(service, site)) => {
            words::maintenance_title(&service.get(|service| site_name(service, site)))
        }
        _ => words::DISARM_TITLE.to_owned(),
    };
    view! {
        <Dialog
            open=Signal::derive(move || pause.with(Option::is_some))
            closed=move |()| pause.set(None)
            title=Signal::derive(title)
        >
            {move || pause.get().map(|asked| view! { <Body asked=asked/> })}
        </Dialog>
    }
}

#[component]
fn Body(asked: Pause) -> impl IntoView {
    let pause = expect_context::<Asked>().pause;
    let (service, text) = match asked {
        Pause::Automation(service) => (service, words::DISARM_TEXT),
        Pause::Site(service, _) => (service, words::MAINTENANCE_TEXT),
    };
    let active = move || match asked {
        Pause::Automation(_) => false,
        Pause::Site(service, site) => service.get(|service| service.view.desired.contains(site)),
    };
    let choices = plan::PAUSES.into_iter().zip(words::PAUSES).map(|(length, words)| {
        view! {
            <CommandButton
                service=service
                command=move |()| Some(command(asked, service, length))
                text=words
                done=move |()| pause.set(None)
            />
        }
    });
    view! {
        <p>{text}</p>
        <Show when=active><p class="warning">{words::MAINTENANCE_ACTIVE}</p></Show>
        <h3>{words::FOR_HOW_LONG}</h3>
        <div class="choices">{choices.collect_view()}</div>
        <div class="dialog-end">
            <button type="button" class="button" autofocus on:click=move |_| pause.set(None)>
                {words::CANCEL}
            </button>
        </div>
    }
}

fn command(asked: Pause, service: Watched, length: Duration) -> Command {
    let now = untrack(|| Live::now(service.live()));
    let until = plan::pause_ends(now, length);
    match asked {
        Pause::Automation(_) => Command::Disarm { until },
        Pause::Site(_, site) => Command::MaintenanceOn { site, until },
    }
}
