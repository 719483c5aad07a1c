//! Overview, service and activity: where a site breaks, what was so, who did what, and the way back.
use serde_json::Value;

use crate::demo::Demo;
use crate::driver::{Browser, Failed};
use crate::log_in;
use crate::play::play;

const HASH: &str = "return location.hash";
/// What the download says, line by line.
const LINES: &str = "
    const link = document.querySelector(\"[data-test='jsonl']\");
    return fetch(link.href).then((answer) => answer.text()).then((text) =>
        text.trim().split('\\n').map((line) => JSON.parse(line).event.kind));";

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_is_found_told_and_taken_back() -> Result<(), Failed> {
    play("watch", story).await
}

async fn story(demo: &Demo, browser: &Browser) -> Result<(), Failed> {
    log_in(demo, browser).await?;
    a_lost_database_is_marked_where_it_is(browser).await?;
    the_past_is_a_picture_and_a_table(browser).await?;
    a_pause_is_taken_back(browser).await?;
    the_journal_is_narrowed_and_passed_on(browser).await
}

async fn a_lost_database_is_marked_where_it_is(browser: &Browser) -> Result<(), Failed> {
    let layer = |site: &str, place: u8| {
        format!("article.site[aria-label='{site}'] .layer:nth-child({place})")
    };
    browser.until_text(&layer("falkenstein", 3), &["database", "up"]).await?;
    browser.click("[data-test='break']").await?;
    browser.click("[data-test='fault-london-body']").await?;
    browser.until_text(&layer("london", 3), &["database", "broken"]).await?;
    browser.until_text(&layer("london", 1), &["proxy", "up"]).await?;
    browser.until_text("h1.sentence", &["is served from", "falkenstein"]).await?;
    browser.click("[data-test='fault-london-kill']").await?;
    browser.until_text(&layer("london", 1), &["proxy", "broken", "refused"]).await?;
    browser.until_text(&layer("london", 3), &["database", "not known"]).await?;
    browser.picture("layers").await?;
    browser.click("[data-test='mend-all']").await?;
    browser.click("[data-test='drawer'] header button").await
}

async fn the_past_is_a_picture_and_a_table(browser: &Browser) -> Result<(), Failed> {
    browser.go("#/service/app").await?;
    browser.until_text("[data-test='history']", &["app", "london", "automation"]).await?;
    browser.until_text("[data-test='curve']", &["move 1 was decided", "honest"]).await?;
    browser.click("[data-test='history'] [data-test='as-table']").await?;
    let failover = ["moving", "down", "latched", "failover"];
    browser.until_text("[data-test='history']", &failover).await?;
    browser.picture("past").await
}

/// Armed to disarmed and back with the line that stays until it is used.
async fn a_pause_is_taken_back(browser: &Browser) -> Result<(), Failed> {
    browser.click("[data-test='automation']").await?;
    browser.choose_first().await?;
    browser.until_text("[data-test='undo']", &["you disarmed app until"]).await?;
    browser.go("#/").await?;
    browser.until_text("[data-test='undo']", &["you disarmed app until"]).await?;
    browser.picture("undo").await?;
    browser.click("[data-test='undo'] button").await?;
    browser.until_text("header", &["armed", "by demo"]).await?;
    // Arming can be taken back, too, as long as the pause would still last.
    browser.until_text("[data-test='undo']", &["you armed app"]).await
}

async fn the_journal_is_narrowed_and_passed_on(browser: &Browser) -> Result<(), Failed> {
    browser.go("#/activity?kind=commands&who=demo").await?;
    browser.until_text(".journal .event:nth-child(2)", &["disarmed"]).await?;
    let kinds = browser.script(LINES, Vec::new()).await?;
    assert_eq!(kinds, serde_json::json!(["disarmed", "armed"]), "the file holds what is shown");
    browser.click(".journal .event:first-child a.event-line").await?;
    browser.until_text(".evidence", &["undo", "copy as markdown", "link to this entry"]).await?;
    let hash = browser.script(HASH, Vec::new()).await?;
    let hash = hash.as_str().unwrap_or_default().to_owned();
    assert!(hash.starts_with("#/activity/") && hash.ends_with("?kind=commands&who=demo"), "{hash}");
    browser.go("#/activity?kind=moves").await?;
    browser.type_into("#filter", "failover").await?;
    browser.until_text(".journal .event:first-child", &["failover"]).await?;
    browser.click(".journal .event:last-child a.event-line").await?;
    let replay = "return document.querySelector(\".evidence a[href*='incident=']\")?.hash";
    browser.until_text(".evidence", &["replay in the simulator"]).await?;
    let target = browser.script(replay, Vec::new()).await?;
    assert!(matches!(&target, Value::String(hash) if hash.starts_with("#/simulator?incident=")));
    browser.picture("journal").await
}
