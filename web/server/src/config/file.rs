//! The file exactly as it was typed. What each key means stands in `docs/reference/config.md`.
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use failover_core::{AnswerMode, Drift, Failback, Fall, Fence, Latch, Layer, OnAllDown, Require};
use health::Replication;
use toml::de::DeValue;
use web_api::Role;

use super::figure::{LongTime, Number, Share};
use super::file_blueprint::BlueprintFile;
use super::file_notify::{HeartbeatFile, NotifyFile};
use super::model::{LogFormat, LogLevel, Standby};
use super::problem::{At, join};
use super::read::{Field, Parse, Reader, Table, section};
use super::scalar::{CheckKind, ProviderKind, StatusRange};

/// A list, each item with its place.
pub type List<T> = Vec<Field<T>>;

section! {
    /// The whole file.
    File {
        /// The name of the place this watcher probes from.
        vantage: String,
        /// Addresses that answer whenever this vantage has a network.
        anchors: List<SocketAddr>,
        /// How often what is stored and answered is compared with what was published.
        drift_interval: Duration,
        /// What is assumed of the network, and what the bounds are held to.
        expect: ExpectFile,
        /// The panel and its API.
        server: ServerFile,
        /// What the program writes to its log.
        log: LogFile,
        /// What must survive a restart.
        journal: JournalFile,
        /// With whom this watcher shares its lead.
        cluster: ClusterFile,
        /// Who is authoritative for the zones.
        providers: List<ProviderFile>,
        /// Who is asked after a move how far the world has followed.
        resolvers: ResolversFile,
        /// What is kept reachable.
        services: List<ServiceFile>,
        /// Who is told.
        notify: List<NotifyFile>,
        /// Who misses this watcher when it falls silent.
        heartbeat: HeartbeatFile,
        /// The locations to make at the providers.
        blueprint: BlueprintFile,
    }
}

section! {
    /// `[expect]`: what is assumed of the network, and what the bounds are held to.
    ExpectFile {
        /// The share of probes that are lost although a site is well.
        loss: Share,
        /// The correlation of the errors of two probes of one round.
        correlation: Number,
        /// The mean number of probes lost in a row.
        burst: Number,
        /// The shortest mean time to a false failover that is good enough.
        false_failover: LongTime,
        /// The longest time to a verdict that is good enough.
        detection: Duration,
    }
}

section! {
    /// `[server]`: the panel and its API.
    ServerFile {
        /// Address and port.
        listen: SocketAddr,
        /// Consent to listen on other than loopback addresses.
        allow_remote: bool,
        /// Where the metrics are served without a login.
        metrics_listen: SocketAddr,
        /// How browsers reach the panel when a proxy stands before it.
        public_url: String,
        /// How long a login lasts.
        session: Duration,
        /// People.
        users: List<UserFile>,
        /// Programs.
        tokens: List<TokenFile>,
    }
}

section! {
    /// `[log]`: what the program writes to its log.
    LogFile {
        /// How urgent a line must be.
        level: LogLevel,
        /// As what lines are written.
        format: LogFormat,
    }
}

section! {
    /// `[[server.users]]`: one person.
    UserFile {
        /// The login name.
        name: String,
        /// What `schwenk hash-password` printed, or where to find it.
        password_hash: String,
        /// What they may do.
        role: Role,
    }
}

section! {
    /// `[[server.tokens]]`: one program.
    TokenFile {
        /// The name that stands in the journal.
        name: String,
        /// What `schwenk hash-password` printed, or where to find it.
        token_hash: String,
        /// What it may do.
        role: Role,
    }
}

section! {
    /// `[journal]`: what must survive a restart.
    JournalFile {
        /// The SQLite file.
        path: String,
        /// How long the facts of a quiet time are kept for a replay.
        facts_for: Duration,
        /// How long those of a move are kept.
        moves_for: Duration,
        /// Most megabytes of each of the two sorts.
        facts_max_mb: u32,
    }
}

