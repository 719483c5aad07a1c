//! Partial responses: the `fields` mask, `a,b/c,d(e,f/g),*`.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

use serde_json::{Map, Value};

use super::error::{ApiError, Problem};

/// A parsed mask: the selected members and, below each, another mask; no entry selects everything.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Mask(BTreeMap<String, Mask>);

impl Mask {
    /// Reads a mask of members Cloud DNS has.
    pub(crate) fn parse(text: &str) -> Result<Self, ApiError> {
        let mask = Self::parse_any(text)?;
        match mask.unknown() {
            Some(name) => Err(invalid(&name)),
            None => Ok(mask),
        }
    }

    /// Reads a mask of whatever members.
    pub(crate) fn parse_any(text: &str) -> Result<Self, ApiError> {
        let mut chars = text.chars().peekable();
        let mut mask = Self::default();
        let parsed = list(&mut chars, &mut mask, 0);
        if parsed.is_none() || chars.next().is_some() {
            return Err(invalid(text));
        }
        Ok(mask)
    }

    /// The selected part of `value`; a list is searched member by member.
    pub(crate) fn apply(&self, value: &Value) -> Value {
        if self.0.is_empty() {
            return value.clone();
        }
        match value {
            Value::Array(items) => items.iter().map(|item| self.apply(item)).collect(),
            Value::Object(members) => {
                let kept = members.iter().filter_map(|(name, member)| {
                    let below = self.0.get(name).or_else(|| self.0.get("*"))?;
                    Some((name.clone(), below.apply(member)))
                });
                Value::Object(kept.collect::<Map<_, _>>())
            }
            scalar => scalar.clone(),
        }
    }

    fn unknown(&self) -> Option<String> {
        self.0.iter().find_map(|(name, below)| {
            if name == "labels" {
                return None;
            }
            let known = name == "*" || NAMES.split(' ').any(|one| one == name);
            if known { below.unknown() } else { Some(name.clone()) }
        })
    }

    /// Selecting a whole member wins over selecting a part of it.
    fn add(&mut self, path: Vec<String>, leaf: Mask) {
        let mut here = self;
        let last = path.len().saturating_sub(1);
        for (depth, name) in path.into_iter().enumerate() {
            let fresh = !here.0.contains_key(&name);
            let next = here.0.entry(name).or_default();
            if !fresh && next.0.is_empty() {
                return;
            }
            if depth == last {
                if leaf.0.is_empty() {
                    next.0.clear();
                } else {
                    next.0.extend(leaf.0);
                }
                return;
            }
            here = next;
        }
    }
}

fn list(chars: &mut Peekable<Chars<'_>>, into: &mut Mask, depth: usize) -> Option<()> {
    const DEEPEST: usize = 16;
    if depth > DEEPEST {
        return None;
    }
    loop {
        let (path, leaf) = selection(chars, depth)?;
        into.add(path, leaf);
        if chars.next_if_eq(&',').is_none() {
            return Some(());
        }
    }
}

fn selection(chars: &mut Peekable<Chars<'_>>, depth: usize) -> Option<(Vec<String>, Mask)> {
    let mut path = Vec::new();
    loop {
        let mut name = String::new();
        let part = |c: &char| c.is_ascii_alphanumeric() || "*_-.".contains(*c);
        while let Some(c) = chars.next_if(part) {
            name.push(c);
        }
        if name.is_empty() {
            return None;
        }
        path.push(name);
        if chars.next_if_eq(&'/').is_none() {
            break;
        }
    }
    let mut leaf = Mask::default();
    if chars.next_if_eq(&'(').is_some() {
        list(chars, &mut leaf, depth + 1)?;
        chars.next_if_eq(&')')?;
    }
    Some((path, leaf))
}

fn invalid(selection: &str) -> ApiError {
    Problem::parameter("fields", format!("Invalid field selection {selection}")).into()
}

/// Every member name an answer of Cloud DNS can have.
const NAMES: &str = "additions algorithm allQueries alternativeNameServerConfig auditConfigs auditLogConfigs \
    backupGeoTargets bindings changes cloudLoggingConfig condition creationTime deactivateTime \
    defaultKeySpecs deletionTime deletions description digest digests dns64Config dnsKeyContext \
    dnsKeys dnsKeysPerManagedZone dnsName dnssecConfig domainName enableFencing \
    enableInboundForwarding enableLogging etag exemptedMembers expression externalEndpoints \
    forwardingConfig forwardingPath geo gkeClusterName gkeClusters gkeClustersPerManagedZone \
    gkeClustersPerPolicy gkeClustersPerResponsePolicy healthCheck healthCheckedTargets id \
    internalLoadBalancers internetHealthChecksPerManagedZone ipAddress ipProtocol ipv4Address \
    ipv6Address isActive isServing items itemsPerRoutingPolicy keyLength keyTag keyType kind \
    labels loadBalancerType location logType managedZones managedZonesPerGkeCluster \
    managedZonesPerNetwork members name nameServerSet nameServers nameserversPerDelegation \
    namespace namespaceUrl networkUrl networks networksPerManagedZone networksPerPolicy \
    networksPerResponsePolicy newValue nextPageToken nonExistence number oldValue operations \
    outboundEndpoints outboundEndpointsPerManagedZone outboundEndpointsPerPolicy peeringConfig \
    peeringZonesPerTargetNetwork permissions policies port primaryBackup primaryTargets \
    privateVisibilityConfig project publicKey quota region resourceRecordsPerRrset \
    responsePolicies responsePolicyName responsePolicyRulesPerResponsePolicy reverseLookupConfig \
    role routingPolicy rrdatas rrsetAdditionsPerChange rrsetDeletionsPerChange rrsets \
    rrsetsPerManagedZone scope service serviceDirectoryConfig signatureRrdatas startTime state \
    status targetNameServers targetNameServersPerManagedZone targetNameServersPerPolicy \
    targetNetwork title totalRrdataSizePerChange trickleTraffic ttl type user version visibility \
    weight whitelistedKeySpecs wrr zoneContext";
