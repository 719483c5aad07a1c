//! The members of an etcd cluster: which one is asked, and how to reach it.
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use etcd_client::{Certificate, Client, ConnectOptions, Error, Identity, TlsOptions};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

use super::words;

/// Where members listen if nothing else is said.
const PORT: u16 = 2379;
/// How long a member may take to answer before the next one is asked.
const PATIENCE: Duration = Duration::from_secs(1);
/// A member that says nothing on an open connection is asked whether it is there. More often than
/// every five seconds a member takes for an attack.
const PROD: Duration = Duration::from_secs(6);

/// How to reach an etcd cluster.
#[derive(Clone)]
pub struct EtcdOptions {
    /// Its members: `https://10.0.0.1:2379`.
    pub endpoints: Vec<String>,
    /// Certificates of the authority that has signed the members' (PEM); `None`: the system's roots.
    pub ca: Option<String>,
    /// The certificate to show (PEM), and its key (PEM).
    pub identity: Option<(String, SecretString)>,
    /// The user to log in as, and the password.
    pub user: Option<(String, SecretString)>,
    /// How long a member may take to answer before the next one is asked.
    pub patience: Duration,
}

impl EtcdOptions {
    /// Members without TLS of their own choosing and without a user.
    pub fn new(endpoints: Vec<String>) -> Self {
        Self { endpoints, ca: None, identity: None, user: None, patience: PATIENCE }
    }
}

impl fmt::Debug for EtcdOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.user.as_ref().map(|(name, _)| name);
        f.debug_struct("EtcdOptions")
            .field("endpoints", &self.endpoints)
            .field("ca", &self.ca.is_some())
            .field("identity", &self.identity.is_some())
            .field("user", &user)
            .finish_non_exhaustive()
    }
}

/// The members, and the connection to the one that is asked.
#[derive(Debug)]
pub(super) struct Members {
    options: EtcdOptions,
    state: Mutex<State>,
    /// Counts the changes of member: whoever still listens to the one before begins anew.
    changes: watch::Sender<u64>,
    /// Only one task at a time connects.
    connecting: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    member: usize,
    client: Option<Client>,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("member", &self.member).finish_non_exhaustive()
    }
}

impl Members {
    pub(super) fn new(options: EtcdOptions) -> Result<Self, String> {
        if options.endpoints.is_empty() {
            return Err("no member is named".to_owned());
        }
        let secure = |endpoint: &String| endpoint.starts_with("https://");
        let wants_tls = options.ca.is_some() || options.identity.is_some();
        if let Some(plain) =
            options.endpoints.iter().find(|endpoint| wants_tls && !secure(endpoint))
        {
            return Err(format!("{plain} is not https, and certificates are given"));
        }
        let (state, changes) = (Mutex::default(), watch::channel(0).0);
        Ok(Self { options, state, changes, connecting: tokio::sync::Mutex::new(()) })
    }

    pub(super) fn patience(&self) -> Duration {
        self.options.patience
    }

    pub(super) fn endpoint(&self, member: usize) -> &str {
        self.options.endpoints.get(member).map_or("?", String::as_str)
    }

