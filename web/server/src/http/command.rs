//! What operators ask for.
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use failover_core::{Command, Refusal as Why, SiteId};
use watcher::CommandError;
use web_api::{CommandAnswer, CommandRequest};

use super::app::{App, service};
use super::auth::Operator;
use super::input::{Body, Named};
use super::openapi::{self, envelope};
use super::problem::{Answer, Refusal};

/// Obeyed or refused at once; what it sets in motion shows in the snapshots.
#[utoipa::path(
    post, path = "/api/v1/services/{service}/command", tag = "operate",
    params(("service" = String, Path, description = "The service's name")),
    request_body = openapi::command::Order,
    responses(
        (status = 200, body = envelope::CommandAnswer, description = "Obeyed"),
        (status = 404, body = envelope::Problem, content_type = "application/problem+json",
         description = "There is no such service or site"),
        (status = 409, body = envelope::Problem, content_type = "application/problem+json",
         description = "Refused: the world has moved (`stale_from`), the target is not up, the \
                        watchers' store is reached (`not_alone`), …"),
        (status = 503, body = envelope::Problem, content_type = "application/problem+json",
         description = "The journal cannot be written, no watcher that leads is reached, or the \
                        watcher is ending"),
        envelope::Refused, envelope::Unread,
    )
)]
pub async fn command(
    State(app): State<App>,
    operator: Operator,
    Named(name): Named,
    Body(request): Body<CommandRequest>,
) -> Answer<Json<CommandAnswer>> {
    let snapshot = app.watcher().snapshot();
    let sites = service(&snapshot, &name)?.sites.len();
    if let Some(site) =
        sites_of(&request.command).into_iter().flatten().find(|s| s.index() >= sites)
    {
        return Err(Refusal::unknown_site(&site.0.to_string()));
    }
    let (watcher, who) = (app.watcher(), operator.actor());
    let result = match (request.alone, request.command) {
        (false, command) => watcher.command(&name, who, command).await,
        (true, Command::Force { from, to }) => watcher.force_alone(&name, who, from, to).await,
        (true, _) => {
            let detail = "\"alone\": only \"force\" can be ordered at one watcher alone";
            return Err(Refusal::bad_request(detail));
        }
    };
    result.map(|events| Json(CommandAnswer { events })).map_err(refusal)
}

fn sites_of(command: &Command) -> [Option<SiteId>; 2] {
    match command {
        Command::SwitchOver { from, to } | Command::Force { from, to } => [Some(*from), Some(*to)],
        Command::MaintenanceOn { site, .. } | Command::MaintenanceOff { site } => {
            [Some(*site), None]
        }
        _ => [None, None],
    }
}

/// What a watcher's refusal is over HTTP.
pub fn refusal(error: CommandError) -> Refusal {
    match error {
        CommandError::UnknownService(name) => Refusal::unknown_service(&name),
        CommandError::Refused(why, text) => {
            Refusal::new(StatusCode::CONFLICT, word(&why), "The command was refused", text)
        }
        CommandError::NotAlone(text) => {
            Refusal::new(StatusCode::CONFLICT, "not_alone", "This watcher is not alone", text)
        }
        other => Refusal::unavailable(other.to_string()),
    }
}

/// The stable word of a refusal.
fn word(why: &Why) -> &'static str {
    match why {
        Why::Stale { .. } => "stale_from",
        Why::UnknownSite => "unknown_site",
        Why::AlreadyActive => "already_active",
        Why::NotUp => "not_up",
        Why::InMaintenance => "in_maintenance",
        Why::MoveOpen { .. } => "move_open",
        Why::NoSuchMove => "no_such_move",
        Why::AlreadySo => "already_so",
        Why::NotLeader => "not_leader",
        Why::NoJournal => "no_journal",
        Why::NoExpiry => "no_expiry",
        Why::NothingBetter => "nothing_better",
        Why::LagTooLarge => "lag_too_large",
        _ => "refused",
    }
}
