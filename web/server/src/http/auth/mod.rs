//! Who calls: people with a session cookie, programs with a bearer token.
mod account;
mod session;
mod throttle;

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use failover_core::Actor;
use web_api::Role;

pub use account::{Accounts, hash, random_token};
pub use session::{SessionId, Sessions};
pub use throttle::{Peer, Throttle};

use super::app::App;
use super::problem::Refusal;

/// Somebody who may look.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The login name or the token's name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Their session, unless they use a token.
    pub session: Option<SessionId>,
}

/// Somebody who may command.
#[derive(Clone, Debug)]
pub struct Operator(pub Viewer);

impl Operator {
    /// The name that stands in the journal.
    pub fn actor(&self) -> Actor {
        Actor(self.0.name.clone())
    }
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        if let Some(token) = bearer(parts) {
            let token = token.to_owned();
            let peer = Peer::from_request_parts(parts, app).await?;
            let account = app.accounts().program(&token, peer, app.throttle()).await?;
            return Ok(Self { name: account.name, role: account.role, session: None });
        }
        let id = cookie(parts, cookie_name(app)).and_then(SessionId::parse);
        let (id, account) = id
            .and_then(|id| app.sessions().account(&id).map(|account| (id, account)))
            .ok_or_else(Refusal::no_session)?;
        Ok(Self { name: account.name, role: account.role, session: Some(id) })
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let viewer = Viewer::from_request_parts(parts, app).await?;
        if viewer.role < Role::Operate {
            return Err(Refusal::wrong_role(&viewer.name));
        }
        Ok(Self(viewer))
    }
}

/// The session cookie's name. The prefix makes browsers insist on `Secure` and on this very host
/// (RFC 6265bis section 4.1.3.2); plain HTTP on loopback cannot have it.
pub fn cookie_name(app: &App) -> &'static str {
    if app.is_https() { "__Host-schwenk" } else { "schwenk" }
}

/// The cookie that starts a session, or with an empty id ends it.
pub fn set_cookie(app: &App, id: &str, lifetime_secs: u64) -> String {
    let secure = if app.is_https() { "; Secure" } else { "" };
    let name = cookie_name(app);
    format!("{name}={id}; Path=/; Max-Age={lifetime_secs}; HttpOnly; SameSite=Strict{secure}")
}

fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn cookie<'p>(parts: &'p Parts, name: &str) -> Option<&'p str> {
    let all = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs =
        all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next()
}
