//! The decision in the browser's own WebAssembly: the same digests as natively.
use std::path::{Path, PathBuf};
use std::time::Instant;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::driver::{Browser, Failed};

const SEED: u64 = 0x5377_6e6b;
const FACTS: u64 = 1_000_000;
const DAY: u64 = 24;

/// Calls an export with two numbers; gives back what it says and how long it took.
const CALL: &str = "
    const [text, name, seed, count] = arguments;
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return WebAssembly.instantiate(bytes).then(({ instance }) => {
        const begun = performance.now();
        const said = instance.exports[name](BigInt(seed), BigInt(count));
        const took = performance.now() - begun;
        return { said: BigInt.asUintN(64, said).toString(), took };
    });";

#[tokio::test(flavor = "multi_thread")]
async fn a_million_facts_and_a_day_give_the_same_digests_in_the_browser() -> Result<(), Failed> {
    if !crate::is_there() {
        return Ok(());
    }
    let beside = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let module = tokio::task::spawn_blocking(|| failover_twin::module::compile(beside)).await??;
    let browser = Browser::start("panel").await?;
    let told = compare(&browser, &BASE64_STANDARD.encode(module)).await;
    browser.quit().await?;
    let figures = told?;
    println!("{figures:#}");
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../artefacts");
    std::fs::create_dir_all(&folder)?;
    Ok(std::fs::write(folder.join("twin.json"), format!("{figures:#}\n"))?)
}

async fn compare(browser: &Browser, module: &str) -> Result<Value, Failed> {
    // A page without a content security policy, and without anything else.
    browser.open("about:blank").await?;
    let facts = run(browser, module, "twin_chain", FACTS).await?;
    assert_eq!(facts.0, failover_twin::chain(SEED, FACTS), "{FACTS} facts");
    let day = run(browser, module, "twin_hours", DAY).await?;
    let begun = Instant::now();
    let native = failover_twin::hours(SEED, DAY);
    assert_ne!(native, 0, "no promise was broken");
    assert_eq!(day.0, native, "{DAY} simulated hours");
    Ok(json!({
        "facts": FACTS,
        "facts_in_the_browser_ms": facts.1,
        "simulated_hours": DAY,
        "hours_in_the_browser_ms": day.1,
        "hours_in_this_native_build_ms": begun.elapsed().as_secs_f64() * 1000.0,
    }))
}

async fn run(
    browser: &Browser,
    module: &str,
    name: &str,
    count: u64,
) -> Result<(u64, f64), Failed> {
    let arguments = vec![json!(module), json!(name), json!(SEED), json!(count)];
    let answer = browser.script(CALL, arguments).await?;
    let said = answer["said"].as_str().ok_or_else(|| format!("{name}: {answer}"))?;
    Ok((said.parse()?, answer["took"].as_f64().unwrap_or(f64::NAN)))
}
