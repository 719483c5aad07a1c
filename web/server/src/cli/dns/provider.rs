//! Which providers and which zone: from a configuration, or from options and the environment.
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use dns_provider::propagation::NameServer;
use dns_provider::{Call, DnsProvider, Key, Name, RecordType, Zone, lookup};
use secrecy::SecretString;

use super::failed;
use crate::cli::exit::Failed;
use crate::cli::{ConfigArg, load};
use crate::compose;
use crate::config::duration;
use crate::config::{Api, Google, GoogleCredentials, Place, Provider};
use crate::metrics::Calls;

/// With `--config`, the providers of that file; otherwise one provider by its kind, with Google's
/// Application Default Credentials or the token in HCLOUD_TOKEN.
#[derive(Debug, Args)]
pub struct ProviderArgs {
    /// A configuration file with [[providers]].
    #[arg(long, short, value_name = "FILE", env = "SCHWENK_CONFIG")]
    config: Option<PathBuf>,
    /// With --config: only the provider with this id. Otherwise: google or hetzner.
    #[arg(long, value_name = "PROVIDER")]
    provider: Option<String>,
    /// The zone; default: the one the name is in.
    #[arg(long)]
    zone: Option<String>,
    /// The provider's own id of the zone.
    #[arg(long)]
    zone_id: Option<String>,
    /// Google: the project that holds the zone. Default: the credentials' own.
    #[arg(long)]
    project: Option<String>,
    /// Google: a credentials file in place of Application Default Credentials.
    #[arg(long, value_name = "FILE")]
    credentials: Option<PathBuf>,
    /// Google: where tokens are fetched, in place of what the key file says.
    #[arg(long, value_name = "URL")]
    token_uri: Option<String>,
    /// Hetzner: the file that holds the API token. The environment variable HCLOUD_TOKEN comes
    /// first.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// The API's base URL, for proxies and emulators.
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// Allow plain http to another machine.
    #[arg(long)]
    allow_plain: bool,
    /// How long one operation at the provider may take, waiting for it included.
    #[arg(
        long = "call-timeout", value_name = "DURATION", default_value = "60 s",
        value_parser = duration::parse
    )]
    patience: Duration,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Google,
    Hetzner,
}

/// One provider to work with.
#[derive(Debug)]
pub struct Chosen {
    /// The client.
    pub client: Arc<dyn DnsProvider>,
    /// Where its name servers are asked, if not where the zone says.
    pub servers: Option<Vec<NameServer>>,
}

impl ProviderArgs {
    /// The terms of one operation that starts now.
    pub fn call(&self) -> Call {
        Call::until(Instant::now() + self.patience)
    }

    /// Whether anything says which provider is meant.
    pub fn is_given(&self) -> bool {
        self.config.is_some() || self.provider.is_some()
    }

    /// The RRsets of the configuration's services in `zone`; none without a configuration.
    pub fn records(&self, zone: &Name) -> Result<Vec<Key>, Failed> {
        let Some(path) = &self.config else { return Ok(Vec::new()) };
        let config = load(&ConfigArg { config: path.clone() })?;
        let mut keys = Vec::new();
        for service in config.services.iter().filter(|service| service.zone == *zone) {
            let addresses = || service.sites.iter().flat_map(|site| &site.addresses);
            for (rtype, is_there) in [
                (RecordType::A, addresses().any(std::net::IpAddr::is_ipv4)),
                (RecordType::Aaaa, addresses().any(std::net::IpAddr::is_ipv6)),
            ] {
                if is_there {
                    keys.push(Key::new(service.record.clone(), rtype));
                }
            }
        }
        Ok(keys)
    }

    /// The providers to work with, at least one. Contacts nobody, unless a project must be learnt.
    pub async fn providers(&self) -> Result<Vec<Chosen>, Failed> {
        let configured = match &self.config {
            Some(path) => self.of_file(path)?,
            None => vec![self.of_options()?],
        };
        let mut chosen = Vec::new();
        for provider in configured {
            let zones = self.zone_id.clone().into_iter().collect();
            let client = compose::provider(&provider, zones, &Calls::default())
                .await
                .map_err(Failed::input)?;
            chosen.push(Chosen { client, servers: compose::name_servers(&provider) });
        }
        Ok(chosen)
    }

    /// The zone of `name` at one provider.
    pub async fn zone(
        &self,
        client: &dyn DnsProvider,
        name: Option<&Name>,
    ) -> Result<Zone, Failed> {
        let parse = |text: &str| Name::parse(text).map_err(|e| Failed::input(e.to_string()));
        let zone = match (&self.zone_id, &self.zone, name) {
            (Some(id), _, _) => lookup::find_zone_by_id(client, id, self.call()).await,
            (None, Some(zone), _) => lookup::find_zone(client, &parse(zone)?, self.call()).await,
            (None, None, Some(name)) => lookup::find_zone(client, name, self.call()).await,
            (None, None, None) => {
                let message = "which zone? give a name, or --zone, or --zone-id";
                return Err(Failed::input(message));
            }
        };
        zone.map_err(|error| failed(&error))
    }

    fn of_file(&self, path: &std::path::Path) -> Result<Vec<Provider>, Failed> {
        let config = load(&ConfigArg { config: path.to_owned() })?;
        let Some(id) = &self.provider else { return Ok(config.providers) };
        let ids: Vec<String> = config.providers.iter().map(|p| p.id.clone()).collect();
        let found: Vec<Provider> =
            config.providers.into_iter().filter(|provider| &provider.id == id).collect();
        if found.is_empty() {
            let message = format!("there is no provider \"{id}\"; there are: {}", ids.join(", "));
            return Err(Failed::input(message));
        }
        Ok(found)
    }

    fn of_options(&self) -> Result<Provider, Failed> {
        let Some(id) = &self.provider else {
            let message = "which provider? give --provider google, --provider hetzner, or --config";
            return Err(Failed::input(message));
        };
        let kind = Kind::from_str(id, true).map_err(|_| {
            let message = format!("--provider {id}: without --config it is google or hetzner");
            Failed::input(message)
        })?;
        let api = match kind {
            Kind::Google => Api::Google(Google {
                project: self.project.clone(),
                credentials: match &self.credentials {
                    Some(path) => GoogleCredentials::Json(read(path)?),
                    None => GoogleCredentials::Adc,
                },
                endpoint: self.endpoint.clone(),
                compute_endpoint: None,
                token_uri: self.token_uri.clone(),
                metadata_host: None,
            }),
            Kind::Hetzner => Api::Hetzner { token: self.token()?, endpoint: self.endpoint.clone() },
        };
        let place = Place { file: "options".to_owned(), line: 1, column: 1, key: id.clone() };
        let allow_plain = self.allow_plain;
        let id = id.clone();
        let call_timeout = self.patience;
        Ok(Provider { place, id, api, allow_plain, call_timeout, name_servers: None })
    }

    fn token(&self) -> Result<SecretString, Failed> {
        match (std::env::var("HCLOUD_TOKEN"), &self.token_file) {
            (Ok(token), _) if !token.trim().is_empty() => Ok(token.trim().into()),
            (_, Some(path)) => read(path),
            _ => {
                let message = "a token is needed: set HCLOUD_TOKEN, or give --token-file";
                Err(Failed::input(message))
            }
        }
    }
}

fn read(path: &std::path::Path) -> Result<SecretString, Failed> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failed::input(format!("cannot read {}: {error}", path.display())))?;
    Ok(text.trim().into())
}
