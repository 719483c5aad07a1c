//! `schwenk status`: the services of a running watcher at a glance.
use std::time::Duration;

use clap::Args;
use failover_core::{
    ClusterView, Mode, ProviderStep, ServiceSnapshot, SiteFacts, SiteSet, SiteView, Snapshot,
    Verdict, View,
};

use super::curve;
use super::dns::draw;
use super::exit::{Exit, Failed};
use super::measured;
use super::out::{Out, table};
use super::remote::{Remote, RemoteArgs};
use crate::config::duration::{show, show_moment};
use crate::words;
use web_api::MoveCurve;

#[derive(Debug, Args)]
pub struct StatusArgs {
    #[command(flatten)]
    remote: RemoteArgs,
    /// Only this service.
    service: Option<String>,
}

pub async fn status(args: StatusArgs, out: Out) -> Result<Exit, Failed> {
    let remote = Remote::new(&args.remote)?;
    let mut snapshot = remote.snapshot().await?;
    if let Some(name) = &args.service {
        snapshot.services.retain(|service| &service.view.service == name);
        if snapshot.services.is_empty() {
            return Err(Failed::input(format!("there is no service \"{name}\"")));
        }
    }
    let curves = if out.json { Vec::new() } else { curves(&remote, &snapshot).await };
    out.print(&snapshot, || text(&snapshot, &curves))?;
    Ok(Exit::Done)
}

/// How the world has followed the latest move of each service, where that is known.
async fn curves(remote: &Remote, snapshot: &Snapshot) -> Vec<MoveCurve> {
    let mut curves = Vec::new();
    for service in &snapshot.services {
        // The state is worth showing without it, too.
        let found = curve::latest(remote, Some(&service.view.service), None).await;
        curves.extend(found.ok().flatten());
    }
    curves
}

fn text(snapshot: &Snapshot, curves: &[MoveCurve]) -> String {
    let mut text = String::new();
    if let Some(problem) = &snapshot.journal_problem {
        text += &format!("JOURNAL: {problem}; nothing is changed meanwhile\n\n");
    }
    for alert in snapshot.alerts.iter().filter(|alert| alert.key != "journal") {
        let since = show_moment(alert.since.as_millis());
        text += &format!("ALERT since {since}: {}\n\n", alert.text);
    }
    for service in &snapshot.services {
        text += &self::service(service);
        for found in curves.iter().filter(|one| one.curve.service == service.view.service) {
            text += &format!("  move {}: {}\n", found.curve.id.0, draw::headline(&found.curve));
        }
        text += "\n";
    }
    if let Some(group) = &snapshot.cluster {
        text += &self::group(group, snapshot);
    }
    text
}

/// The sites a service is served from.
pub fn served_from(service: &ServiceSnapshot) -> String {
    names(service.view.desired, &service.sites)
}

/// The watchers that share a lead.
fn group(group: &ClusterView, snapshot: &Snapshot) -> String {
    let leader = match &group.leader {
        Some(leader) => format!("{leader} leads (epoch {})", group.epoch),
        None => "NOBODY LEADS: nothing is moved by itself".to_owned(),
    };
    let mut text = format!("watchers: {leader}\n");
    if let Some(problem) = &group.problem {
        text += &format!("  SHARED STORE: {problem}; nothing is moved by itself\n");
    }
    let mut rows = vec![vec![snapshot.vantage.clone(), "this one".to_owned()]];
    for peer in &group.peers {
        let state = match (&peer.heard, peer.alive) {
            (None, _) => "never heard".to_owned(),
            (Some(heard), false) => {
                format!(
                    "SILENT for {}",
                    show(Duration::from_secs(snapshot.at.since(*heard).as_secs()))
                )
            }
            (Some(_), true) if peer.isolated => "CUT OFF from its anchors".to_owned(),
            (Some(_), true) if !peer.sees => "SEES NO SITE".to_owned(),
            (Some(_), true) => "watches".to_owned(),
        };
        let journal = peer.journal.as_ref().map_or(String::new(), |why| format!("journal: {why}"));
        rows.push(vec![peer.vantage.clone(), state, journal]);
    }
    text + &indent(&table(&rows))
}

