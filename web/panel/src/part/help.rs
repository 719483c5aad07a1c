//! What the keys do.
use super::asked::Asked;
use super::dialog::Dialog;
use crate::words;
use leptos::prelude::*;

/// The dialog; opened by `?`.
#[component]
pub fn Help() -> impl IntoView {
    let open = expect_context::<Asked>().help;
    let row = |(key, text): (&'static str, &'static str)| {
        view! { <dt><kbd>{key}</kbd></dt><dd>{text}</dd> }
    };
    view! {
        <Dialog
            open=open.into()
            closed=move |()| open.set(false)
            title=Signal::stored(words::KEYS.to_owned())
        >
            <dl class="keys">{words::KEY_HELP.map(row).collect_view()}</dl>
            <div class="dialog-end">
                <button type="button" class="button" autofocus on:click=move |_| open.set(false)>
                    {words::CLOSE}
                </button>
            </div>
        </Dialog>
    }
}
