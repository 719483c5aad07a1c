//! All settings that are in effect, as people read them: defaults filled in, where each one comes
//! from, and of a secret only where it is kept.
use std::time::Duration;

use failover_core::{CheckPolicy, Severity};
use web_api::{Setting, SettingSection};

use super::duration::show;
use super::effective;
use super::model::{Api, Config, LogFormat, LogLevel, Provider, Service, Standby};
use super::model_notify::Notify;
use super::origin::{Origins, Typed};

/// The last parts of keys whose values only the program may know, wherever they were typed. Who
/// knows a webhook's URL or a topic can post there.
const SECRET: [&str; 9] = [
    "password_hash",
    "token_hash",
    "password",
    "token",
    "secret",
    "url",
    "routing_key",
    "topic",
    "credentials",
];

/// Every section with its settings, in the order of the reference.
pub fn sections(config: &Config) -> Vec<SettingSection> {
    let mut all = vec![whole(config), expect(config)];
    all.extend(server(config));
    all.push(log(config));
    all.push(journal(config));
    all.extend(cluster(config));
    all.push(resolvers(config));
    let providers = config.providers.iter().enumerate();
    all.extend(providers.map(|(place, one)| provider(config, place, one)));
    let services = config.services.iter().enumerate();
    all.extend(services.flat_map(|(place, one)| service(config, place, one)));
    let channels = config.notify.iter().enumerate();
    all.extend(channels.map(|(place, one)| channel(config, place, one)));
    all.extend(heartbeat(config));
    all.extend(blueprint(config));
    all
}

/// A section under construction.
struct Draft<'c> {
    title: String,
    /// What its keys begin with, the last dot included.
    prefix: String,
    origins: &'c Origins,
    settings: Vec<Setting>,
}

impl<'c> Draft<'c> {
    fn new(config: &'c Config, title: impl Into<String>, prefix: impl Into<String>) -> Self {
        let (title, prefix) = (title.into(), prefix.into());
        Self { title, prefix, origins: &config.origins, settings: Vec::new() }
    }

    /// A setting with the value in effect.
    fn put(self, key: &str, value: impl Into<String>) -> Self {
        self.from(key, value, None)
    }

    /// The same; untyped, its default follows from something.
    fn from(mut self, key: &str, value: impl Into<String>, from: Option<&str>) -> Self {
        let key = format!("{}{key}", self.prefix);
        let line = self.origins.line(&key);
        let typed = self.origins.typed(&key).filter(|typed| is_secret(&key, typed));
        let from = from.filter(|_| line.is_none()).map(str::to_owned);
        let (secret, value) = match typed {
            Some(typed) => (true, kept(typed)),
            None => (false, value.into()),
        };
        self.settings.push(Setting { key, value, secret, line, from });
        self
    }

    fn time(self, key: &str, value: Duration) -> Self {
        self.put(key, quoted(&show(value)))
    }

    fn list(self, key: &str, values: impl IntoIterator<Item = impl ToString>) -> Self {
        let values: Vec<String> = values.into_iter().map(|one| quoted(&one.to_string())).collect();
        self.put(key, format!("[{}]", values.join(", ")))
    }

    /// What else was typed below the section, but not below `others`.
    fn rest(mut self, others: &[&str]) -> SettingSection {
        let mut more = Vec::new();
        for (key, typed) in self.origins.below(&self.prefix) {
            let below = &key[self.prefix.len()..];
            let elsewhere = others.iter().any(|other| {
                below.strip_prefix(other).is_some_and(|rest| rest.starts_with(['[', '.']))
            });
            let shown = |setting: &Setting| {
                let rest = key.strip_prefix(&setting.key);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
            };
            if elsewhere || self.settings.iter().any(shown) {
                continue;
            }
            let secret = is_secret(key, typed);
            let value = if secret { kept(typed) } else { typed.text.clone() };
            let (key, line) = (key.to_owned(), Some(typed.line));
            more.push(Setting { key, value, secret, line, from: None });
        }
        self.settings.extend(more);
        SettingSection { title: self.title, settings: self.settings }
    }

    /// Only what was put.
    fn end(self) -> SettingSection {
        SettingSection { title: self.title, settings: self.settings }
    }
}

/// Whether what was typed must not be shown.
fn is_secret(key: &str, typed: &Typed) -> bool {
    let last = key.rsplit('.').next().unwrap_or(key);
    let named = SECRET.contains(&last) || key.contains(".watcher_credentials.");
    // Google's credentials can also be found without a secret.
    let found = ["\"adc\"", "\"metadata\""].contains(&typed.text.as_str());
    (named && !found) || reference(typed).is_some()
}

/// Where a secret is kept.
fn kept(typed: &Typed) -> String {
    match reference(typed) {
        Some(("env:", name)) => format!("kept in the environment variable {name}"),
        Some((_, path)) => format!("kept in the file {path}"),
        None => "kept in the configuration file".to_owned(),
    }
}