/// One service: where it is served from, its sites, its providers, what comes next.
pub fn service(service: &ServiceSnapshot) -> String {
    let view = &service.view;
    let from = names(view.desired, &service.sites);
    let mut text = format!(
        "{} ({}) is served from {from}, {}\n",
        view.service,
        service.name,
        mode(&view.mode)
    );
    let sites = view.sites.iter().zip(&service.sites);
    let rows: Vec<Vec<String>> = sites.map(|(site, facts)| row(site, facts, view)).collect();
    text += &indent(&table(&rows));
    let rows: Vec<Vec<String>> =
        view.providers.iter().map(|p| vec![p.name.clone(), step(&p.step)]).collect();
    text += &indent(&table(&rows));
    if let Some(open) = &view.open_move {
        let (id, to) = (open.id.0, names(open.to, &service.sites));
        text += &format!(
            "  move {id} to {to} is under way since {}\n",
            show_moment(open.since.as_millis())
        );
    }
    if view.latched.is_some() {
        text += "  latched after a failover: run `schwenk rearm` when all is well\n";
    }
    if let Some(wants) = view.next.wants {
        let why: Vec<String> = view.next.blockers.iter().map(words::blocker).collect();
        let why = if why.is_empty() { "at once".to_owned() } else { why.join("; ") };
        text += &format!("  would move to {}: {why}\n", names(wants, &service.sites));
    }
    text += &indent(&measured::lines(service));
    text
}

fn row(site: &SiteView, facts: &SiteFacts, view: &View) -> Vec<String> {
    let mark = if site.active { "→" } else { " " };
    let [up, down, unknown] = site.tally;
    let age = match site.since.as_millis() {
        0 => "since the start".to_owned(),
        _ => format!("for {}", show(Duration::from_secs(view.now.since(site.since).as_secs()))),
    };
    let maintenance = site.maintenance.as_ref().map_or(String::new(), |(until, who)| {
        format!("maintenance until {} by {}", show_moment(until.as_millis()), who.0)
    });
    vec![
        format!("{mark} {}", site.name),
        verdict(site.verdict).to_owned(),
        age,
        format!("{up} up, {down} down, {unknown} unknown"),
        facts.addresses.join(" "),
        site.lag_ms
            .map_or_else(String::new, |lag| format!("lag {}", show(Duration::from_millis(lag)))),
        maintenance,
    ]
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Up => "up",
        Verdict::Down => "DOWN",
        Verdict::Unknown => "unknown",
    }
}

fn mode(mode: &Mode) -> String {
    match mode {
        Mode::Armed { .. } => "armed".to_owned(),
        Mode::Disarmed { who, until: Some(until), .. } => {
            format!("DISARMED by {} until {}", who.0, show_moment(until.as_millis()))
        }
        Mode::Disarmed { who, .. } => format!("DISARMED by {}", who.0),
        _ => "in an unknown mode".to_owned(),
    }
}

fn step(step: &ProviderStep) -> String {
    match step {
        ProviderStep::Settled => "publishes what it should".to_owned(),
        ProviderStep::Waiting => "waits for its turn".to_owned(),
        ProviderStep::Publishing { .. } => "is being changed".to_owned(),
        ProviderStep::ReadingBack { .. } => "outcome unknown, being read back".to_owned(),
        ProviderStep::Accepted { .. } => "accepted; not all name servers answer it yet".to_owned(),
        ProviderStep::Failed { message, failures, .. } => {
            format!("FAILED {failures} times: {message}")
        }
        _ => "in an unknown state".to_owned(),
    }
}

/// The sites of a set by name.
pub fn names(set: SiteSet, sites: &[SiteFacts]) -> String {
    let names: Vec<&str> =
        set.iter().filter_map(|site| sites.get(site.index())).map(|s| s.name.as_str()).collect();
    if names.is_empty() { "nowhere known".to_owned() } else { names.join(" and ") }
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}
