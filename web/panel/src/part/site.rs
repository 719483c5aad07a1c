//! A site as a card: what it is, how it stands, its pulse, and what can be done with it.
use super::asked::{Asked, Pause};
use super::command::{button, command_button};
use super::layers::layers;
use super::pulse::pulse_lane;
use super::state::state;
use crate::el::{El, div, each_place, el, show, span};
use crate::kept::Kept;
use crate::live::Watched;
use crate::model::{lane, sentence, time, tone};
use crate::words;
use failover_core::{Command, SiteId, SiteView, Verdict};
use leptos::prelude::*;

/// One site of a service.
#[derive(Clone, Copy)]
pub struct Site {
    service: Watched,
    id: SiteId,
}

impl Site {
    /// The site at `place`.
    pub fn new(service: Watched, place: usize) -> Self {
        Self { service, id: SiteId(u8::try_from(place).unwrap_or(u8::MAX)) }
    }

    /// The service it belongs to.
    pub fn service(self) -> Watched {
        self.service
    }

    /// Its place in the policy.
    pub fn id(self) -> SiteId {
        self.id
    }

    /// Looks at it; an empty answer if it is not there.
    pub fn get<T: Default>(self, look: impl FnOnce(&SiteView) -> T) -> T {
        self.service.get(|all| all.view.sites.get(self.id.index()).map(look)).unwrap_or_default()
    }

    /// Its name.
    pub fn name(self) -> String {
        self.get(|site| site.name.clone())
    }

    /// How it stands.
    pub fn tone(self) -> tone::Tone {
        self.get(|site| Some(tone::site(site))).unwrap_or(tone::Tone::Unknown)
    }
}

/// The card of the site at `place`.
pub fn site_card(service: Watched, place: usize) -> El {
    let site = Site::new(service, place);
    let active = move || site.get(|site| site.active);
    let location = move || {
        service.get(|all| all.sites.get(place).map(|f| f.location.clone())).unwrap_or_default()
    };
    let addresses = move || {
        service.get(|all| all.sites.get(place).map(|f| f.addresses.join(" "))).unwrap_or_default()
    };
    let role = move || if active() { words::ACTIVE } else { words::STANDBY }.to_owned();
    let header = el("header")
        .child(el("h2").text_fn(move || site.name()))
        .child(state(move || site.tone(), move || site.tone().word().to_owned()))
        .child(span("role").text_fn(role));
    let facts = el("p")
        .class("facts")
        .child(el("span").text_fn(location))
        .text(" ")
        .child(span("mono").text_fn(addresses));
    el("article")
        .class("site")
        .toggle("active", active)
        .attr_fn("aria-label", move || Some(site.name()))
        .child(header)
        .child(facts)
        .child(el("p").class("facts").text_fn(move || standing(site)))
        .child(layers(site))
        .child(div("actions").child(move_action(site)).child(rest_action(site)))
}

/// All lanes of a site, with everything there is to know of them.
pub fn lanes(site: Site) -> El {
    let lanes = Kept::new(move || site.service.get(|service| lane::lanes(service, site.id)));
    let count = move || lanes.with(Vec::len);
    let row = move |place: usize| {
        let lane = Kept::new(move || lanes.with(|lanes| lanes.get(place).cloned()));
        pulse_lane(site.service, lane, true)
    };
    div("lanes full").child(each_place(count, row))
}

/// The button that moves the name here.
fn move_action(site: Site) -> AnyView {
    let asked = expect_context::<Asked>();
    let (service, id) = (site.service, site.id);
    let movable = move || service.with(sentence::movable);
    let possible = move || movable().and_then(Result::ok).is_some_and(|to| to.contains(id));
    let why_not = move || movable().and_then(Result::err).unwrap_or_default().to_owned();
    let up = move || site.get(|s| s.verdict == Verdict::Up && s.maintenance.is_none());
    let class = move || if up() { "button primary" } else { "button force" }.to_owned();
    let text = move || if up() { words::SWITCH_OVER } else { words::FORCE }.to_owned();
    show(
        move || site.get(|site| !site.active),
        move || {
            el("button")
                .attr("type", "button")
                .class_fn(class)
                .attr_fn("title", move || Some(why_not()))
                .attr_fn("data-test", move || Some(format!("move-{}", site.name())))
                .flag("disabled", move || !possible() || !service.live().may_command())
                .on("click", move |_| asked.ask_move(service, id))
                .text_fn(text)
        },
    )
}

/// The button that takes the site out of the choice, or puts it back.
fn rest_action(site: Site) -> AnyView {
    let asked = expect_context::<Asked>();
    let (service, id) = (site.service, site.id);
    let resting = Kept::new(move || site.get(|site| site.maintenance.is_some()));
    let begin = move || {
        button("button quiet")
            .attr_fn("data-test", move || Some(format!("maintenance-{}", site.name())))
            .flag("disabled", move || !service.live().may_command())
            .on("click", move |_| asked.pause.set(Some(Pause::Site(service, id))))
            .text(words::MAINTENANCE_ON)
    };
    let end = move || {
        let command = move || Some(Command::MaintenanceOff { site: id });
        command_button(service, "button", words::MAINTENANCE_OFF.to_owned(), command, || ())
    };
    crate::el::dynamic(move || if resting.get() { end() } else { begin() }.into())
}

fn standing(site: Site) -> String {
    let now = site.service.live().now();
    site.get(|site| {
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
    })
}
