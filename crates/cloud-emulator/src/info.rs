//! Where everything of a running emulator is found.

use std::net::IpAddr;
use std::path::PathBuf;

use serde::Serialize;

use crate::fault::Cloud;

/// Addresses, tokens and zones of a running emulator; as JSON the one line that
/// `schwenk emulate --json` prints.
#[derive(Clone, Debug, Serialize)]
pub struct Info {
    /// Base URL of Hetzner's API, `/v1` included.
    pub hetzner: String,
    /// Base URL of Google's APIs.
    pub google: String,
    /// Google's token endpoint.
    pub google_token_uri: String,
    /// Host and port of Google's metadata server, for `GCE_METADATA_HOST`.
    pub metadata: String,
    /// Tokens that are accepted.
    pub tokens: Tokens,
    /// Service-account key file that is accepted.
    pub key_file: PathBuf,
    /// Credentials file of a user (`authorized_user`) that is accepted.
    pub user_file: PathBuf,
    /// Google project id.
    pub project: String,
    /// The zone to work with; absent if there is none.
    pub zone: Option<ZoneInfo>,
    /// Every name server of both clouds.
    pub dns: Vec<NameServer>,
    /// The name server of the zone above `zone`; absent if there is none.
    pub parent: Option<ParentInfo>,
    /// The public resolvers.
    pub resolvers: Vec<ResolverInfo>,
    /// The toy sites.
    pub sites: Vec<SiteInfo>,
    /// The fault switch.
    pub fault: String,
    /// What the name servers answer now, as JSON.
    pub state: String,
    /// The servers of both clouds as they are now, as JSON.
    pub servers: String,
}

/// Tokens that are accepted.
#[derive(Clone, Debug, Serialize)]
pub struct Tokens {
    /// Hetzner, reading and writing.
    pub hetzner: String,
    /// Hetzner, reading only.
    pub hetzner_readonly: String,
    /// Google access token.
    pub google: String,
}

/// A zone and what the clouds call it.
#[derive(Clone, Debug, Serialize)]
pub struct ZoneInfo {
    /// Absolute, lower case, no trailing dot.
    pub name: String,
    /// At Google, if it is there.
    pub google: Option<GoogleZone>,
    /// At Hetzner, if it is there.
    pub hetzner: Option<HetznerZone>,
}

/// A managed zone at Google.
#[derive(Clone, Debug, Serialize)]
pub struct GoogleZone {
    /// Name of the managed zone.
    pub name: String,
    /// Its number, as text.
    pub id: String,
}

/// A zone at Hetzner.
#[derive(Clone, Debug, Serialize)]
pub struct HetznerZone {
    /// Its id.
    pub id: u64,
}

/// An authoritative name server.
#[derive(Clone, Debug, Serialize)]
pub struct NameServer {
    /// Whose.
    pub provider: Cloud,
    /// Name, as in the NS records, without trailing dot.
    pub server: String,
    /// Address and port to ask instead of the name's; UDP and TCP.
    pub address: String,
    /// TTL in seconds of the first address record it answers; absent if there is none.
    pub ttl: Option<u32>,
}

/// The name server that delegates the zone.
#[derive(Clone, Debug, Serialize)]
pub struct ParentInfo {
    /// The parent zone: absolute, lower case, no trailing dot.
    pub zone: String,
    /// Name, without trailing dot.
    pub server: String,
    /// Address and port; UDP and TCP.
    pub address: String,
}

/// A public resolver.
#[derive(Clone, Debug, Serialize)]
pub struct ResolverInfo {
    /// Name.
    pub name: String,
    /// Address and port; UDP and TCP.
    pub address: String,
}

/// A toy site.
#[derive(Clone, Debug, Serialize)]
pub struct SiteInfo {
    /// Name, as in faults.
    pub name: String,
    /// The cloud it goes down with.
    pub cloud: Option<Cloud>,
    /// Loopback address.
    pub address: IpAddr,
    /// Port.
    pub port: u16,
    /// `http://address:port/`.
    pub url: String,
}
