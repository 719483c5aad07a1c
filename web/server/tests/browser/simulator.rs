//! The simulator in a browser: an example, a break, a slider, a link, an incident.
use serde_json::json;

use crate::demo::Demo;
use crate::driver::{Browser, Failed};

const MOVED: &[&str] = &["is served from", "falkenstein"];

/// Plays with it after a failover of the demo; leaves the panel at the overview.
pub async fn simulate(demo: &Demo, browser: &Browser) -> Result<(), Failed> {
    example(browser).await?;
    losses(browser).await?;
    break_something(browser).await?;
    thresholds(browser).await?;
    share(demo, browser).await?;
    incident(browser).await?;
    browser.go("#/").await
}

/// An example is played as it was written, marked as what it is.
async fn example(browser: &Browser) -> Result<(), Failed> {
    browser.go("#/simulator").await?;
    browser.until_text(".sim-badge", &["simulation"]).await?;
    browser.until_text("[data-test='sim-stage'] h1", &["is served from", "london"]).await?;
    set(browser, "[data-test='sim-speed']", "50", "change").await?;
    browser.click("[data-test='sim-play']").await?;
    browser.until_text("[data-test='sim-stage'] h1", MOVED).await?;
    browser.until_text("[data-test='sim-promises']", &["every promise holds"]).await?;
    browser.until_text("[data-test='sim-outcome']", &["seen", "after the first trouble"]).await?;
    let actions = "return getComputedStyle(document.querySelector('.stage .actions')).display";
    assert_eq!(browser.script(actions, Vec::new()).await?, "none", "no command leads out");
    browser.picture("simulator-example").await
}

/// A site is broken by hand and the machine leaves it.
async fn break_something(browser: &Browser) -> Result<(), Failed> {
    browser.go("#/simulator?service=app").await?;
    browser.until_text("[data-test='sim-stage'] h1", &["is served from", "london"]).await?;
    set(browser, "[data-test='sim-speed']", "10", "change").await?;
    browser.until_text("article.site[aria-label='falkenstein']", &["up", "standby"]).await?;
    browser.click("[data-test='quick-0']").await?;
    browser.until_text("[data-test='sim-break']", &["site london silent"]).await?;
    browser.until_text("[data-test='sim-stage'] h1", MOVED).await?;
    browser.until_text("[data-test='sim-journal']", &["failover from london"]).await?;
    browser.picture("simulator-broken").await
}

/// A slider changes what is promised, and what the policy refuses is said.
async fn thresholds(browser: &Browser) -> Result<(), Failed> {
    let figures = "return document.querySelector('[data-test=sim-figures] dl').innerText";
    let before = browser.script(figures, Vec::new()).await?;
    set(browser, "[data-test='knob-fall']", "9", "input").await?;
    browser.until_text("label.knob:has([data-test='knob-fall'])", &["10 in a row"]).await?;
    let after = browser.script(figures, Vec::new()).await?;
    assert_ne!(before, after, "ten failures take longer than three and err less");
    set(browser, "[data-test='knob-quorum']", "99", "input").await?;
    browser.until_text("[data-test='sim-invalid']", &["would be refused", "quorum"]).await?;
    browser.picture("simulator-refused").await?;
    set(browser, "[data-test='knob-quorum']", "0", "input").await
}

/// Paths that lose everything together are one path, against which no quorum helps.
async fn losses(browser: &Browser) -> Result<(), Failed> {
    browser
        .until_text("[data-test='sim-rarity']", &["one wrong failover in about 6 years"])
        .await?;
    set(browser, "[data-test='knob-correlation']", "9", "input").await?;
    let same = ["one wrong failover in about 5 days", "alone would err once in about 5 days"];
    browser.until_text("[data-test='sim-rarity']", &same).await
}

/// Whoever opens the link sees the same world.
async fn share(demo: &Demo, browser: &Browser) -> Result<(), Failed> {
    set(browser, "[data-test='sim-seed']", "77", "change").await?;
    browser.until_text("[data-test='sim-outcome']", &["seed"]).await?;
    let link = "return document.querySelector('[data-test=sim-link]').value";
    let link = browser.script(link, Vec::new()).await?;
    let link = link.as_str().ok_or("the link is text")?;
    assert!(link.starts_with(&demo.url) && link.contains("site,london,silent"), "{link}");
    assert!(link.contains("fall,10") && link.contains("seed,77"), "{link}");
    let (_, hash) = link.split_once('#').ok_or("it has a hash")?;
    browser.go(&format!("#{hash}")).await?;
    browser.until_text("[data-test='sim-break']", &["site london silent"]).await?;
    browser.until_text("label.knob:has([data-test='knob-fall'])", &["10 in a row"]).await?;
    let seed = "return document.querySelector('[data-test=sim-seed]').value";
    assert_eq!(browser.script(seed, Vec::new()).await?, "77");
    browser.go("#/simulator?script=rubbish").await?;
    browser.until_text("[role='alert']", &["cannot be played"]).await
}

/// The demo's own failover, which is its oldest move, is replayed, and told to a slower policy.
async fn incident(browser: &Browser) -> Result<(), Failed> {
    let seq = "const answer = await fetch('/api/v1/events?limit=1000');
        const { events } = await answer.json();
        return events.findLast((event) => event.event.kind === 'move_started').seq";
    let seq = browser.script(seq, Vec::new()).await?;
    browser.go(&format!("#/simulator?incident={seq}")).await?;
    browser.until_text(".sim-badge", &["recorded"]).await?;
    browser.until_text("[data-test='sim-stage'] h1", MOVED).await?;
    browser.until_text("[data-test='sim-told']", &["identical", "london"]).await?;
    set(browser, "[data-test='knob-fall']", "4", "input").await?;
    browser.until_text("[data-test='sim-what-if']", &["failover to falkenstein", "later"]).await?;
    browser.picture("simulator-incident").await
}

/// Moves a slider, or chooses, as a hand would.
async fn set(browser: &Browser, css: &str, value: &str, event: &str) -> Result<(), Failed> {
    browser.until_text(css, &[]).await?;
    let script = "const [css, value, event] = arguments;
        const field = document.querySelector(css);
        field.value = value;
        field.dispatchEvent(new Event(event, { bubbles: true }))";
    browser.script(script, vec![json!(css), json!(value), json!(event)]).await?;
    Ok(())
}
