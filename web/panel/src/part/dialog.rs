//! The browser's own dialog: it keeps the focus, closes on Esc and gives the focus back.
use leptos::html;
use leptos::prelude::*;

/// A dialog that is shown while `open`; its content exists only then.
#[component]
pub fn Dialog(
    open: Signal<bool>,
    /// Called when it was closed by any way.
    #[prop(into)]
    closed: Callback<()>,
    #[prop(into)] title: Signal<String>,
    /// Whether it asks for something dangerous.
    #[prop(into, default = Signal::stored(false))]
    danger: Signal<bool>,
    children: ChildrenFn,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    let content = StoredValue::new(children);
    Effect::new(move |_| {
        let Some(dialog) = element.get() else { return };
        match (open.get(), dialog.open()) {
            // It can only fail for a dialog that is not in the page any more.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    view! {
        <dialog
            node_ref=element
            class="dialog"
            class:danger=danger
            aria-label=move || title.get()
            on:close=move |_| closed.run(())
        >
            <Show when=move || open.get()>
                <h2>{move || title.get()}</h2>
                {content.with_value(|content| content())}
            </Show>
        </dialog>
    }
}
