//! What an emulator can be told before it starts.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::fault::Cloud;
use crate::hetzner::NAME_SERVERS;

/// The name servers of the first zone of any name at Google.
pub(crate) const GOOGLE_NAME_SERVERS: [&str; 4] = [
    "ns-cloud-b1.googledomains.com.",
    "ns-cloud-b2.googledomains.com.",
    "ns-cloud-b3.googledomains.com.",
    "ns-cloud-b4.googledomains.com.",
];

/// How to start an emulator. [`Options::default`] needs nothing: free ports on 127.0.0.1, fresh
/// random tokens, a generated key, one zone at both clouds and two sites.
#[derive(Clone, Debug)]
pub struct Options {
    /// Address of the APIs, the control endpoint and the name servers.
    pub listen: IpAddr,
    /// Port of Hetzner's API; 0 for any free one, as with all ports here.
    pub hetzner_port: u16,
    /// Port of Google's APIs and token endpoint.
    pub google_port: u16,
    /// Port of Google's metadata server.
    pub metadata_port: u16,
    /// Port of the fault switch.
    pub control_port: u16,
    /// Port, UDP and TCP, of Google's name servers.
    pub google_dns_port: u16,
    /// Port, UDP and TCP, of Hetzner's name servers.
    pub hetzner_dns_port: u16,
    /// Hetzner token that may write; random if not given.
    pub hetzner_token: Option<String>,
    /// Hetzner token that may only read; random if not given.
    pub hetzner_readonly_token: Option<String>,
    /// Google access token accepted besides those the token endpoint gives out; random if not
    /// given.
    pub google_access_token: Option<String>,
    /// How long a Google access token that was given out is accepted.
    pub token_lifetime: Duration,
    /// Google project id.
    pub project: String,
    /// Service-account key file: read if it exists, written if not. `None`: a file in a fresh
    /// private directory that goes away with the emulator.
    pub key_file: Option<PathBuf>,
    /// Start without any zone.
    pub empty: bool,
    /// Zones to start with instead of the default one.
    pub state: Option<State>,
    /// The default zone, at both clouds: apex NS of both, and `app` with the first site's address.
    pub zone: String,
    /// Toy web sites; the ones with port 0 share one free port.
    pub sites: Vec<SiteOptions>,
    /// How long a Hetzner action runs.
    pub action_delay: Duration,
    /// How long a Google change is pending.
    pub change_delay: Duration,
    /// How long after the end of the operation the name servers answer the new content.
    pub publish_delay: Duration,
    /// How long a server takes to be created, to start, to stop and to change its type.
    pub server_delay: Duration,
    /// How long after its start a server's system is up.
    pub boot_delay: Duration,
    /// How long Google lets a `wait` wait before it answers with the operation as it is.
    pub wait_limit: Duration,
    /// Size and hourly refill of Hetzner's request bucket.
    pub rate_limit_per_hour: u32,
    /// Port, UDP and TCP, of the name server of the zone above [`Options::zone`].
    pub parent_dns_port: u16,
    /// What that name server says of the zone.
    pub delegation: Delegation,
    /// How the zones are signed.
    pub dnssec: Dnssec,
    /// Public resolvers.
    pub resolvers: Vec<ResolverOptions>,
}

/// What the parent zone says of [`Options::zone`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delegation {
    /// The name servers; `None`: those of both clouds.
    pub name_servers: Option<Vec<String>>,
    /// Addresses of name servers inside the parent zone.
    pub glue: Vec<(String, IpAddr)>,
    /// The clouds whose keys the parent vouches for; `None`: all that sign.
    pub ds: Option<Vec<Cloud>>,
}

/// How the zones are signed: with a key of each cloud's own, made when the emulator starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dnssec {
    /// The clouds that sign; none by default.
    pub signers: Vec<Cloud>,
    /// Each publishes only its own key, and not also the other's as multi-signer zones must
    /// (RFC 8901).
    pub separate_keys: bool,
    /// The clouds whose signatures have ended already.
    pub expired: Vec<Cloud>,
}

