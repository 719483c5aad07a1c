//! What wants a decision, with the button that decides it.
use super::asked::Asked;
use super::command::CommandButton;
use super::icon::Shape;
use crate::live::Watched;
use crate::model::notice::{self, Notice, Remedy};
use crate::model::tone::Tone;
use leptos::prelude::*;

/// The notices of a service.
#[component]
pub fn Notices(service: Watched) -> impl IntoView {
    let notices = service.memo_at(notice::of_service);
    let keys = Memo::new(move |_| {
        notices.with(|all| all.iter().map(|notice| notice.key.clone()).collect::<Vec<_>>())
    });
    view! {
        <For each=move || keys.get() key=String::clone let:key>
            <Row service=service notice=Memo::new(move |_| notices.with(|all| find(all, &key)))/>
        </For>
    }
}

/// One notice, without a button.
#[component]
pub fn Plain(#[prop(into)] notice: Signal<Option<Notice>>) -> impl IntoView {
    move || {
        notice.get().map(|notice| {
            view! {
                <div class=format!("notice {}", notice.tone.class()) role="note">
                    <Shape tone=Signal::stored(notice.tone)/>
                    <p><strong>{notice.title}</strong> " " {notice.detail}</p>
                </div>
            }
        })
    }
}

#[component]
fn Row(service: Watched, notice: Memo<Option<Notice>>) -> impl IntoView {
    let asked = expect_context::<Asked>();
    let live = service.live();
    let tone = Memo::new(move |_| notice.with(|n| n.as_ref().map_or(Tone::Unknown, |n| n.tone)));
    let text = move |read: fn(&Notice) -> &String| {
        move || notice.with(|notice| notice.as_ref().map(|notice| read(notice).clone()))
    };
    let remedy = Memo::new(move |_| notice.with(|n| n.as_ref().and_then(|n| n.remedy.clone())));
    let button = move || {
        remedy.get().map(|(text, remedy)| match remedy {
            Remedy::Command(command) => view! {
                <CommandButton
                    service=service
                    command=move |()| Some(command.clone())
                    text=Signal::stored(text)
                />
            }
            .into_any(),
            Remedy::MoveTo(site) => view! {
                <button
                    type="button"
                    class="button"
                    disabled=move || !live.may_command()
                    on:click=move |_| asked.ask_move(service, site)
                >
                    {text}
                </button>
            }
            .into_any(),
        })
    };
    view! {
        <div class=move || format!("notice {}", tone.get().class()) role="note">
            <Shape tone=tone/>
            <p><strong>{text(|notice| &notice.title)}</strong> " " {text(|notice| &notice.detail)}</p>
            {button}
        </div>
    }
}

fn find(all: &[Notice], key: &str) -> Option<Notice> {
    all.iter().find(|notice| notice.key == key).cloned()
}
