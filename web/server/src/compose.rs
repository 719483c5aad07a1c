//! From a configuration to clients and a watcher: the one place that knows all the crates.
mod cluster;
mod compute;
mod notify;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use cloud_api::blueprint::Clouds;
use cloud_http::google::{
    AuthorizedUser, Credentials, MetadataServer, SCOPE_DNS, ServiceAccount, ServiceAccountKey,
    Surroundings, UserCredentials, Wiring, application_default,
};
use cloud_http::{Failure, HttpOptions, HttpTransport, TokenSource, Transport};
use dns_provider::decorate::Recorded;
use dns_provider::google::GoogleDnsBuilder;
use dns_provider::propagation::NameServer;
use dns_provider::{DnsProvider, GoogleDns, HetznerDns, HetznerDnsBuilder};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OnceCell;
use watcher::{
    BuildError, ChannelSpec, Options, ProviderSpec, ServiceSpec, SiteSpec, Watcher, ZoneRef,
};

use crate::config::{self, Api, Config, Google, GoogleCredentials};
use crate::metrics::Calls;

pub use cluster::store;
pub use compute::{clouds, clouds_of_sites, site_servers};
pub use notify::{channels, heartbeat};

/// How long the search for credentials may take when the project must be learnt from them.
const SEARCH: Duration = Duration::from_secs(5);

/// A client for each configured provider, in the configuration's order; `calls` counts what it is
/// asked. Sends nothing, unless a Google project must be learnt from the metadata server.
pub async fn providers(
    config: &Config,
    calls: &Calls,
) -> Result<Vec<Arc<dyn DnsProvider>>, config::Problem> {
    let mut clients = Vec::new();
    for provider in &config.providers {
        let client = self::provider(provider, zone_ids(config, &provider.id), calls).await;
        let client = client.map_err(|message| provider.place.problem(message))?;
        clients.push(Arc::new(Recorded::new(client, Arc::new(calls.clone()))) as _);
    }
    Ok(clients)
}

/// A client for one provider. With `zones`, it looks at no others and needs no right to list them.
pub async fn provider(
    provider: &config::Provider,
    zones: Vec<String>,
    calls: &Calls,
) -> Result<Arc<dyn DnsProvider>, String> {
    let transport = calls.on_the_way(transport(provider.allow_plain)?, &provider.id, "dns");
    match &provider.api {
        Api::Google(google) => self::google(&provider.id, google, zones, transport).await,
        Api::Hetzner { token, endpoint } => {
            let builder = HetznerDns::builder(token.clone(), transport).id(&provider.id);
            let builder = match endpoint {
                Some(endpoint) => builder.endpoint(endpoint),
                None => builder,
            };
            let builder = zones.into_iter().fold(builder, HetznerDnsBuilder::zone);
            let client = builder.build().map_err(|error| error.failure.to_string())?;
            Ok(Arc::new(client))
        }
    }
}

async fn google(
    id: &str,
    google: &Google,
    zones: Vec<String>,
    transport: Arc<dyn Transport>,
) -> Result<Arc<dyn DnsProvider>, String> {
    let wiring = Wiring::new(transport.clone());
    let variable = |name: &str| std::env::var(name).ok();
    let (tokens, project) = credentials(google, &[SCOPE_DNS], wiring, &variable).await?;
    let builder = GoogleDns::builder(project, tokens, transport).id(id);
    let builder = match &google.endpoint {
        Some(endpoint) => builder.endpoint(endpoint),
        None => builder,
    };
    let builder = zones.into_iter().fold(builder, GoogleDnsBuilder::zone);
    Ok(Arc::new(builder.build()))
}

/// The tokens and the project. The network is asked only where the project is not known otherwise.
async fn credentials(
    google: &Google,
    scopes: &'static [&'static str],
    wiring: Wiring,
    variable: &(dyn Fn(&str) -> Option<String> + Sync),
) -> Result<(Arc<dyn TokenSource>, String), String> {
    let (tokens, found): (Arc<dyn TokenSource>, _) = match &google.credentials {
        GoogleCredentials::Json(json) => {
            let found =
                from_json(google, scopes, json, &wiring).map_err(|failure| failure.to_string())?;
            (found.tokens, named_project(variable).or(found.project.map(|project| project.id)))
        }
        GoogleCredentials::Metadata => {
            let host = google.metadata_host.as_deref().unwrap_or(MetadataServer::HOST);
            let server = MetadataServer::new(wiring).at(host);
            let project = match &google.project {
                Some(_) => None,
                None => Some(
                    server.project_id(Instant::now() + SEARCH).await.map_err(|f| f.to_string())?,
                ),
            };
            (Arc::new(server), project)
        }
        GoogleCredentials::Adc => {
            let default = DefaultCredentials::new(google.metadata_host.clone(), scopes, wiring);
            let project = match &google.project {
                Some(_) => None,
                None => {
                    let found = default.found(Instant::now() + SEARCH).await;
                    let found = found.map_err(|failure| failure.to_string())?;
                    found.project.as_ref().map(|project| project.id.clone())
                }
            };
            (Arc::new(default), project)
        }
    };
    let project = google.project.clone().or(found).ok_or({
        "the credentials name no project; write project = \"…\", the project that holds the zones"
    })?;
    Ok((tokens, project))
}

