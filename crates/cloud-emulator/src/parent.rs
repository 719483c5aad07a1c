//! What lies around the clouds' name servers: the parent zone, the keys it vouches for, resolvers.

use std::net::{IpAddr, SocketAddr};

use crate::authority::{self, Key, Name, Signer, ZoneRecord};
use crate::emulator::StartError;
use crate::fault::Cloud;
use crate::hetzner::NAME_SERVERS;
use crate::info::{ParentInfo, ResolverInfo};
use crate::options::{Dnssec, GOOGLE_NAME_SERVERS, plain_name};
use crate::resolver::Resolver;
use crate::start::Start;

/// As at most registries.
const DELEGATION_TTL: u32 = 86_400;

/// The keys of the clouds that sign.
pub(crate) struct Keys(Vec<(Cloud, Key)>);

impl Keys {
    pub(crate) fn generate(options: &Dnssec) -> Self {
        let key = |cloud: &Cloud| Some((*cloud, Key::generate()?));
        Self(options.signers.iter().filter_map(key).collect())
    }

    pub(crate) fn signer(&self, cloud: Cloud, options: &Dnssec) -> Option<Signer> {
        let (_, key) = self.0.iter().find(|(owner, _)| *owner == cloud)?;
        let others = self.0.iter().filter(|(owner, _)| *owner != cloud && !options.separate_keys);
        Some(Signer {
            key: key.clone(),
            others: others.map(|(_, key)| key.clone()).collect(),
            expired: options.expired.contains(&cloud),
        })
    }
}

impl Start {
    /// Serves the parent of the wanted zone; `None` if that is a top-level one.
    pub(crate) async fn parent(&mut self) -> Result<Option<ParentInfo>, StartError> {
        let zone = plain_name(&self.options.zone);
        let Some((_, parent)) = zone.split_once('.') else { return Ok(None) };
        self.parent_dns.publish(parent, self.delegation(&zone, parent));
        let address = SocketAddr::new(self.options.listen, self.options.parent_dns_port);
        let bound = authority::serve(self.parent_dns.clone(), address, &mut self.tasks);
        let bound = bound.await.map_err(|source| StartError::Bind {
            what: "the parent zone's name server".to_owned(),
            address,
            source,
        })?;
        Ok(Some(ParentInfo {
            zone: parent.to_owned(),
            server: format!("ns.{parent}"),
            address: bound.to_string(),
        }))
    }

    pub(crate) async fn resolvers(&mut self) -> Result<Vec<ResolverInfo>, StartError> {
        let upstream =
            [&self.google_dns, &self.hetzner_dns, &self.parent_dns].map(Clone::clone).to_vec();
        let mut started = Vec::new();
        for (turn, options) in self.options.resolvers.iter().enumerate() {
            let name = options.name.clone();
            let faults = self.faults.clone();
            let resolver = Resolver::new(options.clone(), faults, upstream.clone(), turn);
            let address = SocketAddr::new(self.options.listen, 0);
            let bound = authority::serve(resolver, address, &mut self.tasks).await;
            let bound = bound.map_err(|source| StartError::Bind {
                what: format!("the resolver {name}"),
                address,
                source,
            })?;
            started.push(ResolverInfo { name, address: bound.to_string() });
        }
        Ok(started)
    }

    fn delegation(&self, zone: &str, parent: &str) -> Vec<ZoneRecord> {
        let record = |name: &str, rtype: &str, rdata: String| ZoneRecord {
            name: name.to_owned(),
            rtype: rtype.to_owned(),
            ttl: DELEGATION_TTL,
            rdata,
        };
        let soa = format!("ns.{parent}. hostmaster.{parent}. 1 7200 900 1209600 3600");
        let mut records = vec![
            record(parent, "SOA", soa),
            record(parent, "NS", format!("ns.{parent}.")),
            record(&format!("ns.{parent}"), address_type(self.options.listen), {
                self.options.listen.to_string()
            }),
        ];
        let both = || GOOGLE_NAME_SERVERS.into_iter().chain(NAME_SERVERS).map(str::to_owned);
        let told = self.options.delegation.name_servers.clone();
        for server in told.unwrap_or_else(|| both().collect()) {
            records.push(record(zone, "NS", format!("{}.", plain_name(&server))));
        }
        for (server, address) in &self.options.delegation.glue {
            let rtype = address_type(*address);
            records.push(record(&plain_name(server), rtype, address.to_string()));
        }
        let vouched = |cloud: &Cloud| match &self.options.delegation.ds {
            Some(clouds) => clouds.contains(cloud),
            None => true,
        };
        if let Ok(apex) = Name::parse(zone, &Name::root()) {
            for (_, key) in self.keys.0.iter().filter(|(cloud, _)| vouched(cloud)) {
                records.push(record(zone, "DS", key.ds(&apex)));
            }
        }
        records
    }
}

fn address_type(address: IpAddr) -> &'static str {
    if address.is_ipv4() { "A" } else { "AAAA" }
}
