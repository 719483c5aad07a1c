//! Records and notifications in the server's API.
use super::{get, post, read, to_text};
use crate::model::records::ROWS;
use crate::model::route::encode;
use web_api::{
    ChannelTest, ChannelTested, DemoInbox, Notifications, Problem, RecordChange, RecordsChecked,
    RecordsPlan, RecordsRun, RecordsWanted, ZoneDoctor, ZoneRecords, Zones,
};

/// How long a change is waited for before it is asked again.
const WAIT_SECS: u32 = 5;

/// The zones of all providers.
pub async fn zones() -> Result<Zones, Problem> {
    read(get("/api/v1/records/zones").await)
}

/// The first pages of a zone, as far as they pass the filter.
pub async fn zone(
    zone: &str,
    text: &str,
    differing: bool,
    pages: usize,
    refresh: bool,
) -> Result<ZoneRecords, Problem> {
    let limit = (pages * ROWS).min(500);
    let url = format!(
        "/api/v1/records?zone={}&text={}&differing={differing}&limit={limit}&refresh={refresh}",
        encode(zone),
        encode(text)
    );
    read(get(&url).await)
}

/// What is wrong with what is typed.
pub async fn check(zone: &str, change: &RecordChange) -> Result<RecordsChecked, Problem> {
    read(post(&format!("/api/v1/records/check?zone={}", encode(zone)), to_text(change)).await)
}

/// What changes would do.
pub async fn plan(wanted: &RecordsWanted) -> Result<RecordsPlan, Problem> {
    read(post("/api/v1/records/plan", to_text(wanted)).await)
}

/// Begins to carry a plan out.
pub async fn apply(wanted: &RecordsWanted) -> Result<RecordsRun, Problem> {
    read(post("/api/v1/records/apply", to_text(wanted)).await)
}

/// How far a change is, as soon as there is news.
pub async fn run(id: u64) -> Result<RecordsRun, Problem> {
    read(get(&format!("/api/v1/records/runs/{id}?wait={WAIT_SECS}")).await)
}

/// What is wrong with a zone.
pub async fn doctor(zone: &str) -> Result<ZoneDoctor, Problem> {
    read(get(&format!("/api/v1/records/doctor?zone={}", encode(zone))).await)
}

/// What people were told.
pub async fn notifications(
    limit: usize,
    channel: &str,
    delivery: &str,
) -> Result<Notifications, Problem> {
    let mut url = format!("/api/v1/notifications?limit={limit}");
    for (name, value) in [("channel", channel), ("delivery", delivery)] {
        if !value.is_empty() {
            url += &format!("&{name}={}", encode(value));
        }
    }
    read(get(&url).await)
}

/// Sends a test message.
pub async fn test(channel: String) -> Result<ChannelTested, Problem> {
    read(post("/api/v1/notifications/test", to_text(&ChannelTest { channel })).await)
}

/// What has arrived at the demo's receiver.
pub async fn inbox() -> Result<DemoInbox, Problem> {
    read(get("/api/v1/demo/inbox").await)
}
