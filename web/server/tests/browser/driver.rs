//! Chromium through ChromeDriver, with the few things the story needs.
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::LoggingPrefsLogLevel;
use thirtyfour::prelude::*;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

pub type Failed = Box<dyn Error + Send + Sync>;

/// A loaded CI machine is slow; a panel that never comes is still noticed.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Browser {
    driver: WebDriver,
    pictures: PathBuf,
    _chromedriver: Child,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// `pictures` is the folder among the artefacts that screenshots go to.
    pub async fn start(pictures: &str) -> Result<Self, Failed> {
        let pictures = artefacts().join(pictures);
        let (chromedriver, port) = chromedriver().await?;
        let profile = tempfile::tempdir()?;
        let mut wishes = DesiredCapabilities::chrome();
        let folder = format!("--user-data-dir={}", profile.path().display());
        for flag in [
            "--headless",
            // As root, as in CI, Chromium does not start with its sandbox.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            folder.as_str(),
        ] {
            wishes.add_arg(flag)?;
        }
        wishes.set_logging_prefs("browser", LoggingPrefsLogLevel::All)?;
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wishes).await?;
        let browser = Self { driver, pictures, _chromedriver: chromedriver, _profile: profile };
        browser.resize(1280, 900).await?;
        Ok(browser)
    }

    pub async fn quit(self) -> Result<(), Failed> {
        Ok(self.driver.quit().await?)
    }

    pub async fn open(&self, url: &str) -> Result<(), Failed> {
        Ok(self.driver.goto(url).await?)
    }

    /// Goes to a view by its hash, as a link would.
    pub async fn go(&self, hash: &str) -> Result<(), Failed> {
        let script = format!("location.hash = {}", json!(hash));
        self.driver.execute(script, Vec::new()).await?;
        Ok(())
    }

    /// Runs a script in the page; what it promises is waited for.
    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Result<Value, Failed> {
        Ok(self.driver.execute(script, arguments).await?.json().clone())
    }

    /// Forgets every cookie: nobody is logged in any more.
    pub async fn forget(&self) -> Result<(), Failed> {
        Ok(self.driver.delete_all_cookies().await?)
    }

    /// The page as Chromium tells it to a screen reader.
    pub async fn tree(&self) -> Result<Value, Failed> {
        Ok(self.driver.cdp().send_raw("Accessibility.getFullAXTree", json!({})).await?)
    }

    async fn find(&self, css: &str) -> Result<WebElement, Failed> {
        let query = self.driver.query(By::Css(css));
        let found = query.wait(PATIENCE, Duration::from_millis(100)).first().await;
        found.map_err(|e| format!("{css}: {e}").into())
    }

    pub async fn click(&self, css: &str) -> Result<(), Failed> {
        let give_up = Instant::now() + PATIENCE;
        loop {
            let element = self.find(css).await?;
            // A view that is being drawn anew can replace the element under the pointer.
            let last = match element.is_enabled().await {
                Ok(true) => {
                    // Into the middle: a driver is content with what lies under the bar.
                    let _ = element.scroll_into_view().await;
                    match element.click().await {
                        Ok(()) => return Ok(()),
                        Err(error) => error.to_string(),
                    }
                }
                other => format!("is it enabled: {other:?}"),
            };
            if Instant::now() > give_up {
                return Err(format!("{css} cannot be clicked: {last}").into());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    pub async fn click_button(&self, text: &str) -> Result<(), Failed> {
        let path = format!("//button[contains(normalize-space(.), '{text}')]");
        let query = self.driver.query(By::XPath(&path));
        let found = query.wait(PATIENCE, Duration::from_millis(100)).first().await;
        Ok(found.map_err(|e| format!("a button \"{text}\": {e}"))?.click().await?)
    }

    /// Takes the first choice that the open dialog offers.
    pub async fn choose_first(&self) -> Result<(), Failed> {
        self.click("dialog[open] .choices button").await
    }

    pub async fn enabled(&self, css: &str) -> Result<bool, Failed> {
        Ok(self.find(css).await?.is_enabled().await?)
    }

    pub async fn type_into(&self, css: &str, text: &str) -> Result<(), Failed> {
        let field = self.find(css).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Waits until the element's text contains all of these, whatever their case.
    pub async fn until_text(&self, css: &str, wanted: &[&str]) -> Result<(), Failed> {
        let give_up = Instant::now() + PATIENCE;
        let mut last = String::new();
        while Instant::now() < give_up {
            if let Ok(element) = self.find(css).await
                && let Ok(text) = element.text().await
            {
                last = text.to_lowercase();
                if wanted.iter().all(|part| last.contains(&part.to_lowercase())) {
                    return Ok(());
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(format!("{css} says \"{last}\", not {wanted:?}").into())
    }

    /// By how many pixels the page is wider than the window.
    pub async fn overflow(&self) -> Result<i64, Failed> {
        let script = "return document.documentElement.scrollWidth - window.innerWidth";
        Ok(self.driver.execute(script, Vec::new()).await?.json().as_i64().unwrap_or(i64::MAX))
    }

    /// The size of the page itself, without the window's own decorations.
    pub async fn resize(&self, width: u32, height: u32) -> Result<(), Failed> {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false
        });
        self.cdp("Emulation.setDeviceMetricsOverride", size).await
    }

    /// What the operating system would prefer: light or dark.
    pub async fn prefer(&self, theme: &str) -> Result<(), Failed> {
        let features = json!([{ "name": "prefers-color-scheme", "value": theme }]);
        self.cdp("Emulation.setEmulatedMedia", json!({ "features": features })).await
    }

    /// Answers come so much later than they would.
    pub async fn delay(&self, latency: Duration) -> Result<(), Failed> {
        self.cdp("Network.enable", json!({})).await?;
        let conditions = json!({
            "offline": false, "latency": latency.as_millis() as u64,
            "downloadThroughput": -1, "uploadThroughput": -1
        });
        self.cdp("Network.emulateNetworkConditions", conditions).await
    }

    async fn cdp(&self, command: &str, params: Value) -> Result<(), Failed> {
        self.driver.cdp().send_raw(command, params).await?;
        Ok(())
    }

    /// Keeps a screenshot among the artefacts.
    pub async fn picture(&self, name: &str) -> Result<(), Failed> {
        std::fs::create_dir_all(&self.pictures)?;
        Ok(self.driver.screenshot(&self.pictures.join(format!("{name}.png"))).await?)
    }

    /// What the console complains about. A refused login is part of the story, and Chromium reports
    /// every answer above 399 as an error of the page.
    pub async fn complaints(&self) -> Result<Vec<String>, Failed> {
        let log = self.driver.browser_log().await?;
        let all = log.iter().map(|entry| format!("{entry:?}"));
        Ok(all.filter(|text| !text.contains("status of 401")).collect())
    }
}

/// The workspace's folder for artefacts.
fn artefacts() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = package.ancestors().find(|folder| folder.join("Cargo.lock").exists());
    workspace.unwrap_or(package).join("artefacts")
}

/// Starts ChromeDriver on a port of its own choice.
async fn chromedriver() -> Result<(Child, u16), Failed> {
    let mut command = Command::new("chromedriver");
    command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(|e| format!("chromedriver: {e}"))?;
    let stdout = child.stdout.take().ok_or("chromedriver has no output")?;
    let mut lines = BufReader::new(stdout).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            let port = port.trim().trim_end_matches('.').parse()?;
            // A full pipe would stop it.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok((child, port));
        }
    }
    Err("chromedriver ended before it was ready".into())
}