    pub(super) fn all(&self) -> String {
        self.options.endpoints.join(", ")
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// A client of the member that is asked now, and which one that is.
    pub(super) async fn client(&self) -> Result<(Client, usize), String> {
        if let Some(known) = self.known() {
            return Ok(known);
        }
        let _alone = self.connecting.lock().await;
        if let Some(known) = self.known() {
            return Ok(known);
        }
        let member = self.lock().member;
        match self.connect(member).await {
            Ok(client) => {
                self.lock().client = Some(client.clone());
                Ok((client, member))
            }
            Err(problem) => {
                self.leave(member);
                Err(format!("etcd at {}: {problem}", self.endpoint(member)))
            }
        }
    }

    /// From now on the member after this one is asked, if it was this one.
    pub(super) fn leave(&self, member: usize) {
        let mut state = self.lock();
        if state.member == member {
            state.member = (member + 1) % self.options.endpoints.len();
            state.client = None;
            drop(state);
            self.changes.send_modify(|count| *count += 1);
        }
    }

    pub(super) async fn examine(&self) -> Vec<(String, Result<String, String>)> {
        let mut found = Vec::new();
        for member in 0..self.options.endpoints.len() {
            let asking = async {
                let mut client = self.connect(member).await?;
                let status = client.status().await.map_err(|error| words(&error))?;
                Ok(status.version().to_owned())
            };
            let late =
                Err(format!("no answer in {}", failover_core::span(self.options.patience * 3)));
            let answer = tokio::time::timeout(self.options.patience * 3, asking).await;
            found.push((self.endpoint(member).to_owned(), answer.unwrap_or(late)));
        }
        found
    }

    fn known(&self) -> Option<(Client, usize)> {
        let state = self.lock();
        state.client.clone().map(|client| (client, state.member))
    }

    async fn connect(&self, member: usize) -> Result<Client, String> {
        let EtcdOptions { ca, identity, user, patience, .. } = &self.options;
        let mut options = ConnectOptions::new()
            .with_connect_timeout(*patience)
            .with_keep_alive(PROD, *patience)
            .with_require_leader(true)
            .with_auto_token_refresh(true);
        if self.endpoint(member).starts_with("https://") {
            let mut tls = TlsOptions::new();
            tls = match ca {
                Some(ca) => tls.ca_certificate(Certificate::from_pem(ca)),
                None => tls.with_native_roots(),
            };
            if let Some((certificate, key)) = identity {
                tls = tls.identity(Identity::from_pem(certificate, key.expose_secret()));
            }
            options = options.with_tls(tls);
        }
        if let Some((name, password)) = user {
            options = options.with_user(name, password.expose_secret());
        }
        // The client connects when it is first used, and does not say why it could not.
        reach(self.endpoint(member), *patience).await?;
        let endpoints = [self.endpoint(member)];
        let connecting = Client::connect(endpoints, Some(options));
        match tokio::time::timeout(*patience, connecting).await {
            Ok(Ok(client)) => Ok(client),
            Ok(Err(Error::TransportError(error))) => Err(transport(&error)),
            Ok(Err(error)) => Err(words(&error)),
            Err(_) => Err(format!("no answer in {}", failover_core::span(*patience))),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether anybody listens there.
async fn reach(endpoint: &str, patience: Duration) -> Result<(), String> {
    let host = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or_default();
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let address = if has_port { host.to_owned() } else { format!("{host}:{PORT}") };
    match tokio::time::timeout(patience, tokio::net::TcpStream::connect(&address)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no answer in {}", failover_core::span(patience))),
    }
}

/// A transport's errors say the reason only in their sources.
fn transport(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text += &format!(": {cause}");
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_without_https_are_refused() {
        let mut options = EtcdOptions::new(vec!["http://127.0.0.1:2379".to_owned()]);
        options.ca = Some("PEM".to_owned());
        let problem = Members::new(options).expect_err("refused");
        assert!(problem.contains("127.0.0.1:2379 is not https"), "{problem}");
    }

    #[test]
    fn a_password_is_not_shown() {
        let mut options = EtcdOptions::new(vec!["http://127.0.0.1:2379".to_owned()]);
        options.user = Some(("schwenk".to_owned(), "hush".to_owned().into()));
        assert!(!format!("{options:?}").contains("hush"));
    }

    #[test]
    fn a_member_that_was_left_already_is_not_left_twice() {
        let endpoints = ["http://a:1", "http://b:1", "http://c:1"].map(str::to_owned);
        let members = Members::new(EtcdOptions::new(endpoints.to_vec())).expect("members");
        members.leave(0);
        members.leave(0);
        assert_eq!(members.lock().member, 1, "two tasks found out at once that it is away");
    }
}