/// The project that the environment names: before the credentials' own, as Google's tools do it.
fn named_project(variable: &(dyn Fn(&str) -> Option<String> + Sync)) -> Option<String> {
    let names = ["GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"];
    let set = |name: &&str| variable(name).filter(|value| !value.trim().is_empty());
    names.iter().find_map(set)
}

fn from_json(
    google: &Google,
    scopes: &'static [&'static str],
    json: &SecretString,
    wiring: &Wiring,
) -> Result<Credentials, Failure> {
    let text = json.expose_secret();
    let mut found = Credentials::from_json(text, "credentials", scopes, wiring)?;
    if let Some(uri) = &google.token_uri {
        found.tokens = match ServiceAccountKey::from_json(text) {
            Ok(mut key) => {
                key.token_uri.clone_from(uri);
                Arc::new(ServiceAccount::new(key, scopes, wiring.clone()))
            }
            // What was read above is a key or a user.
            Err(_) => {
                let mut user = UserCredentials::from_json(text)?;
                user.token_uri.clone_from(uri);
                Arc::new(AuthorizedUser::new(user, wiring.clone()))
            }
        };
    }
    Ok(found)
}

/// Application Default Credentials, looked for when the first token is needed: the metadata server
/// must not delay the first probe.
struct DefaultCredentials {
    metadata_host: Option<String>,
    scopes: &'static [&'static str],
    wiring: Wiring,
    found: OnceCell<Credentials>,
}

impl DefaultCredentials {
    fn new(metadata_host: Option<String>, scopes: &'static [&'static str], wiring: Wiring) -> Self {
        Self { metadata_host, scopes, wiring, found: OnceCell::new() }
    }

    async fn found(&self, deadline: Instant) -> Result<&Credentials, Failure> {
        let search = || application_default(self, self.scopes, &self.wiring, deadline);
        self.found.get_or_try_init(search).await
    }
}

impl fmt::Debug for DefaultCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Application Default Credentials")
    }
}

impl Surroundings for DefaultCredentials {
    fn variable(&self, name: &str) -> Option<String> {
        let configured = self.metadata_host.clone().filter(|_| name == "GCE_METADATA_HOST");
        configured.or_else(|| std::env::var(name).ok())
    }

    fn read(&self, path: &Path) -> std::io::Result<String> {
        std::fs::read_to_string(path)
    }
}

#[async_trait]
impl TokenSource for DefaultCredentials {
    async fn token(&self, deadline: Instant) -> Result<SecretString, Failure> {
        self.found(deadline).await?.tokens.token(deadline).await
    }

    fn invalidate(&self, stale: &SecretString) {
        if let Some(found) = self.found.get() {
            found.tokens.invalidate(stale);
        }
    }

    fn headers(&self) -> http::HeaderMap {
        self.found.get().map(|found| found.tokens.headers()).unwrap_or_default()
    }
}

/// HTTP as all clients of this program speak it.
pub fn transport(allow_plain: bool) -> Result<Arc<dyn Transport>, String> {
    let mut options = HttpOptions::default();
    options.allow_plain = allow_plain;
    let transport = HttpTransport::new(options).map_err(|error| error.to_string())?;
    Ok(Arc::new(transport))
}

/// The zones that services name by id, if every service of this provider does.
fn zone_ids(config: &Config, provider: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for service in &config.services {
        let members = service.policy.spec().providers.iter().zip(&service.zone_ids);
        for (_, id) in members.filter(|(member, _)| member.name == provider) {
            let Some(id) = id else { return Vec::new() };
            ids.push(id.clone());
        }
    }
    ids.sort();
    ids.dedup();
    ids
}

/// The watcher the configuration describes. Opens the journal; contacts nobody.
pub fn watcher(
    config: &Config,
    providers: &[Arc<dyn DnsProvider>],
    clouds: &Clouds,
    channels: Vec<ChannelSpec>,
    options: Options,
) -> Result<Watcher, BuildError> {
    let mut builder = Watcher::builder(&config.vantage)
        .version(crate::VERSION)
        .journal(&config.journal)
        .options(options);
    if let Some(panel) = &config.server.public_origin {
        builder = builder.panel(panel);
    }
    for channel in channels {
        builder = builder.channel(channel);
    }
    if let Some(cluster) = &config.cluster {
        builder = builder.cluster(cluster::group(cluster)?);
    }
    for (provider, client) in config.providers.iter().zip(providers) {
        let mut spec = ProviderSpec::new(&provider.id, client.clone());
        spec.call_timeout = provider.call_timeout;
        spec.servers = name_servers(provider);
        builder = builder.provider(spec);
    }
    for service in &config.services {
        for site in &service.sites {
            if let Some(servers) = site_servers(site, clouds) {
                let name = &service.policy.spec().service;
                builder = builder.power(name, &site.name, Arc::new(servers));
            }
        }
        builder = builder.service(self::service(service));
    }
    builder.build()
}

