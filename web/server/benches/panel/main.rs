//! How smoothly the panel shows many services: a server of made-up snapshots, and a real browser.
//!
//! `cargo xtask bench panel [--services 1,10,50,200] [--seconds N]`. Every check of every site of every service is
//! probed from three vantages twice a second, and everything that is new is sent. For each number of
//! services it tells how far frames were apart, how often the last row has changed, and when the first
//! sentence was on screen. Chromium and ChromeDriver must be there.
#[allow(dead_code)]
#[path = "../../tests/browser/crowd.rs"]
mod crowd;
#[path = "../../tests/browser/demo.rs"]
mod demo;
#[allow(dead_code)]
#[path = "../../tests/browser/driver.rs"]
mod driver;

use std::time::Duration;

use crowd::Crowd;
use driver::{Browser, Failed};
use serde_json::{Value, json};

const EVERY: Duration = Duration::from_millis(500);

/// Watches frames and long tasks for a while, and how often the last row is drawn anew.
const WATCH: &str = "
    const [seconds] = arguments;
    return new Promise((done) => {
        const gaps = [], tasks = [];
        let drawn = 0;
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) tasks.push(entry.duration);
        }).observe({ type: 'longtask' });
        const lines = [...document.querySelectorAll('.spark')];
        const line = lines[lines.length - 1];
        new MutationObserver(() => drawn++).observe(line, { attributeFilter: ['d'] });
        const begun = performance.now();
        let last = begun;
        const frame = (now) => {
            gaps.push(now - last);
            last = now;
            if (now - begun < seconds * 1000) return requestAnimationFrame(frame);
            gaps.sort((a, b) => a - b);
            const part = (share) => gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))];
            done({ frames: gaps.length, p50: part(0.5), p99: part(0.99), max: part(1),
                late: gaps.filter((gap) => gap > 34).length, drawn: drawn / seconds,
                long_tasks: tasks.length, longest_task: Math.max(0, ...tasks) });
        };
        requestAnimationFrame(frame);
    });";

/// When the first sentence was on screen, on the clock that starts with the navigation.
const FIRST: &str = "
    return new Promise((done) => {
        const look = () => document.querySelector('[data-test=sentence], h1.sentence')
            ? done(performance.now()) : setTimeout(look, 2);
        look();
    });";

struct Asked {
    services: Vec<usize>,
    seconds: u64,
}

#[tokio::main]
async fn main() {
    let Some(asked) = asked() else {
        eprintln!("usage: cargo xtask bench panel [--services 1,10,50,200] [--seconds N]");
        std::process::exit(2);
    };
    println!(
        "| services | first sentence | p50 | p99 | longest gap | gaps > 34 ms | drawn a second |"
    );
    println!("|---|---|---|---|---|---|---|");
    for services in &asked.services {
        match measure(*services, asked.seconds).await {
            Ok(row) => println!("{row}"),
            Err(why) => {
                eprintln!("{services} services could not be measured: {why}");
                std::process::exit(1);
            }
        }
    }
}

fn asked() -> Option<Asked> {
    let mut asked = Asked { services: vec![1, 10, 50, 200], seconds: 20 };
    // Cargo adds `--bench`.
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    while let Some(name) = args.next() {
        let value = args.next()?;
        match name.as_str() {
            "--services" => {
                asked.services = value.split(',').map(|n| n.parse().ok()).collect::<Option<_>>()?;
            }
            "--seconds" => asked.seconds = value.parse().ok()?,
            _ => return None,
        }
    }
    Some(asked)
}

async fn measure(services: usize, seconds: u64) -> Result<String, Failed> {
    let crowd = Crowd::start(services).await?;
    let browser = Browser::start("bench").await?;
    let watched = async {
        let cold = first(&browser, &crowd.url).await?;
        let warm = first(&browser, &crowd.url).await?;
        let frames = browser.script(WATCH, vec![json!(seconds)]).await?;
        Ok::<_, Failed>(row(services, cold, warm, &frames))
    };
    let probes = async {
        loop {
            tokio::time::sleep(EVERY).await;
            crowd.probe(EVERY);
        }
    };
    let row = tokio::select! {
        row = watched => row,
        () = probes => Err("it never ends".into()),
    };
    browser.quit().await?;
    row
}

async fn first(browser: &Browser, url: &str) -> Result<f64, Failed> {
    browser.open(url).await?;
    let millis = browser.script(FIRST, Vec::new()).await?;
    millis.as_f64().ok_or_else(|| format!("no moment: {millis}").into())
}

fn row(services: usize, cold: f64, warm: f64, frames: &Value) -> String {
    eprintln!("{services}: {frames}");
    let of = |name: &str| frames[name].as_f64().unwrap_or(f64::NAN);
    format!(
        "| {services} | {:.2} / {:.2} s | {:.1} ms | {:.1} ms | {:.0} ms | {} of {} | {:.1} |",
        cold / 1000.0,
        warm / 1000.0,
        of("p50"),
        of("p99"),
        of("max"),
        frames["late"],
        frames["frames"],
        of("drawn"),
    )
}