fn reference(typed: &Typed) -> Option<(&'static str, &str)> {
    let text = typed.text.trim_matches(['"', '\'']);
    ["env:", "file:"].into_iter().find_map(|kind| Some((kind, text.strip_prefix(kind)?)))
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn whole(config: &Config) -> SettingSection {
    Draft::new(config, "The whole file", "")
        .put("vantage", quoted(&config.vantage))
        .list("anchors", &config.anchors)
        .time("drift_interval", config.drift_interval)
        .end()
}

fn expect(config: &Config) -> SettingSection {
    let expect = &config.expect;
    let detection = expect.detection.map_or("none".to_owned(), |time| quoted(&show(time)));
    Draft::new(config, "[expect]", "expect.")
        .put("loss", format!("\"{} %\"", crate::cli::percent(expect.loss.rate())))
        .put("correlation", expect.loss.correlation().to_string())
        .put("burst", burst(&expect.loss))
        .put("false_failover", quoted(&crate::cli::spell(expect.false_failover.as_secs_f64())))
        .put("detection", detection)
        .end()
}

/// Without bursts as it is written, though even single losses meet now and then.
fn burst(loss: &failover_core::bound::Loss) -> String {
    let (burst, alone) = (loss.burst(), 1.0 / (1.0 - loss.rate()));
    if burst <= alone { "1".to_owned() } else { ((burst * 100.0).round() / 100.0).to_string() }
}

fn server(config: &Config) -> Vec<SettingSection> {
    let server = &config.server;
    let none = || "none".to_owned();
    let metrics = server.metrics_listen.map_or_else(none, |at| quoted(&at.to_string()));
    let public = server.public_origin.as_ref().map_or_else(none, |origin| quoted(origin));
    let mut all = vec![
        Draft::new(config, "[server]", "server.")
            .put("listen", quoted(&server.listen.to_string()))
            .put("metrics_listen", metrics)
            .put("public_url", public)
            .time("session", server.session)
            .rest(&["users", "tokens"]),
    ];
    for (list, accounts) in [("users", &server.users), ("tokens", &server.tokens)] {
        for (place, account) in accounts.iter().enumerate() {
            let title = format!("[[server.{list}]] {}", account.name);
            all.push(Draft::new(config, title, format!("server.{list}[{place}].")).rest(&[]));
        }
    }
    all
}

fn log(config: &Config) -> SettingSection {
    let level = match config.log.level.unwrap_or(LogLevel::Info) {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    };
    let format = match config.log.format.unwrap_or(LogFormat::Text) {
        LogFormat::Text => "text",
        LogFormat::Json => "json",
    };
    let draft = Draft::new(config, "[log]", "log.");
    draft.put("level", quoted(level)).put("format", quoted(format)).end()
}

fn journal(config: &Config) -> SettingSection {
    let kept = &config.retention;
    Draft::new(config, "[journal]", "journal.")
        .put("path", quoted(&config.journal.display().to_string()))
        .time("facts_for", kept.quiet_for)
        .time("moves_for", kept.moves_for)
        .put("facts_max_mb", (kept.max_bytes >> 20).to_string())
        .end()
}

fn cluster(config: &Config) -> Option<SettingSection> {
    let cluster = config.cluster.as_ref()?;
    let draft = Draft::new(config, "[cluster]", "cluster.")
        .list("vantages", &cluster.vantages)
        .list("endpoints", &cluster.endpoints)
        .put("prefix", quoted(&cluster.prefix))
        .time("lease", cluster.lease);
    Some(draft.rest(&[]))
}

fn resolvers(config: &Config) -> SettingSection {
    let asked = &config.resolvers;
    let names: Vec<&str> = asked.resolvers.iter().map(|one| one.name.as_ref()).collect();
    let public = match names.as_slice() {
        [] => "nobody is asked".to_owned(),
        [one] => format!("1 is asked: {one}"),
        some => format!("{} are asked: {}", some.len(), some.join(", ")),
    };
    Draft::new(config, "[resolvers]", "resolvers.")
        .put("public", public)
        .put("per_second", asked.per_second.to_string())
        .put("questions_max", asked.questions_max.to_string())
        .time("limit", asked.limit)
        .rest(&[])
}

fn provider(config: &Config, place: usize, provider: &Provider) -> SettingSection {
    let title = format!("[[providers]] {}", provider.id);
    let draft =
        Draft::new(config, title, format!("providers[{place}].")).put("id", quoted(&provider.id));
    let draft = match &provider.api {
        Api::Google(google) => draft
            .put("kind", "\"google\"")
            .put(
                "project",
                google
                    .project
                    .as_ref()
                    .map_or("that of the credentials".to_owned(), |id| quoted(id)),
            )
            .put("credentials", "\"adc\"")
            .put(
                "endpoint",
                google.endpoint.as_ref().map_or("Google's".to_owned(), |url| quoted(url)),
            ),
        Api::Hetzner { endpoint, .. } => draft
            .put("kind", "\"hetzner\"")
            .put("token", "")
            .put("endpoint", endpoint.as_ref().map_or("Hetzner's".to_owned(), |url| quoted(url))),
    };
    let draft = draft
        .time("call_timeout", provider.call_timeout)
        .put("allow_plain", provider.allow_plain.to_string());
    let draft = match &provider.name_servers {
        Some(_) => draft,
        None => draft.put("name_servers", "those that the zone names"),
    };
    draft.rest(&[])
}

fn service(config: &Config, place: usize, service: &Service) -> Vec<SettingSection> {
    let (policy, path) = (service.policy.spec(), format!("services[{place}]"));
    let name = &policy.service;
    let providers = policy.providers.iter().map(|provider| &provider.name);
    let head = Draft::new(config, format!("[[services]] {name}"), format!("{path}."))
        .put("name", quoted(name))
        .put("record", quoted(&service.record.to_string()))
        .put("zone", quoted(&service.zone.to_string()))
        .put("ttl", service.ttl.to_string())
        .list("providers", providers)
        .put("preset", quoted(&service.preset))
        .rest(&["policy", "sites", "checks"]);
    let preset = format!("preset {}", service.preset);
    let title = format!("[services.policy] of {name}");
    let mut settings = Draft::new(config, title, format!("{path}.policy."));
    for (key, value) in effective::policy(policy) {
        settings = settings.from(key, value, Some(&preset));
    }
    let mut all = vec![head, settings.rest(&[])];
    for (number, site) in service.sites.iter().enumerate() {
        let title = format!("[[services.sites]] {} of {name}", site.name);
        let draft = Draft::new(config, title, format!("{path}.sites[{number}]."))
            .put("name", quoted(&site.name))
            .put("location", quoted(&site.location))
            .list("addresses", &site.addresses);
        let draft = match &site.servers {
            Some(servers) => draft.put("standby", quoted(standby(servers.standby))),
            None => draft.put("servers", "none: nothing is turned on or off"),
        };
        all.push(draft.rest(&[]));
    }
    for (number, (check, pace)) in service.checks.iter().zip(&policy.checks).enumerate() {
        let title = format!("[[services.checks]] {} of {name}", pace.name);
        let draft = Draft::new(config, title, format!("{path}.checks[{number}]."))
            .put("kind", effective::check(check));
        all.push(self::pace(draft, pace, &preset).rest(&[]));
    }
    all
}

fn pace<'c>(draft: Draft<'c>, pace: &CheckPolicy, preset: &str) -> Draft<'c> {
    let from = Some(preset);
    draft
        .from("interval", quoted(&show(pace.interval)), from)
        .from("fast_interval", quoted(&show(pace.fast_interval)), from)
        .from("timeout", quoted(&show(pace.timeout)), from)
}

