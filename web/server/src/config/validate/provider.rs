//! `[[providers]]`: whose API, with which credentials.
use std::collections::BTreeMap;
use std::time::Duration;

use cloud_http::google::Credentials;
use secrecy::ExposeSecret;

use super::{name, or};
use crate::config::file::{File, ProviderFile};
use crate::config::model::{Api, Google, GoogleCredentials, NameServer, Provider};
use crate::config::problem::At;
use crate::config::read::{Field, Reader};
use crate::config::scalar::ProviderKind;
use crate::config::secret::Surroundings;

const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// A provider of the file. One whose settings are wrong is still known by its id, so that the
/// services that name it do not cause a second message.
pub struct Declared {
    /// Its id.
    pub id: String,
    /// The smallest TTL it accepts, in seconds.
    pub ttl_min: u32,
    /// Whether its server checks the precondition of a write.
    pub guarded: bool,
    /// The longest an operation there may take.
    pub call_timeout: Duration,
    /// It, if its settings are right.
    pub provider: Option<Provider>,
}

pub fn providers(file: &File, around: &Surroundings<'_>, reader: &mut Reader<'_>) -> Vec<Declared> {
    let why = "write a [[providers]] section for each DNS provider of your zones";
    let Some(list) = reader.need(&file.at, "providers", file.providers.as_ref(), why) else {
        return Vec::new();
    };
    let mut taken = BTreeMap::new();
    let mut declared = Vec::new();
    for Field { value: provider, at } in &list.value {
        let id = name(at, "id", provider.id.as_ref(), &mut taken, reader);
        let why = "write \"google\" or \"hetzner\"";
        let kind = reader.need(at, "kind", provider.kind.as_ref(), why).map(|kind| kind.value);
        let servers = name_servers(provider, reader);
        let api = kind.and_then(|kind| {
            misplaced(provider, kind, reader);
            api(provider, at, kind, around, reader)
        });
        let call_timeout = or(provider.call_timeout.as_ref(), CALL_TIMEOUT);
        if let Some(field) = &provider.call_timeout
            && !(Duration::from_secs(1)..=Duration::from_secs(300)).contains(&call_timeout)
        {
            reader.error(&field.at, "an API operation must be given from 1 s to 5 min");
        }
        let Some(id) = id else { continue };
        let complete = api.map(|api| Provider {
            place: reader.place(at),
            id: id.clone(),
            api,
            allow_plain: or(provider.allow_plain.as_ref(), false),
            call_timeout,
            name_servers: servers,
        });
        declared.push(Declared {
            id,
            ttl_min: kind.map_or(0, ttl_min),
            guarded: kind == Some(ProviderKind::Google),
            call_timeout,
            provider: complete,
        });
    }
    declared
}

/// Hetzner refuses a smaller TTL than 60 with 422 `invalid_input`; Google accepts 0.
fn ttl_min(kind: ProviderKind) -> u32 {
    match kind {
        ProviderKind::Google => 0,
        ProviderKind::Hetzner => 60,
    }
}