section! {
    /// `[resolvers]`: who is asked after a move how far the world has followed.
    ResolversFile {
        /// Whether the built-in list of public resolvers is asked.
        public: bool,
        /// Names of the built-in list that are left out.
        without: List<String>,
        /// Further resolvers.
        own: List<ResolverFile>,
        /// Most questions in a second to all of them together.
        per_second: u32,
        /// Most questions to one of them about one move.
        questions_max: u32,
        /// How long after the decision the asking ends in any case.
        limit: Duration,
    }
}

section! {
    /// `[[resolvers.own]]`: one resolver.
    ResolverFile {
        /// Its name.
        name: String,
        /// Who runs it.
        operator: String,
        /// Where they sit.
        country: String,
        /// Its address, with port.
        address: SocketAddr,
    }
}

section! {
    /// `[cluster]`: the watchers that share a lead, and the store between them.
    ClusterFile {
        /// The vantages of all watchers, this one's among them.
        vantages: List<String>,
        /// The members of the etcd cluster.
        endpoints: List<String>,
        /// What all keys begin with.
        prefix: String,
        /// How long the lead outlives its holder.
        lease: Duration,
        /// The file with the authority that has signed the members' certificates.
        ca: String,
        /// The file with the certificate to show.
        certificate: String,
        /// Its key.
        key: String,
        /// The user to log in as.
        user: String,
        /// The user's password.
        password: String,
    }
}

section! {
    /// `[[providers]]`: one DNS provider.
    ProviderFile {
        /// The name used everywhere else.
        id: String,
        /// Whose API it is.
        kind: ProviderKind,
        /// Google: the project that holds the zones.
        project: String,
        /// Google: where the credentials come from.
        credentials: String,
        /// Google: the metadata server.
        metadata_host: String,
        /// Google: where tokens are fetched, in place of the key file's own `token_uri`.
        token_uri: String,
        /// Hetzner: where the API token is.
        token: String,
        /// The API's base URL.
        endpoint: String,
        /// Google: the base URL of Compute Engine.
        compute_endpoint: String,
        /// Consent to send the token over plain `http`.
        allow_plain: bool,
        /// The longest an API operation may take.
        call_timeout: Duration,
        /// The name servers to ask, in place of those the zone names.
        name_servers: List<NameServerFile>,
    }
}

section! {
    /// `[[providers.name_servers]]`: one name server.
    NameServerFile {
        /// Its name.
        name: String,
        /// Its addresses, with port.
        addresses: List<SocketAddr>,
    }
}

section! {
    /// `[[services]]`: one name that is kept reachable.
    ServiceFile {
        /// What the service is called.
        name: String,
        /// The owner name of the records.
        record: String,
        /// The zone the record is in.
        zone: String,
        /// Provider id → the provider's own id of the zone.
        zone_ids: BTreeMap<String, Field<String>>,
        /// The TTL, in seconds.
        ttl: u32,
        /// The providers that are authoritative; default: all.
        providers: List<String>,
        /// The policy to start from.
        preset: String,
        /// What differs from the preset.
        policy: PolicyFile,
        /// The places that can serve it, in order of preference.
        sites: List<SiteFile>,
        /// What must be met for a site to be up.
        checks: List<CheckFile>,
    }
}

