//! Logging in.
use crate::api;
use crate::live::Live;
use crate::part::command::Trouble;
use crate::part::icon::Mark;
use crate::words;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_api::Problem;

/// The page.
#[component]
pub fn Login() -> impl IntoView {
    let live = expect_context::<Live>();
    let (user, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let enter = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match api::login(user.get_untracked(), password.get_untracked()).await {
                Ok(session) => live.enter(session),
                Err(error) => {
                    problem.set(Some(error));
                    busy.set(false);
                }
            }
        });
    };
    let text = move || if busy.get() { words::LOGGING_IN } else { words::LOG_IN };
    view! {
        <main class="login">
            <form on:submit=enter>
                <h1><Mark/>{words::NAME}</h1>
                <p class="facts">{words::TAGLINE}</p>
                <label>
                    {words::USER}
                    <input
                        name="user"
                        type="text"
                        autocomplete="username"
                        autocapitalize="none"
                        autofocus
                        required
                        on:input=move |event| user.set(event_target_value(&event))
                    />
                </label>
                <label>
                    {words::PASSWORD}
                    <input
                        name="password"
                        type="password"
                        autocomplete="current-password"
                        required
                        on:input=move |event| password.set(event_target_value(&event))
                    />
                </label>
                <Trouble problem=problem/>
                <button type="submit" class="button primary" disabled=move || busy.get() data-test="log-in">
                    {text}
                </button>
            </form>
        </main>
    }
}
