//! Starting, describing and stopping an emulator.

use std::io;
use std::net::SocketAddr;

use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::fault::{Cloud, Faults};
use crate::info::Info;
use crate::key::KeyError;
use crate::options::Options;
use crate::start::{Start, google_servers, hetzner_servers, token_uri};

/// Both clouds, running. Dropping it stops it too, without waiting for the end.
pub struct Emulator {
    info: Info,
    faults: Faults,
    tasks: JoinSet<()>,
    _directory: TempDir,
}

/// Why an emulator does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port is taken, or an address is not ours.
    #[error(
        "{what} cannot listen on {address}: {source}; choose another port, or 0 for any free one"
    )]
    Bind {
        /// What wanted to listen.
        what: String,
        /// Where.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// A zone to start with is not one the cloud would take.
    #[error("the initial state cannot be: {0}")]
    State(String),
    /// The service-account key file cannot be used.
    #[error(transparent)]
    Key(Box<dyn std::error::Error + Send + Sync>),
    /// There is no place for the key file.
    #[error("no private directory for the key file: {0}")]
    Directory(io::Error),
}

impl From<KeyError> for StartError {
    fn from(error: KeyError) -> Self {
        Self::Key(Box::new(error))
    }
}

impl Emulator {
    /// Starts everything; when this returns, all ports answer and the first zones are served.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let mut start = Start::new(options);
        let state = start.initial_state();
        let tokens = start.tokens();
        let google = start.google(&tokens, &state.google)?;
        let hetzner = start.hetzner(&tokens, &state.hetzner)?;
        let metadata = start.metadata(&google.cloud)?;
        let sites = start.sites()?;
        let control = start.control(&sites, &google.cloud, &hetzner.cloud)?;
        let mut dns = start.name_servers(Cloud::Google, google_servers(&google.cloud)).await?;
        dns.extend(start.name_servers(Cloud::Hetzner, hetzner_servers()).await?);
        let zone = start.zone(&google.cloud, &hetzner.cloud);
        let parent = start.parent().await?;
        let resolvers = start.resolvers().await?;
        start.go_live();
        let info = Info {
            hetzner: format!("http://{}/v1", hetzner.address),
            google: format!("http://{}/", google.address),
            google_token_uri: token_uri(google.address),
            metadata: metadata.to_string(),
            tokens,
            key_file: google.files.key_file,
            user_file: google.files.user_file,
            project: start.options.project.clone(),
            zone,
            dns,
            parent,
            resolvers,
            sites,
            fault: format!("http://{control}/_fault"),
            state: format!("http://{control}/_state"),
            servers: format!("http://{control}/_servers"),
        };
        Ok(Self {
            info,
            faults: start.faults,
            tasks: start.tasks,
            _directory: google.files.directory,
        })
    }

    /// Where everything is.
    pub fn info(&self) -> &Info {
        &self.info
    }

    /// The switchboard of faults.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Closes every port and cuts every connection.
    pub async fn stop(mut self) {
        self.faults.stop();
        self.tasks.shutdown().await;
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.faults.stop();
    }
}
