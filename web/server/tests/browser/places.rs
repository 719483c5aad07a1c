//! Locations and configuration in a real browser: look, turn off, plan, apply, search.
use std::time::Duration;

use crate::demo::Demo;
use crate::driver::{Browser, Failed};
use crate::log_in;
use crate::play::play;

const STANDBY: &str = "demo-falkenstein-app-1";

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_turns_servers_off_and_applies_the_blueprint() -> Result<(), Failed> {
    play("places", story).await
}

async fn story(demo: &Demo, browser: &Browser) -> Result<(), Failed> {
    log_in(demo, browser).await?;
    browser.until_text("h1.sentence", &["is served from", "london"]).await?;
    browser.go("#/locations").await?;
    settled(browser).await?;
    let front = "article.server[aria-label='demo-london-haproxy-1']";
    browser.until_text(front, &["running", "serves now app", "price not known"]).await?;
    browser.until_text("article.server[aria-label='old-shop']", &["foreign"]).await?;
    turn_off(browser).await?;
    plan_and_apply(browser).await?;
    silent_cloud(browser).await?;
    configuration(browser).await?;
    looks(browser).await
}

/// The demo makes its servers beside everything else.
async fn settled(browser: &Browser) -> Result<(), Failed> {
    let find = "return document.querySelector(\"article.server[aria-label='old-shop']\") !== null";
    for _ in 0..600 {
        browser.click("[data-test='look-again']").await?;
        if browser.script(find, Vec::new()).await? == serde_json::json!(true) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Err("the demo's servers never came".into())
}

async fn turn_off(browser: &Browser) -> Result<(), Failed> {
    // Where people are served from, one warns and wants the name.
    browser.click("[data-test='act-off-demo-london-haproxy-1']").await?;
    browser.until_text("dialog[open]", &["The active site of app is served from here"]).await?;
    assert!(!browser.enabled("[data-test='confirm']").await?, "nothing was typed");
    browser.picture("off-active").await?;
    browser.click("[data-test='cancel']").await?;
    // A standby is shut down gracefully with one click more; pulling the plug wants the name.
    browser.click(&format!("[data-test='act-off-{STANDBY}']")).await?;
    browser.until_text("dialog[open]", &["gracefully", "pulling the plug"]).await?;
    browser.click("dialog[open] [data-test='hard']").await?;
    browser.until_text("dialog[open] .typed", &[STANDBY]).await?;
    assert!(!browser.enabled("[data-test='confirm']").await?, "nothing was typed");
    browser.click("dialog[open] [data-test='gently']").await?;
    browser.click("[data-test='confirm']").await?;
    browser.until_text("[data-test='job']", &["power of", STANDBY, "done", "it is off"]).await?;
    browser.until_text(&format!("article.server[aria-label='{STANDBY}']"), &["off"]).await
}

async fn plan_and_apply(browser: &Browser) -> Result<(), Failed> {
    browser.click("[data-test='make-plan']").await?;
    let steps = ["2 steps", "make address demo-london-app-2", "make server demo-london-app-2"];
    browser.until_text("[data-test='plan']", &steps).await?;
    browser.picture("plan").await?;
    browser.click("[data-test='apply-plan']").await?;
    browser.click("dialog[open] [data-test='confirm']").await?;
    browser.until_text("[data-test='job']", &["applying", "done", "2 of 2 steps"]).await?;
    browser.picture("applied").await?;
    let made = "article.server[aria-label='demo-london-app-2']";
    browser.until_text(made, &["running"]).await
}

async fn silent_cloud(browser: &Browser) -> Result<(), Failed> {
    browser.click("[data-test='break']").await?;
    browser.click("[data-test='fault-google-api-down']").await?;
    browser.click(crate::CLOSE_DRAWER).await?;
    browser.until_text("main", &["london"]).await?;
    // An answer of two seconds ago may still be given; another look follows.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    browser.click("[data-test='look-again']").await?;
    browser.until_text("section.cloud[aria-label='google']", &["does not answer"]).await?;
    browser.until_text("section.cloud[aria-label='hetzner']", &["running"]).await?;
    browser.picture("silent").await?;
    browser.click("[data-test='break']").await?;
    browser.click("[data-test='mend-all']").await?;
    browser.click(crate::CLOSE_DRAWER).await
}

async fn configuration(browser: &Browser) -> Result<(), Failed> {
    browser.go("#/configuration").await?;
    let told = ["schwenk.toml", "black hole", "schwenk.example", "preset fast", "secret"];
    browser.until_text("main", &told).await?;
    browser.type_into("[data-test='search-settings']", "hold_down").await?;
    browser.until_text(".settings", &["hold_down", "10 s", "line"]).await?;
    browser.until_text(".settings-bar", &["1 setting"]).await
}

/// Both pages, light and dark, narrow and wide: neither may be wider than the window.
async fn looks(browser: &Browser) -> Result<(), Failed> {
    for theme in ["light", "dark"] {
        browser.prefer(theme).await?;
        for (name, width) in [("narrow", 360), ("usual", 1280)] {
            browser.resize(width, 900).await?;
            for view in ["locations", "configuration"] {
                browser.go(&format!("#/{view}")).await?;
                browser.until_text("h1.page-title", &[view]).await?;
                tokio::time::sleep(Duration::from_millis(500)).await;
                let over = browser.overflow().await?;
                assert!(over <= 0, "{view} is {over} px too wide at {width} px");
                browser.picture(&format!("{view}-{name}-{theme}")).await?;
            }
        }
    }
    Ok(())
}
