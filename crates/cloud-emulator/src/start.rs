//! The steps of starting an emulator.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::task::JoinSet;

use crate::authority::{self, Authority};
use crate::control::Control;
use crate::credentials::{Files, alphanumeric};
use crate::door::{Door, Passage, Rule, Visitor};
use crate::emulator::StartError;
use crate::fault::{Cloud, Fault, Faults, gate};
use crate::google::{self, Google, GoogleOptions, Pace};
use crate::hetzner::{Hetzner, HetznerOptions, NAME_SERVERS};
use crate::info::{GoogleZone, HetznerZone, NameServer, SiteInfo, Tokens, ZoneInfo};
use crate::oauth::AuthorizedUser;
use crate::options::{GOOGLE_NAME_SERVERS, Options, SeedZone, State, default_state, plain_name};
use crate::parent::Keys;
use crate::site;

pub(crate) struct Start {
    pub options: Options,
    pub faults: Faults,
    pub tasks: JoinSet<()>,
    pub google_dns: Authority,
    pub hetzner_dns: Authority,
    pub parent_dns: Authority,
    pub keys: Keys,
}

pub(crate) struct StartedGoogle {
    pub cloud: Google,
    pub address: SocketAddr,
    pub files: Files,
}

pub(crate) struct StartedHetzner {
    pub cloud: Hetzner,
    pub address: SocketAddr,
}

impl Start {
    pub(crate) fn new(options: Options) -> Self {
        let faults = Faults::new();
        let keys = Keys::generate(&options.dnssec);
        let name_servers = |cloud| {
            let signer = keys.signer(cloud, &options.dnssec);
            Authority::new(Some(cloud), signer, faults.clone(), options.publish_delay)
        };
        Self {
            google_dns: name_servers(Cloud::Google),
            hetzner_dns: name_servers(Cloud::Hetzner),
            parent_dns: Authority::new(None, None, faults.clone(), Duration::ZERO),
            keys,
            options,
            faults,
            tasks: JoinSet::new(),
        }
    }

    pub(crate) fn initial_state(&mut self) -> State {
        if self.options.empty {
            return State::default();
        }
        self.options.state.take().unwrap_or_else(|| default_state(&self.options))
    }

    pub(crate) fn tokens(&self) -> Tokens {
        let given = |token: &Option<String>, prefix: &str, length| {
            // An empty one would let anybody in.
            let token = token.clone().filter(|token| !token.trim().is_empty());
            token.unwrap_or_else(|| format!("{prefix}{}", alphanumeric(length)))
        };
        Tokens {
            hetzner: given(&self.options.hetzner_token, "", 64),
            hetzner_readonly: given(&self.options.hetzner_readonly_token, "", 64),
            google: given(&self.options.google_access_token, "ya29.", 96),
        }
    }

    pub(crate) fn google(
        &mut self,
        tokens: &Tokens,
        seed: &[SeedZone],
    ) -> Result<StartedGoogle, StartError> {
        let door = self.listen("Google's API", self.options.google_port, api(Cloud::Google))?;
        let address = door.address();
        let user = AuthorizedUser::generate();
        let (key, files) = Files::new(&self.options, &user, &token_uri(address))?;
        let options = GoogleOptions {
            project: self.options.project.clone(),
            change_delay: self.options.change_delay,
            pace: Pace {
                quick: self.options.change_delay,
                server: self.options.server_delay,
                boot: self.options.boot_delay,
                wait: self.options.wait_limit,
            },
            access_token: tokens.google.clone(),
            token_lifetime: self.options.token_lifetime,
            key,
            user,
        };
        let cloud = Google::new(options, self.google_dns.clone(), self.faults.clone(), seed)
            .map_err(StartError::State)?;
        let router = gate(cloud.api(), Cloud::Google, self.faults.clone(), google::error_body);
        self.serve(door, router);
        Ok(StartedGoogle { cloud, address, files })
    }

    pub(crate) fn hetzner(
        &mut self,
        tokens: &Tokens,
        seed: &[SeedZone],
    ) -> Result<StartedHetzner, StartError> {
        let options = HetznerOptions {
            token: tokens.hetzner.clone(),
            readonly_token: tokens.hetzner_readonly.clone(),
            action_delay: self.options.action_delay,
            server_delay: self.options.server_delay,
            boot_delay: self.options.boot_delay,
            rate_limit_per_hour: self.options.rate_limit_per_hour,
        };
        let cloud = Hetzner::new(options, self.hetzner_dns.clone(), self.faults.clone(), seed)
            .map_err(StartError::State)?;
        let door = self.listen("Hetzner's API", self.options.hetzner_port, api(Cloud::Hetzner))?;
        let address = door.address();
        self.serve(door, cloud.api());
        Ok(StartedHetzner { cloud, address })
    }

    pub(crate) fn metadata(&mut self, google: &Google) -> Result<SocketAddr, StartError> {
        // It is local to a machine at Google: it goes with the cloud, not with the API.
        let rule = shut_by(|fault| matches!(fault, Fault::CloudDown { cloud: Cloud::Google }));
        let door = self.listen("the metadata server", self.options.metadata_port, rule)?;
        let address = door.address();
        self.serve(door, google.metadata());
        Ok(address)
    }

