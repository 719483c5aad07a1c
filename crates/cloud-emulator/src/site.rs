//! Toy web sites: what the watched service consists of in the demo and in tests.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::door::{Door, Passage, Rule};
use crate::fault::{Cloud, Fault, Faults};
use crate::options::SiteOptions;

/// A site whose door is open.
pub(crate) struct Site {
    pub name: String,
    pub cloud: Option<Cloud>,
    pub door: Door,
    pub pages: Router,
}

impl Site {
    fn open(options: &SiteOptions, port: u16, faults: &Faults) -> io::Result<Self> {
        let address = SocketAddr::new(options.address, port);
        let door = Door::bind(address, faults, rule(options.name.clone(), options.cloud))?;
        let page = Page { name: options.name.clone().into(), faults: faults.clone() };
        let pages = Router::new().fallback(answer).with_state(page);
        Ok(Self { name: options.name.clone(), cloud: options.cloud, door, pages })
    }
}

/// Opens all sites. Those without a port of their own share one: a service's RRset holds
/// addresses, so that its sites can differ in nothing else. The error comes with the site's
/// place in the list.
pub(crate) fn open(
    options: &[SiteOptions],
    faults: &Faults,
) -> Result<Vec<Site>, (usize, io::Error)> {
    let mut attempts = 50;
    loop {
        match open_once(options, faults) {
            // Free at one address, taken at the next: try another one.
            Err((free_choice, _, _)) if free_choice && attempts > 0 => attempts -= 1,
            Err((_, place, error)) => return Err((place, error)),
            Ok(sites) => return Ok(sites),
        }
    }
}

fn open_once(
    options: &[SiteOptions],
    faults: &Faults,
) -> Result<Vec<Site>, (bool, usize, io::Error)> {
    let mut shared = 0;
    let mut sites = Vec::new();
    for (place, one) in options.iter().enumerate() {
        let port = if one.port == 0 { shared } else { one.port };
        let site = Site::open(one, port, faults)
            .map_err(|error| (one.port == 0 && shared != 0, place, error))?;
        if one.port == 0 {
            shared = site.door.address().port();
        }
        sites.push(site);
    }
    Ok(sites)
}

#[derive(Clone)]
struct Page {
    name: Arc<str>,
    faults: Faults,
}

/// What is asked for: every other page is made by the application from the database.
#[derive(Clone, Copy, PartialEq)]
enum Behind {
    /// The proxy answers by itself, as HAProxy does with `monitor-uri`.
    Proxy,
    /// The application answers without its database.
    Application,
    Database,
}

impl Behind {
    fn of(path: &str) -> Self {
        match path {
            "/proxy-alive" => Self::Proxy,
            "/app-alive" => Self::Application,
            _ => Self::Database,
        }
    }
}

async fn answer(State(page): State<Page>, uri: Uri) -> Response {
    let behind = Behind::of(uri.path());
    let mut status = StatusCode::OK;
    let mut body = match behind {
        Behind::Database => {
            let name = &page.name;
            format!("<!doctype html>\n<title>{name}</title>\n<h1>{name}</h1>\n<p>dbworking</p>\n")
        }
        Behind::Proxy | Behind::Application => "alive\n".to_owned(),
    };
    let mut wait = 0;
    for fault in page.faults.active() {
        if behind == Behind::Proxy || fault.site() != Some(&*page.name) {
            continue;
        }
        match fault {
            Fault::SiteSlow { millis, .. } => wait = millis,
            Fault::SiteStatus { status: code, .. } => {
                status = StatusCode::from_u16(code).unwrap_or(status);
            }
            Fault::SiteBody { body: text, .. } if behind == Behind::Database => body = text,
            _ => {}
        }
    }
    tokio::time::sleep(Duration::from_millis(wait)).await;
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
}

fn rule(name: String, home: Option<Cloud>) -> Rule {
    Arc::new(move |faults| {
        let dead = |fault: &Fault| match fault {
            Fault::SiteKilled { site } => *site == name,
            Fault::CloudDown { cloud } => Some(*cloud) == home,
            _ => false,
        };
        let silent =
            |fault: &Fault| matches!(fault, Fault::SiteBlackHole { site } if *site == name);
        if faults.any(dead) {
            Passage::Shut
        } else if faults.any(silent) {
            Passage::Silent
        } else {
            Passage::Open
        }
    })
}
