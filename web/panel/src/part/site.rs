//! A site as a card: what it is, how it stands, its pulse, and what can be done with it.
use super::asked::{Asked, Pause};
use super::command::CommandButton;
use super::pulse::PulseLane;
use super::state::State;
use crate::live::Watched;
use crate::model::{lane, sentence, time, tone};
use crate::words;
use failover_core::{Command, SiteId, SiteView, Verdict};
use leptos::prelude::*;

/// The card of the site at `place`.
#[component]
pub fn SiteCard(service: Watched, place: usize) -> impl IntoView {
    let id = SiteId(u8::try_from(place).unwrap_or(u8::MAX));
    let site = service.memo(move |service| service.view.sites.get(place).cloned());
    let tone = Signal::derive(move || {
        site.with(|site| site.as_ref().map_or(tone::Tone::Unknown, tone::site))
    });
    let active = move || site.with(|site| site.as_ref().is_some_and(|site| site.active));
    let facts = service.memo(move |service| {
        let facts = service.sites.get(place);
        facts.map(|facts| (facts.location.clone(), facts.addresses.join(" "))).unwrap_or_default()
    });
    view! {
        <article class="site" class:active=active aria-label=move || site.with(name)>
            <header>
                <h3>{move || site.with(name)}</h3>
                <State tone=tone/>
                <span class="role">{move || if active() { words::ACTIVE } else { words::STANDBY }}</span>
            </header>
            <p class="facts">
                <span>{move || facts.with(|facts| facts.0.clone())}</span>
                " "
                <span class="mono">{move || facts.with(|facts| facts.1.clone())}</span>
            </p>
            <p class="facts">{move || standing(service, site)}</p>
            <Lanes service=service id=id limit=lane::ON_CARD/>
            <SiteActions service=service id=id site=site/>
        </article>
    }
}

/// The lanes of a site, at most `limit`.
#[component]
pub fn Lanes(
    service: Watched,
    id: SiteId,
    limit: usize,
    /// With everything there is to know of them.
    #[prop(default = false)]
    full: bool,
) -> impl IntoView {
    let lanes = service.memo(move |service| lane::lanes(service, id));
    let count = move || lanes.with(Vec::len).min(limit);
    view! {
        <div class="lanes" class:full=full>
            <For each=move || 0..count() key=|place| *place let:place>
                <PulseLane
                    service=service
                    full=full
                    lane=Signal::derive(move || lanes.with(|lanes| lanes.get(place).cloned()))
                />
            </For>
        </div>
    }
}

#[component]
fn SiteActions(service: Watched, id: SiteId, site: Memo<Option<SiteView>>) -> impl IntoView {
    let asked = expect_context::<Asked>();
    let live = service.live();
    let up = move || {
        let up = |site: &SiteView| site.verdict == Verdict::Up && site.maintenance.is_none();
        site.with(|site| site.as_ref().is_some_and(up))
    };
    let movable = service.memo(move |service| match sentence::movable(service) {
        Ok(sites) => (sites.contains(id), ""),
        Err(why) => (false, why),
    });
    let elsewhere = move || site.with(|site| site.as_ref().is_some_and(|site| !site.active));
    let resting =
        Memo::new(move |_| site.with(|s| s.as_ref().is_some_and(|s| s.maintenance.is_some())));
    view! {
        <div class="actions">
            <Show when=elsewhere>
                <button
                    type="button"
                    class=move || if up() { "button primary" } else { "button force" }
                    title=move || movable.get().1
                    disabled=move || !movable.get().0 || !live.may_command()
                    on:click=move |_| asked.ask_move(service, id)
                    data-test=move || site.with(|site| format!("move-{}", name(site)))
                >
                    {move || if up() { words::SWITCH_OVER } else { words::FORCE }}
                </button>
            </Show>
            <Show
                when=move || resting.get()
                fallback=move || view! {
                    <button
                        type="button"
                        class="button quiet"
                        disabled=move || !live.may_command()
                        on:click=move |_| asked.pause.set(Some(Pause::Site(service, id)))
                        data-test=move || site.with(|site| format!("maintenance-{}", name(site)))
                    >
                        {words::MAINTENANCE_ON}
                    </button>
                }
            >
                <CommandButton
                    service=service
                    command=move |()| Some(Command::MaintenanceOff { site: id })
                    text=words::MAINTENANCE_OFF
                />
            </Show>
        </div>
    }
}

fn name(site: &Option<SiteView>) -> String {
    site.as_ref().map(|site| site.name.clone()).unwrap_or_default()
}

fn standing(service: Watched, site: Memo<Option<SiteView>>) -> String {
    let now = service.live().now();
    let Some(site) = site.get() else { return String::new() };
    let [up, down, unknown] = site.tally;
    let all = up + down + unknown;
    let span = time::span(time::between(site.since, now));
    let mut parts = vec![match site.verdict {
        Verdict::Up => words::tail_up(up, all, &span),
        Verdict::Down => words::tail_down(down, all, &span),
        Verdict::Unknown => words::TAIL_UNKNOWN.to_owned(),
    }];
    parts.extend(site.lag_ms.map(words::lag));
    if let Some((until, who)) = &site.maintenance {
        parts.push(words::maintenance_until(&who.0, &time::clock(*until)));
    }
    parts.join(" · ")
}
