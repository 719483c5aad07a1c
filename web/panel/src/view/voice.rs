//! The voice for those who listen: verdict changes and moves are read aloud, nothing else.
use crate::el::{El, div, effect};
use crate::kept::Slot;
use crate::live::Live;
use crate::model::activity;

/// The region that screen readers watch.
pub fn voice(live: Live) -> El {
    let said = Slot::new(String::new());
    let mut seen: Option<u64> = None;
    effect(move || {
        live.with(|all| {
            // What had happened before the page was opened is no news.
            let news = seen.and_then(|seen| activity::announcement(all, seen));
            seen = Some(all.recent.first().map_or(0, |event| event.seq));
            if let Some(news) = news {
                said.set(news);
            }
        });
    });
    div("unseen").attr("role", "status").text_fn(move || said.get())
}
