//! Every view on every screen, for everybody: it fits, nobody is kept out, the console is silent,
//! it speaks both languages, and its address survives a login.
use std::path::Path;
use std::time::Duration;

use crate::aria;
use crate::axe::Axe;
use crate::demo::Demo;
use crate::driver::{Browser, Failed};
use crate::play::play;

/// A view: its name, its address, and what the navigation calls it in English and in German.
const VIEWS: [(&str, &str, [&str; 2]); 8] = [
    ("overview", "#/", ["Overview", "Übersicht"]),
    ("service", "#/service/app", ["Service", "Dienst"]),
    ("activity", "#/activity", ["Activity", "Verlauf"]),
    ("locations", "#/locations", ["Locations", "Standorte"]),
    ("records", "#/records", ["Records", "DNS-Einträge"]),
    ("simulator", "#/simulator", ["Simulator", "Simulator"]),
    ("notifications", "#/notifications", ["Notifications", "Benachrichtigungen"]),
    ("configuration", "#/configuration", ["Configuration", "Konfiguration"]),
];
const WIDTHS: [(&str, u32); 3] = [("narrow", 360), ("usual", 1280), ("wall", 1920)];
const HERE: &str = "nav a[aria-current='page']";

#[tokio::test(flavor = "multi_thread")]
async fn every_view_fits_every_screen_and_keeps_nobody_out() -> Result<(), Failed> {
    play("views", all).await
}

async fn all(demo: &Demo, browser: &Browser) -> Result<(), Failed> {
    let axe = &Axe::fetch().await?;
    addresses_survive_a_login(demo, browser).await?;
    let mut findings = Vec::new();
    for theme in ["light", "dark"] {
        browser.prefer(theme).await?;
        for (size, width) in WIDTHS {
            browser.resize(width, 900).await?;
            for (view, hash, names) in VIEWS {
                open(browser, hash, names[0]).await?;
                let place = format!("{view}-{size}-{theme}");
                let over = browser.overflow().await?;
                if over > 0 {
                    findings.push(format!("{place}: {over} px too wide"));
                }
                let complaints = axe.complaints(browser).await?;
                findings.extend(complaints.iter().map(|text| format!("{place}: {text}")));
                browser.picture(&place).await?;
            }
        }
    }
    late_answers_harm_nothing(browser).await?;
    outlines(browser, &mut findings).await?;
    german(browser, &mut findings).await?;
    if findings.is_empty() { Ok(()) } else { Err(findings.join("\n").into()) }
}

/// Goes to a view and waits until it is there, and until what moves has come to rest.
async fn open(browser: &Browser, hash: &str, name: &str) -> Result<(), Failed> {
    browser.go(hash).await?;
    browser.until_text(HERE, &[name]).await?;
    browser.until_text("main h1", &[]).await?;
    tokio::time::sleep(Duration::from_millis(200)).await;
    Ok(())
}

/// Whoever follows a link without being logged in arrives there after the login.
async fn addresses_survive_a_login(demo: &Demo, browser: &Browser) -> Result<(), Failed> {
    for (_, hash, names) in VIEWS {
        browser.open("about:blank").await?;
        browser.open(&format!("{}{hash}", demo.url)).await?;
        browser.forget().await?;
        browser.open("about:blank").await?;
        browser.open(&format!("{}{hash}", demo.url)).await?;
        browser.type_into("input[name='user']", &demo.user).await?;
        browser.type_into("input[name='password']", &demo.password).await?;
        browser.click("[data-test='log-in']").await?;
        browser.until_text(HERE, &[names[0]]).await?;
        let now = browser.script("return location.hash", Vec::new()).await?;
        assert_eq!(now, hash, "the address after the login");
    }
    Ok(())
}

/// Whoever leaves a page before its answers have come finds the next one as it is; what an answer
/// trips over is in the console.
async fn late_answers_harm_nothing(browser: &Browser) -> Result<(), Failed> {
    browser.delay(Duration::from_secs(1)).await?;
    for round in [300, 700] {
        for (_, hash, _) in VIEWS {
            browser.go(hash).await?;
            tokio::time::sleep(Duration::from_millis(round)).await;
        }
    }
    browser.delay(Duration::ZERO).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let complaints = browser.complaints().await?;
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n").into()) }
}

/// What a screen reader finds, held against what it found when somebody last looked at it.
async fn outlines(browser: &Browser, findings: &mut Vec<String>) -> Result<(), Failed> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/aria");
    let renew = std::env::var_os("SCHWENK_RENEW_ARIA").is_some();
    browser.resize(1280, 900).await?;
    for (view, hash, names) in VIEWS {
        open(browser, hash, names[0]).await?;
        let now = aria::outline(&browser.tree().await?);
        let file = folder.join(format!("{view}.txt"));
        if renew {
            std::fs::create_dir_all(&folder)?;
            std::fs::write(&file, &now)?;
            continue;
        }
        let known = std::fs::read_to_string(&file).unwrap_or_default();
        if known != now {
            findings.push(format!(
                "{view}: a screen reader finds something else than {} says. If that is right, run \
                 the test with SCHWENK_RENEW_ARIA=1 and read the difference. It finds:\n{now}",
                file.display()
            ));
        }
    }
    Ok(())
}

/// The other language, on the page one is on; its words are longer and must fit, too.
async fn german(browser: &Browser, findings: &mut Vec<String>) -> Result<(), Failed> {
    open(browser, "#/records", "Records").await?;
    choose(browser, "de").await?;
    browser.until_text(HERE, &["DNS-Einträge"]).await?;
    let lang = browser.script("return document.documentElement.lang", Vec::new()).await?;
    assert_eq!(lang, "de");
    for (size, width) in WIDTHS {
        browser.resize(width, 900).await?;
        for (view, hash, names) in VIEWS {
            open(browser, hash, names[1]).await?;
            let over = browser.overflow().await?;
            if over > 0 {
                findings.push(format!("{view}-{size} in German: {over} px too wide"));
            }
            browser.picture(&format!("{view}-{size}-german")).await?;
        }
    }
    // Back to what the browser would have.
    choose(browser, "auto").await?;
    browser.until_text(HERE, &["Configuration"]).await
}

async fn choose(browser: &Browser, language: &str) -> Result<(), Failed> {
    browser.click("[data-test='language']").await?;
    browser.click(&format!("[data-test='language-{language}']")).await
}