fn api(
    file: &ProviderFile,
    at: &At,
    kind: ProviderKind,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<Api> {
    let plain = or(file.allow_plain.as_ref(), false);
    let endpoint = file.endpoint.as_ref().map(|field| url(field, plain, reader));
    match kind {
        ProviderKind::Google => {
            let token_uri = file.token_uri.as_ref().map(|field| url(field, plain, reader));
            let compute = file.compute_endpoint.as_ref().map(|field| url(field, plain, reader));
            Some(Api::Google(Google {
                project: file.project.as_ref().map(|field| field.value.clone()),
                credentials: credentials(file, around, reader)?,
                endpoint: transpose(endpoint)?,
                compute_endpoint: transpose(compute)?,
                token_uri: transpose(token_uri)?,
                metadata_host: file.metadata_host.as_ref().map(|field| field.value.clone()),
            }))
        }
        ProviderKind::Hetzner => {
            let why = "write \"env:HCLOUD_TOKEN\" or \"file:/path\"";
            let token = reader.need(at, "token", file.token.as_ref(), why)?;
            let token = around.secret(token, reader)?;
            Some(Api::Hetzner { token, endpoint: transpose(endpoint)? })
        }
    }
}

/// An absent value is fine, a wrong one is not.
#[allow(clippy::option_option)]
fn transpose(value: Option<Option<String>>) -> Option<Option<String>> {
    match value {
        Some(None) => None,
        other => Some(other.flatten()),
    }
}

fn credentials(
    file: &ProviderFile,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<GoogleCredentials> {
    match &file.credentials {
        None => Some(GoogleCredentials::Adc),
        Some(field) if field.value == "adc" => Some(GoogleCredentials::Adc),
        Some(field) if field.value == "metadata" => Some(GoogleCredentials::Metadata),
        Some(field) if field.value.contains(':') && !field.value.contains('{') => {
            let json = around.secret(field, reader)?;
            // A key that cannot sign is told now, and not in the first failover.
            if let Err(failure) = Credentials::check(json.expose_secret()) {
                reader.error(&field.at, format!("{}: {}", field.value, failure.message));
                return None;
            }
            Some(GoogleCredentials::Json(json))
        }
        Some(field) => {
            let remedy = "write \"adc\", \"metadata\", \"file:/path/key.json\" or \"env:NAME\"";
            reader.error(&field.at, format!("unknown kind of credentials; {remedy}"));
            None
        }
    }
}

/// Reports keys that belong to the other kind.
fn misplaced(file: &ProviderFile, kind: ProviderKind, reader: &mut Reader<'_>) {
    let google = [
        &file.project,
        &file.credentials,
        &file.metadata_host,
        &file.token_uri,
        &file.compute_endpoint,
    ];
    let hetzner = [&file.token];
    let (wrong, owner) = match kind {
        ProviderKind::Google => (&hetzner[..], "hetzner"),
        ProviderKind::Hetzner => (&google[..], "google"),
    };
    for field in wrong.iter().filter_map(|field| field.as_ref()) {
        reader.error(&field.at, format!("only a provider of kind \"{owner}\" has this; remove it"));
    }
}

fn name_servers(file: &ProviderFile, reader: &mut Reader<'_>) -> Option<Vec<NameServer>> {
    let list = file.name_servers.as_ref()?;
    if list.value.is_empty() && !reader.is_broken(&list.at) {
        let remedy = "name one, or remove the key to ask those the zone names";
        reader.error(&list.at, format!("no name server would be asked; {remedy}"));
    }
    let mut servers = Vec::new();
    for Field { value: server, at } in &list.value {
        let why = "write the name the zone gives it";
        let name = reader.need(at, "name", server.name.as_ref(), why);
        let why = "write the addresses to ask, with port: [\"192.0.2.53:53\"]";
        let addresses = reader.need(at, "addresses", server.addresses.as_ref(), why);
        if let Some(Err(error)) = name.map(|name| dns_provider::Name::parse(&name.value)) {
            let at = server.name.as_ref().map_or(at, |field| &field.at);
            reader.error(at, format!("{error}; write one such as \"ns1.example.com\""));
        }
        if let Some(list) = addresses.filter(|list| list.value.is_empty())
            && !reader.is_broken(&list.at)
        {
            reader.error(&list.at, format!("a name server without an address; {why}"));
        }
        if let (Some(name), Some(addresses)) = (name, addresses) {
            let addresses = addresses.value.iter().map(|address| address.value).collect();
            servers.push(NameServer { name: name.value.clone(), addresses });
        }
    }
    Some(servers)
}

/// A base URL without a trailing slash.
fn url(field: &Field<String>, plain: bool, reader: &mut Reader<'_>) -> Option<String> {
    let uri = field.value.parse::<http::Uri>().ok();
    let sound = uri.filter(|uri| {
        let named = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
        uri.host().is_some() && uri.query().is_none() && !named
    });
    match sound.as_ref().and_then(http::Uri::scheme_str) {
        Some("https") => {}
        Some("http") => {
            let host = sound.as_ref().and_then(http::Uri::host).unwrap_or("");
            if !plain && !is_loopback(host) {
                let message = format!(
                    "the token would travel unencrypted to {host}; write https://, or \
                     allow_plain = true if nobody can listen on the way"
                );
                reader.error(&field.at, message);
                return None;
            }
        }
        _ => {
            let remedy = "write one such as \"https://api.example.com/v1\", without user and query";
            reader.error(&field.at, format!("this is not a base URL; {remedy}"));
            return None;
        }
    }
    Some(field.value.trim_end_matches('/').to_owned())
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
