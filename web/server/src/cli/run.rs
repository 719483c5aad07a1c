//! `schwenk run`: the watcher and the panel of one configuration.
use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;

use super::ConfigArg;
use super::exit::{Exit, Failed};
use super::out::Out;
use super::stop::Stop;
use crate::config::Config;
use crate::heartbeat::Beating;
use crate::http::app::Estate;
use crate::http::configuration::Settings;
use crate::metrics::Calls;
use crate::places::Places;
use crate::records::Records;
use crate::serve::{Beside, Ended, serve};
use crate::telling::Telling;
use crate::{compose, systemd};

#[derive(Debug, Args)]
pub struct RunArgs {
    #[command(flatten)]
    pub(super) config: ConfigArg,
}

pub async fn run(config: Config, out: Out) -> Result<Exit, Failed> {
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let stop = Stop::on_signal()?;
    let calls = Calls::default();
    let providers = compose::providers(&config, &calls).await;
    let providers = providers.map_err(|problem| Failed::input(problem.to_string()))?;
    let clouds = compose::clouds_of_sites(&config, &calls).await;
    let clouds = clouds.map_err(|problem| Failed::input(problem.to_string()))?;
    let channels = compose::channels(&config).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Failed::input(lines.join("\n"))
    })?;
    let heartbeat = compose::heartbeat(config.heartbeat.as_ref());
    let heartbeat = heartbeat.map_err(|problem| Failed::input(problem.to_string()))?;
    let options = compose::options(&config);
    let beating = config.heartbeat.as_ref().zip(heartbeat);
    let beating = beating.map(|(wanted, heartbeat)| Beating::new(heartbeat, wanted.every));
    let heard = beating.as_ref().map(Beating::heard);
    let telling = Telling::new(&config, channels.clone(), heard);
    let watcher = compose::watcher(&config, &providers, &clouds, channels, options);
    let watcher = watcher.map_err(|error| Failed::other(error.to_string()))?;
    let listener = listen(config.server.listen, "listen").await?;
    let metrics = match config.server.metrics_listen {
        Some(address) => Some(listen(address, "metrics_listen").await?),
        None => None,
    };
    announce(&config, &listener, metrics.as_ref(), out)?;
    if config.notify.is_empty() {
        tracing::warn!("nobody is told of anything: add [[notify]]");
    }
    let reporting = tokio::spawn(systemd::report(watcher.handle(), stop.requested()));
    let records = Some(Records::new(&config, &providers, Vec::new()));
    let places = Places::new(&config, &calls, None).await;
    let settings = Settings::new(&config, &providers);
    let estate = Estate { places: Some(Arc::new(places)), settings: Some(Arc::new(settings)) };
    let beside =
        Beside { demo: None, calls, metrics, records, telling, heartbeat: beating, estate };
    let served = serve(watcher, listener, &config.server, beside, &stop.receiver()).await;
    reporting.abort();
    match served {
        Ok(()) => Ok(Exit::Done),
        Err(Ended(message)) => Err(Failed::other(message)),
    }
}

/// The listening socket; a port that is taken is named.
pub async fn listen(address: SocketAddr, key: &str) -> Result<TcpListener, Failed> {
    TcpListener::bind(address).await.map_err(|error| {
        let remedy = "stop the other program, or choose another port in [server]";
        Failed::other(format!("cannot listen on {address}: {error}; {remedy} {key}"))
    })
}

fn announce(
    config: &Config,
    listener: &TcpListener,
    metrics: Option<&TcpListener>,
    out: Out,
) -> Result<(), Failed> {
    let address = listener.local_addr().unwrap_or(config.server.listen);
    let url = config.server.public_origin.clone().unwrap_or_else(|| format!("http://{address}"));
    let nobody = config.server.users.is_empty() && config.server.tokens.is_empty();
    if nobody {
        tracing::warn!("nobody can log in: add [[server.users]] or [[server.tokens]]");
    }
    let services: Vec<&str> =
        config.services.iter().map(|service| service.policy.spec().service.as_str()).collect();
    let metrics = metrics.and_then(|listener| listener.local_addr().ok());
    let metrics = metrics.map(|address| format!("http://{address}/metrics"));
    let line = serde_json::json!({
        "url": url, "listen": address, "services": services, "metrics": metrics,
    });
    out.print(&line, || {
        let metrics = metrics.map_or(String::new(), |url| format!("; metrics at {url}"));
        format!("watching {}; panel and API at {url}{metrics}", services.join(", "))
    })
}
