//! The page in a real browser: what a writer sees and keeps while the service moves.
use std::time::Duration;

use serde_json::json;

use crate::driver::{Browser, Failed};
use crate::is_there;
use crate::pair::Pair;
use crate::process::until;
use crate::sessions::account;
use crate::visitor::PASSWORD;

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_keeps_the_text_over_an_outage_and_it_is_saved_when_the_service_is_back()
-> Result<(), Failed> {
    if !is_there() || !has_browser() {
        return Ok(());
    }
    let pair = Pair::start().await;
    account(&pair, "anna").await;
    let browser = Browser::start("diary").await?;
    let told = story(&pair, &browser).await;
    if told.is_err() {
        browser.picture("failed").await?;
    }
    let complaints = browser.complaints().await;
    browser.quit().await?;
    told?;
    // That answers were refused is the story itself.
    let complaints =
        complaints?.into_iter().filter(|text| !text.contains("Failed to load resource"));
    let complaints: Vec<String> = complaints.collect();
    assert!(complaints.is_empty(), "the browser's console has complaints: {complaints:#?}");
    Ok(())
}

/// Whether there is a browser to test with.
fn has_browser() -> bool {
    let there = std::env::var_os("SCHWENK_TEST_BROWSER").is_some();
    if !there {
        assert!(std::env::var_os("CI").is_none(), "in CI the browser must be there");
        eprintln!("LEFT OUT: no browser; run cargo xtask test to see what is missing");
    }
    there
}

async fn story(pair: &Pair, browser: &Browser) -> Result<(), Failed> {
    log_in(pair, browser).await?;
    browser.type_into("#body", "A quiet morning.\n<b>Really</b> & truly.").await?;
    browser.click(".write button").await?;
    browser.until_text("article", &["A quiet morning.", "<b>Really</b> & truly."]).await?;
    browser.picture("entries").await?;
    the_database_dies(pair, browser).await?;
    everything_dies(pair, browser).await?;
    a_page_that_failed_comes_back(pair, browser).await?;
    looks(browser).await
}

async fn log_in(pair: &Pair, browser: &Browser) -> Result<(), Failed> {
    browser.open(&pair.one.url()).await?;
    browser.type_into("#name", "anna").await?;
    browser.type_into("#password", "not the password").await?;
    browser.click(".login button").await?;
    browser.until_text("[role='alert']", &["do not belong together"]).await?;
    browser.picture("wrong-password").await?;
    browser.type_into("#name", "anna").await?;
    browser.type_into("#password", PASSWORD).await?;
    browser.click(".login button").await?;
    browser.until_text("h1", &["My diary"]).await
}

/// She is writing when the database dies, saves all the same, and the other location takes over.
async fn the_database_dies(pair: &Pair, browser: &Browser) -> Result<(), Failed> {
    browser.type_into("#body", "Written while it broke").await?;
    pair.one.database.kill();
    browser.until_text("#state", &["moving to another location", "your text is kept"]).await?;
    browser.picture("moving").await?;
    browser.click(".write button").await?;
    browser.until_text("#state", &["not saved yet", "as soon as the service is back"]).await?;
    browser.picture("not-saved-yet").await?;
    pair.one.serve(&pair.two).await;
    browser.until_text("article", &["Written while it broke"]).await?;
    browser.until_text("#site", &["two"]).await?;
    let left = browser.script("return Object.keys(localStorage).length", Vec::new()).await?;
    assert_eq!(left, json!(0), "what is saved is not kept any longer");
    Ok(())
}

/// Nothing answers, not even the web server, and the page is even closed and opened again.
async fn everything_dies(pair: &Pair, browser: &Browser) -> Result<(), Failed> {
    browser.type_into("#body", "Half a sent").await?;
    pair.one.stop();
    browser.until_text("#state", &["moving to another location"]).await?;
    browser.open("about:blank").await?;
    pair.one.serve(&pair.two).await;
    browser.open(&pair.one.url()).await?;
    browser.until_text("#state", &["the text that you had not saved is here again"]).await?;
    let text = browser.script("return document.getElementById('body').value", Vec::new()).await?;
    assert_eq!(text, json!("Half a sent"));
    browser.picture("text-is-back").await?;
    browser.script("document.getElementById('body').focus()", Vec::new()).await?;
    browser.click(".write button").await?;
    browser.until_text("article", &["Half a sent"]).await
}

/// A page that was asked for at the wrong moment comes by itself.
async fn a_page_that_failed_comes_back(pair: &Pair, browser: &Browser) -> Result<(), Failed> {
    pair.one.serve(&pair.one).await;
    browser.open(&pair.one.url()).await?;
    browser.until_text("h1", &["moving to another location"]).await?;
    browser.picture("error-page").await?;
    pair.one.database.start();
    pair.one.database.ready().await;
    browser.until_text("h1", &["My diary"]).await?;
    browser.until_text("#site", &["one"]).await?;
    until("all has arrived", async || {
        browser.open(&pair.one.url()).await.is_ok()
            && browser.until_text("article", &["Half a sent"]).await.is_ok()
    })
    .await;
    Ok(())
}

/// Light and dark, narrow and wide: never wider than the window.
async fn looks(browser: &Browser) -> Result<(), Failed> {
    for theme in ["light", "dark"] {
        browser.prefer(theme).await?;
        for width in [360, 1280] {
            browser.resize(width, 800).await?;
            tokio::time::sleep(Duration::from_millis(200)).await;
            let over = browser.overflow().await?;
            assert!(over <= 0, "{over} px too wide at {width} px");
            browser.picture(&format!("{width}-{theme}")).await?;
        }
    }
    browser.script("document.querySelector('article a').click()", Vec::new()).await?;
    browser.until_text("h1", &["An entry"]).await?;
    browser.picture("entry").await
}