/// The intervals the configuration sets; the rest is the watcher's own.
pub fn options(config: &Config) -> Options {
    Options {
        drift_interval: config.drift_interval,
        anchors: config.anchors.clone(),
        retention: config.retention,
        resolvers: config.resolvers.clone(),
        ..Options::default()
    }
}

/// Where a provider's name servers are asked, if the configuration says so.
pub fn name_servers(provider: &config::Provider) -> Option<Vec<NameServer>> {
    let servers = provider.name_servers.as_ref()?.iter().map(|server| NameServer {
        name: server.name.clone(),
        addresses: server.addresses.clone(),
    });
    Some(servers.collect())
}

fn service(service: &config::Service) -> ServiceSpec {
    let site = |site: &config::Site| SiteSpec {
        name: site.name.clone(),
        location: site.location.clone(),
        targets: site.addresses.clone(),
    };
    let zone = |id: &Option<String>| match id {
        Some(id) => ZoneRef::Id(id.clone()),
        None => ZoneRef::Name(service.zone.clone()),
    };
    ServiceSpec {
        policy: service.policy.clone(),
        name: service.record.clone(),
        ttl: service.ttl,
        sites: service.sites.iter().map(site).collect(),
        checks: service.checks.clone(),
        layers: service.layers.clone(),
        zones: service.zone_ids.iter().map(zone).collect(),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    const USER: &str = r#"{"type": "authorized_user", "client_id": "id",
        "client_secret": "secret", "refresh_token": "refresh"}"#;

    fn from_user(token_uri: Option<String>) -> Google {
        Google {
            project: None,
            credentials: GoogleCredentials::Json(USER.to_owned().into()),
            endpoint: None,
            compute_endpoint: None,
            token_uri,
            metadata_host: None,
        }
    }

    fn wiring() -> Wiring {
        Wiring::new(transport(false).expect("a transport"))
    }

    #[tokio::test]
    async fn a_users_login_is_exchanged_where_the_configuration_says() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let uri = format!("http://{}/token", listener.local_addr().expect("it is bound"));
        let server = tokio::spawn(async move {
            let (mut client, _) = listener.accept().await.expect("somebody asks");
            let mut request = Vec::new();
            while !String::from_utf8_lossy(&request).contains("refresh_token=refresh") {
                assert!(client.read_buf(&mut request).await.expect("it can be read") > 0);
            }
            let body = r#"{"access_token": "fresh", "expires_in": 3600, "token_type": "Bearer"}"#;
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ";
            let answer = format!("{head}{}\r\n\r\n{body}", body.len());
            client.write_all(answer.as_bytes()).await.expect("it can be written");
            String::from_utf8_lossy(&request).lines().next().map(str::to_owned)
        });
        let project = |name: &str| (name == "GOOGLE_CLOUD_PROJECT").then(|| "acme".to_owned());
        let google = from_user(Some(uri));
        let (tokens, _) =
            credentials(&google, &[SCOPE_DNS], wiring(), &project).await.expect("they are right");
        let token = tokens.token(Instant::now() + Duration::from_secs(60)).await.expect("a token");
        assert_eq!(token.expose_secret(), "fresh");
        assert_eq!(server.await.expect("no panic").as_deref(), Some("POST /token HTTP/1.1"));
    }

    #[tokio::test]
    async fn the_environment_names_the_project_of_credentials_that_are_given() {
        for (variable, found) in [
            ("GOOGLE_CLOUD_PROJECT", Ok("acme")),
            ("GCLOUD_PROJECT", Ok("acme")),
            ("PROJECT", Err("the credentials name no project")),
        ] {
            let named = |name: &str| (name == variable).then(|| "acme".to_owned());
            let project = credentials(&from_user(None), &[SCOPE_DNS], wiring(), &named).await;
            match (project, found) {
                (Ok((_, project)), Ok(wanted)) => assert_eq!(project, wanted),
                (Err(message), Err(wanted)) => assert!(message.starts_with(wanted), "{message}"),
                (other, _) => panic!("{variable}: {:?}", other.map(|(_, project)| project)),
            }
        }
        let named = |_: &str| Some("acme".to_owned());
        let written = Google { project: Some("zones".to_owned()), ..from_user(None) };
        let (_, project) =
            credentials(&written, &[SCOPE_DNS], wiring(), &named).await.expect("they are right");
        assert_eq!(project, "zones", "the file is nearer than the environment");
    }
}
