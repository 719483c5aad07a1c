//! Two hundred services in the overview: all of them, the worst first, and what changes shows up.
use std::time::Duration;

use failover_core::{ServiceSnapshot, Verdict};
use serde_json::json;

use crate::crowd::Crowd;
use crate::driver::{Browser, Failed};

const SERVICES: usize = 200;
const ROWS: &str = "return document.querySelectorAll('.service-row').length";

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_services_are_listed_the_worst_first() -> Result<(), Failed> {
    if !crate::is_there() {
        return Ok(());
    }
    let crowd = Crowd::start(SERVICES).await?;
    let browser = Browser::start("many").await?;
    let told = story(&crowd, &browser).await;
    if told.is_err() {
        browser.picture("failed").await?;
    }
    let complaints = browser.complaints().await;
    browser.quit().await?;
    told?;
    assert_eq!(complaints?, [] as [String; 0]);
    Ok(())
}

async fn story(crowd: &Crowd, browser: &Browser) -> Result<(), Failed> {
    browser.open(&crowd.url).await?;
    browser.until_text("h1.sentence", &["all 200 services"]).await?;
    assert_eq!(browser.script(ROWS, Vec::new()).await?, json!(SERVICES));
    first_row(browser, &["up", "app-0."]).await?;
    // Samples come after the picture; the last service has its own, too.
    browser.until_text(".service-row:last-child", &["app-199.", "ms"]).await?;
    crowd.probe(Duration::from_millis(500));
    crowd.change(|all| set(&mut all.services[137], Verdict::Down));
    browser.until_text("h1.sentence", &["1 of 200", "app-137"]).await?;
    first_row(browser, &["down", "app-137."]).await?;
    browser.picture("one-down").await?;
    // What is missed is not made up for by what comes after it: the panel asks anew.
    crowd.lose_one();
    crowd.change(|all| set(&mut all.services[137], Verdict::Up));
    crowd.change(|all| set(&mut all.services[42], Verdict::Down));
    browser.until_text("h1.sentence", &["1 of 200", "app-42"]).await?;
    first_row(browser, &["down", "app-42."]).await?;
    assert_eq!(browser.script(ROWS, Vec::new()).await?, json!(SERVICES));
    Ok(())
}

fn set(service: &mut ServiceSnapshot, verdict: Verdict) {
    for site in service.view.sites.iter_mut().filter(|site| site.active) {
        site.verdict = verdict;
    }
}

async fn first_row(browser: &Browser, wanted: &[&str]) -> Result<(), Failed> {
    browser.until_text(".service-row:first-child", wanted).await
}
