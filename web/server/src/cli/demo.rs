//! `schwenk demo`: everything on this machine, without an account.
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use tokio::net::TcpListener;

use super::exit::{Exit, Failed};
use super::out::Out;
use super::run::listen;
use super::stop::Stop;
use crate::demo::{Demo, USER};
use crate::serve::{Ended, serve};

const PORT: u16 = 8420;

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The panel's port. Default: 8420, or any free one if that is taken.
    #[arg(long)]
    port: Option<u16>,
    /// Keep the journal in this file. Default: it goes away with the demo.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
}

pub async fn demo(args: DemoArgs, out: Out) -> Result<Exit, Failed> {
    let stop = Stop::on_signal()?;
    let listener = open(args.port, out).await?;
    let demo = Demo::start(args.journal).await.map_err(Failed::other)?;
    let address = listener.local_addr().map_err(|error| Failed::other(error.to_string()))?;
    announce(&demo, address, out)?;
    let Demo { world, watcher, server, beside, .. } = demo;
    let served = serve(watcher, listener, &server, beside, &stop.receiver()).await;
    world.end().await;
    served.map(|()| Exit::Done).map_err(|Ended(message)| Failed::other(message))
}

async fn open(port: Option<u16>, out: Out) -> Result<TcpListener, Failed> {
    let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    if let Some(port) = port {
        return listen(at(port), "listen").await;
    }
    match TcpListener::bind(at(PORT)).await {
        Ok(listener) => Ok(listener),
        Err(_) => {
            out.note(&format!("Port {PORT} is taken; using another one."))?;
            listen(at(0), "listen").await
        }
    }
}

fn announce(demo: &Demo, address: SocketAddr, out: Out) -> Result<(), Failed> {
    let url = format!("http://{address}");
    let password = &demo.password;
    let line = serde_json::json!({
        "url": url, "user": USER, "password": password, "token": demo.token,
        "config": demo.config, "emulator": demo.world.info(),
    });
    out.print(&line, || {
        let (token, config) = (&demo.token, demo.config.display());
        let lines = [
            "Schwenk's demo: two emulated clouds, two sites, one name to keep reachable.",
            "",
            &format!("  {url}"),
            &format!("  user {USER}, password {password}"),
            "",
            "Try this in the panel:",
            "  - break something: kill the site london, and watch the name move;",
            "  - take Google's API away and kill a site: Hetzner moves alone, Google is caught",
            "    up when it returns;",
            "  - change the record behind Schwenk's back, and see the drift.",
            "",
            "In another terminal:",
            &format!("  export SCHWENK_URL={url} SCHWENK_TOKEN={token}"),
            "  schwenk status; schwenk events --follow",
            "",
            &format!("The same as a configuration file: {config}"),
            "Ctrl-C ends it.",
        ];
        lines.join("\n")
    })
}