    pub(crate) fn sites(&mut self) -> Result<Vec<SiteInfo>, StartError> {
        let sites = site::open(&self.options.sites, &self.faults).map_err(|(place, source)| {
            let site = &self.options.sites[place];
            let what = format!("site {:?}", site.name);
            StartError::Bind { what, address: SocketAddr::new(site.address, site.port), source }
        })?;
        let mut found = Vec::new();
        for site in sites {
            let address = site.door.address();
            found.push(SiteInfo {
                name: site.name,
                cloud: site.cloud,
                address: address.ip(),
                port: address.port(),
                url: format!("http://{address}/"),
            });
            self.serve(site.door, site.pages);
        }
        Ok(found)
    }

    pub(crate) fn control(
        &mut self,
        sites: &[SiteInfo],
        google: &Google,
        hetzner: &Hetzner,
    ) -> Result<SocketAddr, StartError> {
        let (google, hetzner) = (google.clone(), hetzner.clone());
        let control = Control {
            faults: self.faults.clone(),
            google: self.google_dns.clone(),
            hetzner: self.hetzner_dns.clone(),
            sites: sites.iter().map(|site| site.name.clone()).collect(),
            servers: Arc::new(move || [google.servers(), hetzner.servers()].concat()),
        };
        let door =
            self.listen("the fault switch", self.options.control_port, shut_by(|_| false))?;
        let address = door.address();
        self.serve(door, control.routes());
        Ok(address)
    }

    pub(crate) async fn name_servers(
        &mut self,
        provider: Cloud,
        names: Vec<String>,
    ) -> Result<Vec<NameServer>, StartError> {
        let (authority, port) = match provider {
            Cloud::Google => (&self.google_dns, self.options.google_dns_port),
            Cloud::Hetzner => (&self.hetzner_dns, self.options.hetzner_dns_port),
        };
        let address = SocketAddr::new(self.options.listen, port);
        let ttl = authority.address_ttl();
        let bound = authority::serve(authority.clone(), address, &mut self.tasks).await.map_err(
            |source| {
                let what = format!("the name server of {provider}");
                StartError::Bind { what, address, source }
            },
        )?;
        let server = |server| NameServer { provider, server, address: bound.to_string(), ttl };
        Ok(names.into_iter().map(server).collect())
    }

    /// The zone to work with: the wanted one if it is there, else the first one there is.
    pub(crate) fn zone(&self, google: &Google, hetzner: &Hetzner) -> Option<ZoneInfo> {
        let (at_google, at_hetzner) = (google.zone_ids(), hetzner.zone_ids());
        let wanted = plain_name(&self.options.zone);
        let names = || {
            let google = at_google.iter().map(|zone| &zone.dns_name);
            google.chain(at_hetzner.iter().map(|(name, _)| name))
        };
        let name = names().find(|name| **name == wanted).or_else(|| names().next())?.clone();
        let google = at_google
            .into_iter()
            .find(|zone| zone.dns_name == name)
            .map(|zone| GoogleZone { name: zone.name, id: zone.id });
        let hetzner = at_hetzner
            .into_iter()
            .find(|(zone, _)| *zone == name)
            .map(|(_, id)| HetznerZone { id });
        Some(ZoneInfo { name, google, hetzner })
    }

    pub(crate) fn go_live(&self) {
        self.google_dns.go_live();
        self.hetzner_dns.go_live();
    }

    fn listen(&self, what: &str, port: u16, rule: Rule) -> Result<Door, StartError> {
        let address = SocketAddr::new(self.options.listen, port);
        Door::bind(address, &self.faults, rule).map_err(|source| StartError::Bind {
            what: what.to_owned(),
            address,
            source,
        })
    }

    fn serve(&mut self, door: Door, router: Router) {
        self.tasks.spawn(async move {
            let service = router.into_make_service_with_connect_info::<Visitor>();
            // Serving ends only with the task: a door never fails to accept for good.
            let _ = axum::serve(door, service).await;
        });
    }
}

/// Names of Google's name servers, without trailing dot: those of the zones there are, or those
/// that the first zone will get.
pub(crate) fn google_servers(google: &Google) -> Vec<String> {
    let zones = google.zone_ids();
    let mut names: Vec<String> = zones.into_iter().flat_map(|zone| zone.name_servers).collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        names = GOOGLE_NAME_SERVERS.iter().map(|name| plain_name(name)).collect();
    }
    names
}

/// Names of Hetzner's name servers, without trailing dot.
pub(crate) fn hetzner_servers() -> Vec<String> {
    NAME_SERVERS.iter().map(|name| plain_name(name)).collect()
}

pub(crate) fn token_uri(google: SocketAddr) -> String {
    format!("http://{google}/token")
}

fn api(which: Cloud) -> Rule {
    shut_by(
        move |fault| matches!(fault, Fault::ApiDown { cloud } | Fault::CloudDown { cloud } if *cloud == which),
    )
}

fn shut_by(fault: impl Fn(&Fault) -> bool + Send + Sync + 'static) -> Rule {
    Arc::new(move |faults| if faults.any(&fault) { Passage::Shut } else { Passage::Open })
}