section! {
    /// `[services.policy]`: what differs from the preset.
    PolicyFile {
        /// Failures that make a check fail.
        fall: Fall,
        /// Successes in a row that make it good again.
        rise: u8,
        /// Failures among successes that make a check fail.
        grey: u8,
        /// Which checks must fail for a site to be down.
        require: Require,
        /// Vantages that must agree.
        quorum: u8,
        /// The age at which a vantage's report stops counting.
        freshness: Duration,
        /// How long the target must have been up.
        candidate_up_for: Duration,
        /// Shortest time between two automatic moves.
        hold_down: Duration,
        /// Most automatic moves within `moves_window`.
        moves_max: u8,
        /// The window of `moves_max`.
        moves_window: Duration,
        /// How long to stay after an automatic failover.
        latch: Latch,
        /// Who moves back.
        failback: Failback,
        /// What the records say.
        answer: AnswerMode,
        /// What happens when no site is up.
        on_all_down: OnAllDown,
        /// Providers that make a move complete.
        complete_at: u8,
        /// What happens on a foreign change.
        drift: Drift,
        /// Whether the servers of a dead site are turned off.
        fence: Fence,
        /// The largest lag of the target's database.
        lag_max: Duration,
        /// How long an attempt may go without a result.
        attempt_timeout: Duration,
        /// First pause before a failed provider is tried again.
        retry_min: Duration,
        /// Longest such pause.
        retry_max: Duration,
        /// How long providers may differ before it is an alarm.
        split_after: Duration,
        /// Longest pause or maintenance.
        pause_max: Duration,
        /// The gap after which this watcher knows that it was asleep.
        tick_gap_max: Duration,
    }
}

section! {
    /// `[[services.sites]]`: one place that can serve.
    SiteFile {
        /// Its name.
        name: String,
        /// Where it is, in the owner's words.
        location: String,
        /// The addresses it is published with.
        addresses: List<IpAddr>,
        /// The provider at which its servers stand.
        cloud: String,
        /// The servers that may be turned off and on.
        servers: List<String>,
        /// Those among them that run in a warm standby.
        databases: List<String>,
        /// What of them runs while the site is not active.
        standby: Standby,
    }
}

section! {
    /// `[[services.checks]]`: one test of every site.
    CheckFile {
        /// Its name.
        name: String,
        /// What kind of test.
        kind: CheckKind,
        /// What of a site it looks at.
        layer: Layer,
        /// From the start of one probe to the start of the next.
        interval: Duration,
        /// The same once something has failed.
        fast_interval: Duration,
        /// How long a probe may take.
        timeout: Duration,
        /// The port.
        port: u16,
        /// HTTP: the method.
        method: String,
        /// HTTP: path and query.
        path: String,
        /// HTTP, TLS: the host name.
        host: String,
        /// HTTP: the good status codes.
        status: List<StatusRange>,
        /// HTTP, DNS: what the answer must contain.
        contains: List<String>,
        /// HTTP: what the body must not contain.
        lacks: List<String>,
        /// HTTP: how many bytes of the body are read.
        body_max: u32,
        /// HTTPS, TLS: whether the certificate is checked.
        verify: bool,
        /// HTTPS, TLS: how long before its end a certificate is a warning.
        expiry_warning: Duration,
        /// DNS: the name asked for.
        question: String,
        /// DNS: the type asked for.
        rtype: String,
        /// DNS: whether the answer must be authoritative.
        authoritative: bool,
        /// MariaDB: who asks.
        user: String,
        /// MariaDB: where the password is.
        password: String,
        /// MariaDB: the file of the authorities that are trusted.
        ca: String,
        /// MariaDB: whether a server that takes no writes fails.
        writable: bool,
        /// MariaDB: what replication means to the check.
        replication: Replication,
        /// MariaDB: the table that says when each server was last written to.
        heartbeat: String,
        /// MariaDB: whether each probe writes into it.
        heartbeat_write: bool,
    }
}

section! {
    /// The file of `schwenk replay --what-if`: another policy for a service that was recorded.
    WhatIfFile {
        /// The policy to start from, in place of the recorded one.
        preset: String,
        /// What differs from it.
        policy: PolicyFile,
    }
}

/// Every key of the file, as `services[].policy.quorum`.
pub fn keys() -> Vec<String> {
    let mut keys = Vec::new();
    File::keys("", &mut keys);
    keys.iter().map(|key| key.trim_end_matches("[]").to_owned()).collect()
}
