//! What a switchover would change, and whether it would be accepted.
use axum::Json;
use axum::extract::State;
use dns_provider::RrSet;
use failover_core::{ServiceSnapshot, SiteId, SiteView, Snapshot, Verdict};
use serde::Deserialize;
use utoipa::IntoParams;
use watcher::ProviderDiff;
use web_api::{Plan, PlanCheck, ProviderPlan, Said};

use super::app::{App, service};
use super::auth::Viewer;
use super::command;
use super::input::{Ask, Named};
use super::openapi::envelope;
use super::problem::{Answer, Refusal};
use crate::config::duration;

/// Where to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PlanQuery {
    /// The target's name.
    to: String,
}

/// What a switchover would change. Reads the providers and changes nothing.
#[utoipa::path(
    get, path = "/api/v1/services/{service}/plan", tag = "operate",
    params(("service" = String, Path, description = "The service's name"), PlanQuery),
    responses(
        (status = 200, body = envelope::Plan, description = "The plan"),
        (status = 400, body = envelope::Problem, content_type = "application/problem+json",
         description = "The query is malformed"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "There is no such service or site"),
        envelope::Refused,
    )
)]
pub async fn plan(
    State(app): State<App>,
    _: Viewer,
    Named(name): Named,
    Ask(query): Ask<PlanQuery>,
) -> Answer<Json<Plan>> {
    let snapshot = app.watcher().snapshot();
    let found = service(&snapshot, &name)?;
    let place = found.sites.iter().position(|site| site.name == query.to);
    let place = place.and_then(|place| u8::try_from(place).ok().map(SiteId));
    let to = place.ok_or_else(|| Refusal::unknown_site(&query.to))?;
    let diffs = app.watcher().plan(&name, to).await.map_err(command::refusal)?;
    Ok(Json(describe(&snapshot, found, to, diffs)))
}

fn describe(
    snapshot: &Snapshot,
    service: &ServiceSnapshot,
    to: SiteId,
    diffs: Vec<ProviderDiff>,
) -> Plan {
    let name = |site: SiteId| service.sites.get(site.index()).map(|facts| facts.name.clone());
    let (required, advisory) = checks(snapshot, service, to, &diffs);
    let allowed = required.iter().all(|check| check.ok);
    Plan {
        service: service.view.service.clone(),
        from: service.view.desired.single().and_then(name),
        to: name(to).unwrap_or_default(),
        providers: diffs.into_iter().map(provider).collect(),
        checks: required.into_iter().chain(advisory).collect(),
        allowed,
        converges_in_secs: service.ttl,
    }
}

/// What must be so for a switchover to be accepted, and what is only good to know.
fn checks(
    snapshot: &Snapshot,
    service: &ServiceSnapshot,
    to: SiteId,
    diffs: &[ProviderDiff],
) -> (Vec<PlanCheck>, Vec<PlanCheck>) {
    let view = &service.view;
    let Some(site) = view.sites.get(to.index()) else {
        let said = Said::of("check.unknown_site");
        return (vec![check(false, said, "nothing is known of this site yet")], Vec::new());
    };
    let mut required = vec![
        match view.desired.single() == Some(to) {
            true => check(false, Said::of("check.active"), "it is the active site already"),
            false => check(true, Said::of("check.standby"), "it is a standby"),
        },
        up(site),
        match &site.maintenance {
            Some((_, who)) => check(
                false,
                Said::of("check.maintenance").with("site", &site.name).with("who", &who.0),
                format!("{} is in maintenance since {} said so", site.name, who.0),
            ),
            None => check(true, Said::of("check.no_maintenance"), "not in maintenance"),
        },
        match &view.open_move {
            Some(open) => check(
                false,
                Said::of("check.move_open").with("id", open.id.0),
                format!("move {} is still open", open.id.0),
            ),
            None => check(true, Said::of("check.no_move"), "no other move is open"),
        },
    ];
    if let Some(problem) = &snapshot.journal_problem {
        let said = Said::of("check.no_journal").with("why", problem);
        required.push(check(false, said, format!("the journal cannot be written: {problem}")));
    }
    let mut advisory = Vec::new();
    for diff in diffs {
        advisory.push(match &diff.problem {
            Some(problem) => check(
                false,
                Said::of("check.provider_problem")
                    .with("provider", &diff.provider)
                    .with("why", problem),
                format!("{}: {problem}", diff.provider),
            ),
            None => check(
                true,
                Said::of("check.provider").with("provider", &diff.provider),
                format!("{} can be changed", diff.provider),
            ),
        });
    }
    if let Some(last) = &view.last_move {
        let ago = snapshot.at.since(last.completed.unwrap_or(last.since));
        let seconds = std::time::Duration::from_secs(ago.as_secs());
        let ago = duration::show(seconds);
        let said = Said::of("check.last_move").with("ago", &ago);
        advisory.push(check(true, said, format!("the last move was {ago} ago")));
    }
    (required, advisory)
}

fn check(ok: bool, said: Said, text: impl Into<String>) -> PlanCheck {
    PlanCheck { ok, text: text.into(), said: Some(said) }
}

fn up(site: &SiteView) -> PlanCheck {
    let [up, down, unknown] = site.tally;
    let total = u16::from(up) + u16::from(down) + u16::from(unknown);
    let word = match site.verdict {
        Verdict::Up => "up",
        Verdict::Down => "down",
        Verdict::Unknown => "unknown",
    };
    let text = format!("{} is {word}: up from {up} of {total} vantages", site.name);
    let said = Said::of(match site.verdict {
        Verdict::Up => "check.up",
        Verdict::Down => "check.down",
        Verdict::Unknown => "check.unknown",
    });
    let said = said.with("site", &site.name).with("up", up).with("all", total);
    check(site.verdict == Verdict::Up, said, text)
}

fn provider(diff: ProviderDiff) -> ProviderPlan {
    ProviderPlan {
        provider: diff.provider,
        remove: diff.remove.iter().flat_map(lines).collect(),
        add: diff.add.iter().flat_map(lines).collect(),
        problem: diff.problem,
    }
}

/// An RRset as zone-file lines (RFC 1035 section 5.1).
pub fn lines(set: &RrSet) -> Vec<String> {
    let RrSet { key, ttl, values, .. } = set;
    values.iter().map(|value| format!("{}. {ttl} IN {} {value}", key.name, key.rtype)).collect()
}
