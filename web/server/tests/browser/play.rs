//! A story over a demo of its own, in a browser whose console must stay silent.
use crate::demo::Demo;
use crate::driver::{Browser, Failed};

/// Plays `story`, with its pictures in the folder `pictures`; one more is taken where it fails.
pub async fn play(
    pictures: &str,
    story: impl AsyncFnOnce(&Demo, &Browser) -> Result<(), Failed>,
) -> Result<(), Failed> {
    if !crate::is_there() {
        return Ok(());
    }
    let demo = Demo::start().await?;
    let browser = Browser::start(pictures).await?;
    let told = story(&demo, &browser).await;
    if told.is_err() {
        browser.picture("failed").await?;
    }
    let complaints = browser.complaints().await;
    browser.quit().await?;
    told?;
    let complaints = complaints?;
    assert!(complaints.is_empty(), "the browser's console has complaints: {complaints:#?}");
    Ok(())
}
