//! `schwenk dns plan` and `schwenk dns set`: one RRset, at every chosen provider.
use std::collections::BTreeSet;

use clap::Args;
use dns_provider::plan::{SafetyLimits, Scope, plan as planned};
use dns_provider::{ChangeSet, DnsProvider, Expect, Key, Name, Outcome, RecordType, RrSet};
use serde::Serialize;

use super::failed;
use super::provider::{Chosen, ProviderArgs};
use crate::cli::exit::{Exit, Failed};
use crate::cli::{ask, out::Out};
use crate::http::lines;

/// The RRset that is wanted.
#[derive(Debug, Args)]
pub struct Wanted {
    /// The owner name.
    name: String,
    /// The type.
    rtype: String,
    /// The values in zone-file notation.
    #[arg(required_unless_present = "delete")]
    values: Vec<String>,
    /// The TTL, in seconds. Default: what is there, or 60.
    #[arg(long, conflicts_with = "delete")]
    ttl: Option<u32>,
    /// Remove the RRset.
    #[arg(long, conflicts_with = "values")]
    delete: bool,
}

/// What would change at one provider.
#[derive(Debug, Serialize)]
struct Planned {
    provider: String,
    zone: String,
    /// Zone-file lines that would go.
    remove: Vec<String>,
    /// Zone-file lines that would come.
    add: Vec<String>,
    #[serde(skip)]
    set: ChangeSet,
}

/// What became of it at one provider.
#[derive(Debug, Serialize)]
struct Done {
    provider: String,
    outcome: Outcome,
}

pub async fn plan(args: ProviderArgs, wanted: Wanted, out: Out) -> Result<Exit, Failed> {
    let all = plans(&args, &args.providers().await?, &wanted).await?;
    out.print(&all, || text(&all))?;
    Ok(Exit::Done)
}

pub async fn set(args: ProviderArgs, wanted: Wanted, yes: bool, out: Out) -> Result<Exit, Failed> {
    let providers = args.providers().await?;
    let all = plans(&args, &providers, &wanted).await?;
    if !out.json {
        out.note(text(&all).trim_end())?;
    }
    if all.iter().all(|planned| planned.set.changes.is_empty()) {
        let none: [Done; 0] = [];
        out.print(&none[..], || "Nothing to do.".to_owned())?;
        return Ok(Exit::Done);
    }
    ask::confirm(&wanted.name, yes)?;
    let changes = providers.iter().zip(&all).filter(|(_, planned)| !planned.set.changes.is_empty());
    let work = changes.map(|(chosen, planned)| apply(&args, chosen.client.as_ref(), planned));
    let (mut done, mut worst) = (Vec::new(), None);
    // Every provider is asked, whatever becomes of the others.
    for result in futures_util::future::join_all(work).await {
        match result {
            Ok(one) => done.push(one),
            Err(failure) => worst = worst.or(Some(failure)),
        }
    }
    out.print(&done, || {
        let line = |one: &Done| format!("{}: {}\n", one.provider, describe(&one.outcome));
        done.iter().map(line).collect()
    })?;
    let bad = done.iter().find_map(|one| match &one.outcome {
        Outcome::Refused(failure) => Some((Exit::Refused, &one.provider, failure)),
        Outcome::Unknown(failure) => Some((Exit::Failed, &one.provider, failure)),
        _ => None,
    });
    match (worst, bad) {
        (Some(failure), _) => Err(failure),
        (None, Some((exit, provider, failure))) => {
            Err(Failed::new(exit, format!("{provider}: {failure}")))
        }
        (None, None) => Ok(Exit::Done),
    }
}

async fn plans(
    args: &ProviderArgs,
    providers: &[Chosen],
    wanted: &Wanted,
) -> Result<Vec<Planned>, Failed> {
    let name = Name::parse(&wanted.name).map_err(|error| Failed::input(error.to_string()))?;
    let key = Key::new(name, RecordType::from(wanted.rtype.clone()));
    let mut all = Vec::new();
    for chosen in providers {
        let client = chosen.client.as_ref();
        let zone = args.zone(client, Some(&key.name)).await?;
        let mut now = client.rrsets(&zone, args.call()).await.map_err(|error| failed(&error))?;
        now.retain(|rrset| rrset.key.name == key.name);
        let there = now.iter().find(|rrset| rrset.key == key);
        let ttl = wanted.ttl.or(there.map(|rrset| rrset.ttl)).unwrap_or(60);
        let want: Vec<RrSet> = match wanted.delete {
            true => Vec::new(),
            false => {
                let set = RrSet::parse(key.name.as_str(), key.rtype.as_str(), ttl, &wanted.values);
                vec![set.map_err(|error| Failed::input(error.to_string()))?]
            }
        };
        let scope = Scope::Keys(BTreeSet::from([key.clone()]));
        let limits = SafetyLimits::default();
        let set = planned(&zone, &now, &want, &scope, client.capabilities(), &limits);
        let set = set
            .map_err(|refused| Failed::new(Exit::Refused, format!("{}: {refused}", client.id())))?;
        let gone = set.changes.iter().filter_map(|change| match &change.expect {
            Expect::Exactly(old) => Some(lines(old)),
            _ => None,
        });
        let come = set.changes.iter().filter_map(|change| change.desired.as_ref()).map(lines);
        all.push(Planned {
            provider: client.id().to_owned(),
            zone: zone.name.to_string(),
            remove: gone.flatten().collect(),
            add: come.flatten().collect(),
            set,
        });
    }
    Ok(all)
}

async fn apply(
    args: &ProviderArgs,
    client: &dyn DnsProvider,
    planned: &Planned,
) -> Result<Done, Failed> {
    let report = client.apply(&planned.set, args.call()).await.map_err(|error| failed(&error))?;
    for ticket in &report.pending {
        client.settle(ticket, args.call()).await.map_err(|error| failed(&error))?;
    }
    let outcome = report.outcomes.into_iter().next().map_or(Outcome::NotTried, |(_, it)| it);
    Ok(Done { provider: planned.provider.clone(), outcome })
}

fn text(all: &[Planned]) -> String {
    let each = all.iter().map(|planned| {
        let mut text = format!("{} at {}:\n", planned.zone, planned.provider);
        if planned.set.changes.is_empty() {
            text += "  no change\n";
        }
        text += &planned.remove.iter().map(|line| format!("  - {line}\n")).collect::<String>();
        text + &planned.add.iter().map(|line| format!("  + {line}\n")).collect::<String>()
    });
    each.collect()
}

fn describe(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Applied => "done".to_owned(),
        Outcome::AlreadySo => "it was so already".to_owned(),
        Outcome::Refused(failure) => format!("REFUSED: {failure}"),
        Outcome::Unknown(failure) => format!("UNKNOWN whether it happened: {failure}"),
        _ => "not tried".to_owned(),
    }
}
