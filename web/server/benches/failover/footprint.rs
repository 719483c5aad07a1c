//! How soon the first probe starts, and what the program weighs.
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::net::TcpListener;

use crate::stage::{Clouds, PROGRAM, Program, providers};

const SERVICES: usize = 10;

pub async fn measure() -> Result<String, String> {
    let mut text = String::new();
    let first = first_probe().await?;
    text += &format!("process start to first probe      {:.0} ms\n", first.as_secs_f64() * 1000.0);
    let memory = memory_with_ten_services().await?;
    text += &format!("resident memory, ten services     {:.1} MB\n", memory / 1000.0);
    let program = std::fs::metadata(PROGRAM).map_err(|e| e.to_string())?.len();
    text += &format!("program                           {:.1} MB\n", to_mb(program));
    text += &panel();
    Ok(text)
}

/// From the start of the process to the first connection at a site; the better of three tries, since
/// the first one also pays for reading the program from disk.
async fn first_probe() -> Result<Duration, String> {
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        let clouds = Clouds::start(0).await?;
        let site = TcpListener::bind("127.0.0.1:0").await.map_err(|e| e.to_string())?;
        let port = site.local_addr().map_err(|e| e.to_string())?.port();
        let mut config = providers(folder.path(), &clouds.info)?;
        config += &services(1, &clouds.info, port);
        let begin = Instant::now();
        let _watcher = Program::start(folder.path(), "", &config).await?;
        let accepted = tokio::time::timeout(Duration::from_secs(20), site.accept()).await;
        accepted.map_err(|_| "no probe came within 20 s")?.map_err(|e| e.to_string())?;
        best = best.min(begin.elapsed());
    }
    Ok(best)
}

async fn memory_with_ten_services() -> Result<f64, String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let clouds = Clouds::start(0).await?;
    let port = clouds.info["sites"][0]["port"].as_u64().unwrap_or(80);
    let port = u16::try_from(port).map_err(|e| e.to_string())?;
    let mut config = providers(folder.path(), &clouds.info)?;
    config += &services(SERVICES, &clouds.info, port);
    let watcher = Program::start(folder.path(), "", &config).await?;
    let all_up = |snapshot: &Value| {
        let services = snapshot["services"].as_array().into_iter().flatten();
        let up = services.filter(|service| service["view"]["sites"][0]["verdict"] == "up");
        up.count() == SERVICES
    };
    watcher.until(all_up).await?;
    // Long enough for the sample buffers to fill up.
    tokio::time::sleep(Duration::from_secs(75)).await;
    let pid = watcher.child.id().ok_or("the watcher has ended")?;
    let status =
        std::fs::read_to_string(format!("/proc/{pid}/status")).map_err(|e| e.to_string())?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
    let kilobytes = line.split_whitespace().nth(1).and_then(|word| word.parse::<f64>().ok());
    kilobytes.map(|kib| kib * 1.024).ok_or_else(|| format!("not understood: {line}"))
}

fn services(count: usize, info: &Value, port: u16) -> String {
    let zone = info["zone"]["name"].as_str().unwrap_or_default();
    let mut text = String::new();
    for number in 0..count {
        text += &format!(
            "[[services]]\nname = \"app{number}\"\nrecord = \"app{number}.{zone}\"\n\
             zone = \"{zone}\"\nttl = 60\n"
        );
        // The first site is the one whose port is given; every lane's second site has it, too.
        for (name, place) in [("one", 0), ("two", 1)] {
            let listed = info["sites"][place]["address"].clone();
            let own = count == 1 && place == 0;
            let address = if own { Value::from("127.0.0.1") } else { listed };
            text += &format!("[[services.sites]]\nname = \"{name}\"\naddresses = [{address}]\n");
        }
        text += &format!("[[services.checks]]\nkind = \"http\"\nport = {port}\n");
        text += &format!("[[services.checks]]\nkind = \"tcp\"\nport = {port}\n");
    }
    text
}

/// What a browser downloads.
#[cfg(feature = "panel")]
fn panel() -> String {
    let wire = |asset: &panel_dist::Asset| asset.br.map_or(asset.raw.len(), <[u8]>::len);
    let bytes: usize = panel_dist::all().iter().map(wire).sum();
    format!("panel, over the wire              {:.1} kB\n", to_mb(bytes as u64) * 1000.0)
}

#[cfg(not(feature = "panel"))]
fn panel() -> String {
    "panel                             not built in\n".to_owned()
}

#[allow(clippy::cast_precision_loss, reason = "sizes far below 2^52")]
fn to_mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