/// A public resolver: it keeps answers for as long as their TTL says, or longer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResolverOptions {
    /// Its name.
    pub name: String,
    /// A smaller TTL is replaced by this one.
    pub floor: Duration,
    /// So much longer than its TTL an answer is still given.
    pub hold: Duration,
    /// It answers nothing at all.
    pub silent: bool,
}

/// A toy web site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteOptions {
    /// Name, as used by faults and shown in the body.
    pub name: String,
    /// Loopback address.
    pub address: IpAddr,
    /// Port; 0 for a free one.
    pub port: u16,
    /// The cloud it stands in: it goes down with it.
    pub cloud: Option<Cloud>,
}

/// Zones of both clouds, as JSON: what an emulator starts with, and what `GET /_state` answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Zones at Google.
    #[serde(default)]
    pub google: Vec<SeedZone>,
    /// Zones at Hetzner.
    #[serde(default)]
    pub hetzner: Vec<SeedZone>,
}

/// A zone with its RRsets. The SOA and, if not given, the apex NS are added by the cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedZone {
    /// Absolute name; case and a trailing dot do not matter.
    pub name: String,
    /// RRsets.
    #[serde(default)]
    pub rrsets: Vec<SeedRrSet>,
}

/// An RRset of a [`SeedZone`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedRrSet {
    /// Absolute name inside the zone; case and a trailing dot do not matter.
    pub name: String,
    /// Type, such as `A`.
    #[serde(rename = "type")]
    pub rtype: String,
    /// TTL in seconds.
    pub ttl: u32,
    /// Values in zone-file notation.
    pub values: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        let site = |name: &str, third, cloud| SiteOptions {
            name: name.to_owned(),
            address: Ipv4Addr::new(127, 0, third, 1).into(),
            port: 0,
            cloud: Some(cloud),
        };
        Self {
            listen: Ipv4Addr::LOCALHOST.into(),
            hetzner_port: 0,
            google_port: 0,
            metadata_port: 0,
            control_port: 0,
            google_dns_port: 0,
            hetzner_dns_port: 0,
            hetzner_token: None,
            hetzner_readonly_token: None,
            google_access_token: None,
            token_lifetime: Duration::from_secs(3599),
            project: "schwenk-demo".to_owned(),
            key_file: None,
            empty: false,
            state: None,
            zone: "schwenk.example".to_owned(),
            sites: vec![site("one", 10, Cloud::Google), site("two", 20, Cloud::Hetzner)],
            action_delay: Duration::from_millis(150),
            change_delay: Duration::from_millis(150),
            publish_delay: Duration::from_millis(50),
            server_delay: Duration::from_millis(300),
            boot_delay: Duration::from_millis(500),
            wait_limit: Duration::from_secs(120),
            rate_limit_per_hour: 3600,
            parent_dns_port: 0,
            delegation: Delegation::default(),
            dnssec: Dnssec::default(),
            resolvers: Vec::new(),
        }
    }
}

/// The state of an emulator that was told nothing: the zone at both clouds with the name servers
/// of both (each answers for all of them, as a zone with two providers must), and `app` at the
/// first site's address.
pub(crate) fn default_state(options: &Options) -> State {
    let apex = plain_name(&options.zone);
    let servers = GOOGLE_NAME_SERVERS.into_iter().chain(NAME_SERVERS).map(str::to_owned).collect();
    let set = |name: String, rtype: &str, ttl, values| SeedRrSet {
        name,
        rtype: rtype.to_owned(),
        ttl,
        values,
    };
    let mut rrsets = vec![set(apex.clone(), "NS", 3600, servers)];
    if let Some(site) = options.sites.first() {
        let rtype = if site.address.is_ipv4() { "A" } else { "AAAA" };
        rrsets.push(set(format!("app.{apex}"), rtype, 60, vec![site.address.to_string()]));
    }
    let zone = SeedZone { name: apex, rrsets };
    State { google: vec![zone.clone()], hetzner: vec![zone] }
}

/// Lower case, no trailing dot: how names are written inside the emulator.
pub(crate) fn plain_name(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}
