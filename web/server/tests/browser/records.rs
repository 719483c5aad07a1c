//! Records and notifications in the browser: a record is made, seen to differ, removed and brought
//! back; a test message arrives.
use std::time::Duration;

use crate::demo::Demo;
use crate::driver::{Browser, Failed};
use crate::log_in;
use crate::play::play;

const WWW: &str = "[data-test='record-www.schwenk.example-A']";

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_changes_records_and_undoes_it_and_tests_a_channel() -> Result<(), Failed> {
    play("records", story).await
}

async fn story(demo: &Demo, browser: &Browser) -> Result<(), Failed> {
    log_in(demo, browser).await?;
    browser.until_text("h1.sentence", &["is served from"]).await?;
    browser.go("#/records").await?;
    let app = "[data-test='record-app.schwenk.example-A']";
    browser.until_text(app, &["127.0.10.1", "the same", "use a switchover"]).await?;
    make(browser).await?;
    differ(browser).await?;
    remove_and_undo(browser).await?;
    browser.click("[data-test='doctor']").await?;
    browser.until_text("[data-test='findings']", &["still answers"]).await?;
    channels(browser).await?;
    looks(browser).await
}

/// What is typed is checked at once, planned as a diff, and carried out at both providers.
async fn make(browser: &Browser) -> Result<(), Failed> {
    browser.click("[data-test='new-record']").await?;
    browser.type_into("[data-test='record-name']", "www").await?;
    browser.type_into("[data-test='record-values']", "192.0.2.999").await?;
    browser.until_text("[data-test='complaints']", &["is not an IPv4 address"]).await?;
    assert!(!browser.enabled("[data-test='plan-record']").await?, "it is wrong");
    browser.type_into("[data-test='record-values']", "192.0.2.10").await?;
    browser.picture("form").await?;
    browser.click("[data-test='plan-record']").await?;
    browser.until_text("dialog[open]", &["google", "hetzner", "192.0.2.10", "Limits"]).await?;
    browser.picture("plan").await?;
    browser.click("[data-test='apply-record']").await?;
    browser.until_text("[data-test='record-ended']", &["done at google and hetzner"]).await?;
    browser.picture("done").await?;
    browser.click("[data-test='close-record']").await?;
    browser.until_text(WWW, &["192.0.2.10", "the same"]).await
}

/// A change at one provider alone is seen as a difference.
async fn differ(browser: &Browser) -> Result<(), Failed> {
    browser.click("[data-test='edit-www.schwenk.example-A']").await?;
    browser.type_into("[data-test='record-ttl']", "600").await?;
    browser.click("[data-test='at-google']").await?;
    browser.click("[data-test='plan-record']").await?;
    browser.until_text("dialog[open]", &["hetzner", "600"]).await?;
    browser.click("[data-test='apply-record']").await?;
    browser.until_text("[data-test='record-ended']", &["done at hetzner"]).await?;
    browser.click("[data-test='close-record']").await?;
    browser.until_text(WWW, &["differs", "other TTL"]).await?;
    browser.picture("differs").await
}

/// What is dangerous wants the name to be typed, and can be undone.
async fn remove_and_undo(browser: &Browser) -> Result<(), Failed> {
    browser.click("[data-test='edit-www.schwenk.example-A']").await?;
    browser.click("[data-test='remove-record']").await?;
    browser.click("[data-test='plan-record']").await?;
    browser.until_text("dialog[open]", &["to confirm"]).await?;
    assert!(!browser.enabled("[data-test='apply-record']").await?, "nothing was typed yet");
    browser.type_into("[data-test='confirm-record']", "www.schwenk.example").await?;
    browser.picture("remove").await?;
    browser.click("[data-test='apply-record']").await?;
    browser.until_text("[data-test='record-ended']", &["done at google and hetzner"]).await?;
    browser.click("[data-test='close-record']").await?;
    browser.until_text("[data-test='record-run']", &["www.schwenk.example A"]).await?;
    browser.click("[data-test='undo-record']").await?;
    browser.until_text("dialog[open]", &["300", "600"]).await?;
    browser.click("[data-test='apply-record']").await?;
    browser.until_text("[data-test='record-ended']", &["done at google and hetzner"]).await?;
    browser.click("[data-test='close-record']").await?;
    browser.until_text(WWW, &["TTL 300 s", "TTL 600 s"]).await?;
    browser.go("#/activity").await?;
    browser.until_text("main", &["demo changes www.schwenk.example A"]).await?;
    browser.go("#/records").await?;
    browser.until_text(WWW, &["differs"]).await
}

async fn channels(browser: &Browser) -> Result<(), Failed> {
    browser.go("#/notifications").await?;
    browser.until_text("[data-test='channel-inbox']", &["webhook", "is told everything"]).await?;
    browser.until_text("[data-test='switch']", &["reached"]).await?;
    browser.click("[data-test='test-inbox']").await?;
    browser.until_text("[data-test='channel-inbox']", &["The test was taken"]).await?;
    browser.until_text("[data-test='inbox']", &["Nothing has happened"]).await
}

/// Both views, light and dark, narrow and wide: none may be wider than the window.
async fn looks(browser: &Browser) -> Result<(), Failed> {
    for theme in ["light", "dark"] {
        browser.prefer(theme).await?;
        for (name, width) in [("narrow", 360), ("usual", 1280)] {
            browser.resize(width, 900).await?;
            for (view, route) in [("records", "#/records"), ("notifications", "#/notifications")] {
                browser.go(route).await?;
                browser.until_text(&format!("[data-test='{view}'] .card"), &[]).await?;
                tokio::time::sleep(Duration::from_millis(300)).await;
                let over = browser.overflow().await?;
                assert!(over <= 0, "{view} is {over} px too wide at {width} px");
                browser.picture(&format!("{view}-{name}-{theme}")).await?;
            }
        }
    }
    Ok(())
}
