//! One service: the sentence, what is under way, and everything it rests on.
use crate::live::{Live, Watched};
use crate::model::sentence;
use crate::part::events::Brief;
use crate::part::notices::Notices;
use crate::part::outlook::OutlookCard;
use crate::part::picture::Picture;
use crate::part::progress::MoveProgress;
use crate::part::state::Sentence;
use crate::part::votes::Votes;
use crate::part::zones::Zones;
use crate::words;
use failover_core::EventRecord;
use leptos::prelude::*;

/// How many events stand beside the picture.
const LATEST: usize = 6;

/// The page.
#[component]
pub fn Service(name: String) -> impl IntoView {
    let live = expect_context::<Live>();
    let service = Watched::new(live, name);
    let there = Memo::new(move |_| service.with(|_| ()).is_some());
    // The overview of a single service is its picture already.
    let only = Memo::new(move |_| live.with(|all| all.services.len()) == Some(1));
    view! {
        <Show
            when=move || there.get()
            fallback=|| view! { <h1 class="sentence">{words::NO_SUCH_SERVICE}</h1> }
        >
            <Story service=service/>
            <Show when=move || !only.get()><Picture service=service/></Show>
            <Votes service=service/>
            <Zones service=service/>
            <div class="pair">
                <OutlookCard service=service/>
                <section class="card">
                    <h2>{words::LATEST}</h2>
                    <Brief events=latest(service)/>
                </section>
            </div>
        </Show>
    }
}

/// The sentence, what wants a decision, and the move on its way.
#[component]
pub fn Story(service: Watched) -> impl IntoView {
    let head = service.memo(sentence::head);
    let tail = service.memo_at(sentence::tail);
    view! {
        <h1 class="sentence" data-test="sentence"><Sentence pieces=head/></h1>
        <p class="tail">{move || tail.with(|parts| parts.join(" · "))}</p>
        <div class="notices"><Notices service=service/></div>
        <MoveProgress service=service/>
    }
}

/// The latest events of a service.
pub fn latest(service: Watched) -> Signal<Vec<EventRecord>> {
    let events = Memo::new(move |_| {
        let name = service.name();
        let own = |all: &failover_core::Snapshot| {
            let own = all.recent.iter().filter(|event| event.service == name);
            own.take(LATEST).cloned().collect::<Vec<_>>()
        };
        service.live().with(own).unwrap_or_default()
    });
    events.into()
}
