//! The bar above every page: where one is, how fresh it is, and whether automation may act.
use super::asked::{Asked, Pause};
use super::icon::{Glyph, Icon, Mark};
use crate::api;
use crate::live::{Live, Watched};
use crate::model::fresh::Fresh;
use crate::model::route::Route;
use crate::model::time;
use crate::view::theme::{Theme, ThemeChoice};
use crate::words;
use failover_core::{Command, Mode};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_api::{Problem, Role};

/// The bar.
#[component]
pub fn Bar(route: RwSignal<Route>) -> impl IntoView {
    let live = expect_context::<Live>();
    let page = move |name: &'static str, target: Route, here: fn(&Route) -> bool| {
        view! {
            <a href=target.hash() aria-current=move || route.with(here).then_some("page")>{name}</a>
        }
    };
    let leave = move |_| {
        spawn_local(async move {
            // The cookie may live on if this fails; the panel forgets what it showed either way.
            let _ = api::logout().await;
            live.leave();
        });
    };
    view! {
        <header class="bar">
            <a class="brand" href=Route::Overview.hash()><Mark/>{words::NAME}</a>
            <nav aria-label=words::PAGES>
                {page(words::OVERVIEW, Route::Overview, |r| !matches!(r, Route::Activity { .. }))}
                {page(words::ACTIVITY, Route::ACTIVITY, |r| matches!(r, Route::Activity { .. }))}
            </nav>
            <div class="bar-end">
                <Freshness/>
                {move || (live.role() == Some(Role::View)).then(|| view! {
                    <span class="facts">{words::ROLE_VIEW}</span>
                })}
                <Automation route=route/>
                <ThemeButton/>
                <button type="button" class="icon-button" title=words::LOG_OUT aria-label=words::LOG_OUT data-test="log-out" on:click=leave>
                    <Glyph icon=Signal::stored(Icon::Leave)/>
                </button>
            </div>
        </header>
    }
}

#[component]
fn Freshness() -> impl IntoView {
    let live = expect_context::<Live>();
    let text = move || match live.fresh() {
        Fresh::Waiting => words::WAITING.to_owned(),
        Fresh::Live(seconds) => words::live(seconds),
        Fresh::Stale(seconds) => words::stale(&time::span(seconds * 1000)),
    };
    view! {
        <span class="fresh" class:live=move || live.fresh().is_live() data-test="freshness">
            {text}
        </span>
    }
}

/// The switch of the service in view; the count if there are several.
#[component]
fn Automation(route: RwSignal<Route>) -> impl IntoView {
    let live = expect_context::<Live>();
    let one = Memo::new(move |_| {
        if let Route::Service(name) = route.get() {
            return Some(name);
        }
        live.with(|all| match all.services.as_slice() {
            [only] => Some(only.view.service.clone()),
            _ => None,
        })
        .flatten()
    });
    let count = move || {
        live.with(|all| {
            let armed = |mode: &Mode| matches!(mode, Mode::Armed { .. });
            let services = &all.services;
            let on = services.iter().filter(|service| armed(&service.view.mode)).count();
            words::armed_services(on, services.len())
        })
    };
    move || match one.get() {
        Some(name) => view! { <Switch service=Watched::new(live, name)/> }.into_any(),
        None => view! { <span class="facts">{count}</span> }.into_any(),
    }
}

#[component]
fn Switch(service: Watched) -> impl IntoView {
    let live = service.live();
    let asked = expect_context::<Asked>();
    let mode = service.memo(|service| Some(service.view.mode.clone()));
    let armed = move || mode.with(|mode| matches!(mode, Some(Mode::Armed { .. })));
    let problem = RwSignal::new(None::<Problem>);
    let story = move || match mode.get() {
        Some(Mode::Armed { who, since }) => {
            words::armed_since(&who.0, &time::span(time::between(since, live.now())))
        }
        Some(Mode::Disarmed { who, until, .. }) => {
            words::disarmed_until(&who.0, until.map(time::clock).as_deref())
        }
        _ => String::new(),
    };
    let press = move |_| {
        problem.set(None);
        if armed() {
            asked.pause.set(Some(Pause::Automation(service)));
            return;
        }
        spawn_local(async move {
            if let Err(error) = api::command(&service.name(), Command::Arm).await {
                problem.set(Some(live.notice(error)));
            }
        });
    };
    let complaint = move || problem.get().map(|p| format!("{}: {}", p.title, p.detail));
    view! {
        <button
            type="button"
            class="switch"
            role="switch"
            aria-label=words::AUTOMATION
            aria-checked=move || if armed() { "true" } else { "false" }
            title=move || complaint().unwrap_or_else(story)
            disabled=move || !live.may_command()
            data-test="automation"
            on:click=press
        >
            <span class="track" aria-hidden="true"></span>
            <span class="switch-words">
                <strong>{move || if armed() { words::ARMED } else { words::DISARMED }}</strong>
                <small>{move || complaint().unwrap_or_else(story)}</small>
            </span>
        </button>
    }
}

#[component]
fn ThemeButton() -> impl IntoView {
    let theme = expect_context::<ThemeChoice>();
    let (icon, text) = (
        move || match theme.get() {
            Theme::Auto => Icon::Auto,
            Theme::Light => Icon::Light,
            Theme::Dark => Icon::Dark,
        },
        move || match theme.get() {
            Theme::Auto => words::THEME_AUTO,
            Theme::Light => words::THEME_LIGHT,
            Theme::Dark => words::THEME_DARK,
        },
    );
    view! {
        <button type="button" class="icon-button" title=text aria-label=text data-test="theme" on:click=move |_| theme.turn()>
            <Glyph icon=Signal::derive(icon)/>
        </button>
    }
}
