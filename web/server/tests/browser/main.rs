//! The panel in a real browser, over the demo: what an operator sees and does.
//!
//! Needs Chromium and ChromeDriver. `cargo xtask test` says whether they are there
//! (`SCHWENK_TEST_BROWSER=1`); without them the test is left out and says so, but never in CI.
mod aria;
mod axe;
mod crowd;
mod demo;
mod driver;
mod many;
mod places;
mod play;
mod records;
mod simulator;
mod twin;
mod views;
mod watch;

use demo::Demo;
use driver::{Browser, Failed};
use play::play;

const CLOSE_DRAWER: &str = "[data-test='drawer'] header button";

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_watches_a_failover_and_moves_the_service_back() -> Result<(), Failed> {
    play("panel", story).await
}

/// Whether there is a browser to test with.
fn is_there() -> bool {
    let there = std::env::var_os("SCHWENK_TEST_BROWSER").is_some();
    if !there {
        assert!(std::env::var_os("CI").is_none(), "in CI the browser must be there");
        eprintln!("LEFT OUT: no browser; run cargo xtask test to see what is missing");
    }
    there
}

async fn story(demo: &Demo, browser: &Browser) -> Result<(), Failed> {
    log_in(demo, browser).await?;
    browser.until_text("h1.sentence", &["is served from", "london"]).await?;
    browser.until_text("article.site[aria-label='falkenstein']", &["up", "standby"]).await?;
    browser.picture("before").await?;
    failover(browser).await?;
    lift_the_latch(browser).await?;
    move_back(browser).await?;
    pause_and_resume(browser).await?;
    maintenance(browser).await?;
    simulator::simulate(demo, browser).await
}

async fn log_in(demo: &Demo, browser: &Browser) -> Result<(), Failed> {
    browser.open(&demo.url).await?;
    browser.type_into("input[name='user']", &demo.user).await?;
    browser.type_into("input[name='password']", "not the password").await?;
    browser.click("[data-test='log-in']").await?;
    browser.until_text("[role='alert']", &[]).await?;
    browser.picture("wrong-password").await?;
    browser.type_into("input[name='password']", &demo.password).await?;
    browser.click("[data-test='log-in']").await
}

async fn failover(browser: &Browser) -> Result<(), Failed> {
    browser.click("[data-test='break']").await?;
    browser.click("[data-test='fault-london-kill']").await?;
    browser.until_text("h1.sentence", &["is served from", "falkenstein"]).await?;
    browser.until_text("article.site[aria-label='london']", &["down", "refused"]).await?;
    browser.click(CLOSE_DRAWER).await?;
    browser.picture("after").await?;
    browser.go("#/activity").await?;
    browser.until_text("main", &["failover", "london", "falkenstein"]).await?;
    browser.picture("activity").await?;
    browser.go("#/").await
}

async fn lift_the_latch(browser: &Browser) -> Result<(), Failed> {
    browser.click("[data-test='break']").await?;
    browser.click("[data-test='mend-all']").await?;
    browser.click(CLOSE_DRAWER).await?;
    browser.until_text("article.site[aria-label='london']", &["up", "standby"]).await?;
    browser.click_button("Re-arm").await
}

/// A switchover wants the plan to be seen and the service's name to be typed.
async fn move_back(browser: &Browser) -> Result<(), Failed> {
    browser.click("[data-test='move-london']").await?;
    browser.until_text("dialog[open]", &["127.0.10.1", "127.0.20.1"]).await?;
    browser.picture("plan").await?;
    assert!(!browser.enabled("[data-test='confirm-move']").await?, "nothing was typed yet");
    browser.type_into("[data-test='confirm-name']", "app").await?;
    browser.click("[data-test='confirm-move']").await?;
    browser.until_text("h1.sentence", &["is served from", "london"]).await
}

async fn pause_and_resume(browser: &Browser) -> Result<(), Failed> {
    browser.click("[data-test='automation']").await?;
    browser.choose_first().await?;
    browser.until_text("header", &["disarmed"]).await?;
    browser.picture("disarmed").await?;
    browser.click("[data-test='automation']").await?;
    browser.until_text("header", &["armed", "by demo"]).await
}

async fn maintenance(browser: &Browser) -> Result<(), Failed> {
    browser.click("[data-test='maintenance-falkenstein']").await?;
    browser.choose_first().await?;
    browser.until_text("article.site[aria-label='falkenstein']", &["maintenance"]).await
}