fn standby(standby: Standby) -> &'static str {
    match standby {
        Standby::Hot => "hot",
        Standby::Warm => "warm",
        Standby::Cold => "cold",
    }
}

fn channel(config: &Config, place: usize, notify: &Notify) -> SettingSection {
    let least = match notify.least {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    };
    let services = notify.services.as_ref().map_or("all".to_owned(), |names| {
        format!("[{}]", names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "))
    });
    let remind = notify.remind_every.map_or("never".to_owned(), |every| quoted(&show(every)));
    let title = format!("[[notify]] {}", notify.name);
    Draft::new(config, title, format!("notify[{place}]."))
        .put("name", quoted(&notify.name))
        .put("least", quoted(least))
        .put("services", services)
        .put("quiet", notify.quiet.to_string())
        .put("remind_every", remind)
        .time("timeout", notify.timeout)
        .time("give_up_after", notify.give_up_after)
        .put("allow_plain", notify.allow_plain.to_string())
        .rest(&[])
}

fn heartbeat(config: &Config) -> Option<SettingSection> {
    let heartbeat = config.heartbeat.as_ref()?;
    let draft = Draft::new(config, "[heartbeat]", "heartbeat.");
    Some(draft.time("every", heartbeat.every).rest(&[]))
}

fn blueprint(config: &Config) -> Vec<SettingSection> {
    let Some(locations) = &config.locations else { return Vec::new() };
    let mut all = vec![Draft::new(config, "[blueprint]", "blueprint.").rest(&["locations"])];
    for (place, location) in locations.blueprint.locations().iter().enumerate() {
        let path = format!("blueprint.locations[{place}].");
        let title = format!("[[blueprint.locations]] {}", location.name);
        let mut draft = Draft::new(config, title, path)
            .put("name", quoted(location.name.as_str()))
            .put("provider", quoted(&location.provider))
            .list("places", &location.places)
            .put("range", quoted(&location.range.to_string()))
            .put("image", quoted(&location.image));
        for (number, servers) in location.servers.iter().enumerate() {
            let value = format!("{} × {} {}", servers.count, servers.machine, servers.role.word());
            draft = draft.put(&format!("servers[{number}]"), value);
        }
        all.push(draft.rest(&[]));
    }
    all
}
