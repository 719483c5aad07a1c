//! The demo's world: emulated clouds, a watcher on them, and a drawer full of faults.
mod config;
mod estate;
mod fault;
mod inbox;
mod world;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use inbox::Inbox;
use watcher::{Options, Watcher};
pub use world::World;

use crate::compose;
use crate::config::{Server, Surroundings};
use crate::heartbeat::Beating;
use crate::http::app::Estate;
use crate::http::auth::{hash, random_token};
use crate::http::configuration::Settings;
use crate::http::demo::Breakable;
use crate::metrics::Calls;
use crate::places::Places;
use crate::records::Records;
use crate::serve::Beside;
use crate::telling::Telling;

/// How often the emulated clouds are asked whether work has ended.
const POLL: Duration = Duration::from_millis(200);

/// Who logs in.
pub const USER: &str = "demo";

/// Twelve characters that are not mistaken for one another when they are typed.
fn password() -> Result<String, String> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut random = [0; 12];
    getrandom::fill(&mut random).map_err(|error| format!("no randomness: {error}"))?;
    Ok(random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
}

/// A demo ready to be served.
#[derive(Debug)]
pub struct Demo {
    /// What can be broken.
    pub world: Arc<World>,
    /// The watcher, not running yet.
    pub watcher: Watcher,
    /// What is served beside it.
    pub beside: Beside,
    /// Who may come in.
    pub server: Server,
    /// The password of [`USER`].
    pub password: String,
    /// A token for the command line.
    pub token: String,
    /// The configuration file that describes it.
    pub config: PathBuf,
}

impl Demo {
    /// Starts the emulated clouds and builds a watcher on them. Without `journal` it is kept in a
    /// directory that goes away with the demo.
    pub async fn start(journal: Option<PathBuf>) -> Result<Self, String> {
        let emulator = config::emulator().await?;
        let directory = tempfile::Builder::new().prefix("schwenk-demo-").tempdir();
        let directory = directory.map_err(|error| format!("no private directory: {error}"))?;
        let password = password()?;
        let token = random_token()?;
        let journal = journal.unwrap_or_else(|| directory.path().join("journal.db"));
        let key = random_token()?;
        let inbox = Inbox::start(key.clone().into()).await?;
        let hashes = (hash(&password)?, hash(&token)?);
        let text = config::text(emulator.info(), &journal, &hashes.0, &hashes.1, inbox.url())?;
        let file = directory.path().join("schwenk.toml");
        let secret = directory.path().join(config::TOKEN_FILE);
        config::write_private(&secret, &emulator.info().tokens.hetzner)?;
        config::write_private(&directory.path().join(config::INBOX_FILE), &key)?;
        let switch = format!("{}/ping", inbox.url());
        config::write_private(&directory.path().join(config::SWITCH_FILE), &switch)?;
        config::write_private(&file, &text)?;
        let env = |_: &str| None;
        let around = Surroundings { env: &env, dir: directory.path() };
        let mut parsed =
            crate::config::parse("schwenk.toml", text, &around).map_err(|problems| {
                problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
            })?;
        parsed.origins.file = file.display().to_string();
        let calls = Calls::default();
        let providers =
            compose::providers(&parsed, &calls).await.map_err(|problem| problem.to_string())?;
        let options = Options {
            drift_interval: Duration::from_secs(3),
            observe_interval: Duration::from_secs(1),
            reckon_interval: Duration::from_secs(5),
            ..compose::options(&parsed)
        };
        let clouds = compose::clouds_of_sites(&parsed, &calls)
            .await
            .map_err(|problem| problem.to_string())?;
        let channels = compose::channels(&parsed).map_err(|problems| {
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        })?;
        let heartbeat = compose::heartbeat(parsed.heartbeat.as_ref());
        let heartbeat = heartbeat.map_err(|problem| problem.to_string())?;
        let beating = parsed.heartbeat.as_ref().zip(heartbeat);
        let heartbeat = beating.map(|(wanted, heartbeat)| Beating::new(heartbeat, wanted.every));
        let heard = heartbeat.as_ref().map(Beating::heard);
        let telling = Telling::new(&parsed, channels.clone(), heard);
        let watcher = compose::watcher(&parsed, &providers, &clouds, channels, options);
        let watcher = watcher.map_err(|error| error.to_string())?;
        let records = Records::new(&parsed, &providers, config::parent(emulator.info())?);
        let places = Arc::new(Places::new(&parsed, &calls, Some(POLL)).await);
        let settings = Some(Arc::new(Settings::new(&parsed, &providers)));
        let estate = Estate { places: Some(places), settings };
        let settled = tokio::spawn(estate::settle(parsed.clone()));
        let world = Arc::new(World::new(emulator, inbox, directory, &parsed, providers, settled)?);
        let demo: Arc<dyn Breakable> = world.clone();
        let beside = Beside {
            demo: Some(demo),
            calls,
            metrics: None,
            records: Some(records),
            telling,
            heartbeat,
            estate,
        };
        Ok(Self { world, watcher, beside, server: parsed.server, password, token, config: file })
    }
}
