//! Credentials found somewhere, and what they tell about themselves.
use std::sync::Arc;

use serde_json::Value;

use super::{AuthorizedUser, ServiceAccount, ServiceAccountKey, UserCredentials, Wiring};
use crate::{Failure, Kind, TokenSource};

/// A token source with its story: for `check`, logs and error messages.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Credentials {
    /// Supplies the tokens.
    pub tokens: Arc<dyn TokenSource>,
    /// Where they come from: "the service-account key /etc/schwenk/google.json".
    pub origin: String,
    /// Whose they are, if that is known without asking.
    pub account: Option<String>,
    /// The project they suggest. Always allow another one: the zone's project is often not the
    /// account's.
    pub project: Option<Project>,
}

/// A project id and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Project {
    /// The id, such as `acme-prod`.
    pub id: String,
    /// Where it was found: "GOOGLE_CLOUD_PROJECT", "the key file".
    pub origin: String,
}

impl Project {
    /// The project `id`, found at `origin`.
    pub fn new(id: impl Into<String>, origin: impl Into<String>) -> Self {
        Self { id: id.into(), origin: origin.into() }
    }
}

impl Credentials {
    /// The credentials in the JSON `text` of a file of any supported type. `origin` names the file
    /// for messages.
    pub fn from_json(
        text: &str,
        origin: &str,
        scopes: &[&str],
        wiring: &Wiring,
    ) -> Result<Self, Failure> {
        Self::parse(text, origin, scopes, wiring).map_err(|mut failure| {
            failure.message = format!("{origin}: {}", failure.message);
            failure
        })
    }

    /// Whether [`from_json`](Self::from_json) can use `text`. Makes no client and asks nobody, so that
    /// a file that is no good is told long before it is needed.
    pub fn check(text: &str) -> Result<(), Failure> {
        Readable::from_json(text).map(drop)
    }

    fn parse(text: &str, origin: &str, scopes: &[&str], wiring: &Wiring) -> Result<Self, Failure> {
        Ok(match Readable::from_json(text)? {
            Readable::ServiceAccount(key) => {
                let found = |id| Project::new(id, format!("the key file {origin}"));
                Self {
                    origin: format!("the service-account key {origin}"),
                    account: Some(key.client_email.clone()),
                    project: key.project_id.clone().map(found),
                    tokens: Arc::new(ServiceAccount::new(key, scopes, wiring.clone())),
                }
            }
            Readable::User(user) => Self {
                origin: format!("the user credentials {origin}"),
                account: None,
                project: None,
                tokens: Arc::new(AuthorizedUser::new(user, wiring.clone())),
            },
        })
    }
}

/// What a credential file can be.
enum Readable {
    ServiceAccount(ServiceAccountKey),
    User(UserCredentials),
}

impl Readable {
    fn from_json(text: &str) -> Result<Self, Failure> {
        let (kind, json) = typed(text)?;
        let hint = match kind.as_str() {
            "service_account" => {
                return Ok(Self::ServiceAccount(ServiceAccountKey::from_value(&json)?));
            }
            "authorized_user" => return Ok(Self::User(UserCredentials::from_value(&json)?)),
            "external_account" => "workload identity federation is not supported",
            "external_account_authorized_user" => "workforce identity is not supported",
            "impersonated_service_account" => "impersonation is not supported",
            "gdch_service_account" => "Google Distributed Cloud is not supported",
            _ => "this type is not known",
        };
        let text = format!(
            "credentials of type \"{kind}\": {hint}; use a service-account key, the metadata \
             server, or `gcloud auth application-default login`"
        );
        Err(Failure::new(Kind::Unsupported, text))
    }
}

/// The JSON of a credential file and its `type`. Messages never quote the file.
pub(super) fn typed(text: &str) -> Result<(String, Value), Failure> {
    let json: Value = serde_json::from_str(text).map_err(|why| {
        let at = format!("line {}, column {}", why.line(), why.column());
        Failure::new(Kind::Invalid, format!("this is not JSON (it goes wrong at {at})"))
    })?;
    if json.get("installed").is_some() || json.get("web").is_some() {
        let text = "this is an OAuth client id, not a credential: create a key for a service \
                    account instead";
        return Err(Failure::new(Kind::Invalid, text));
    }
    let kind = required(&json, "type")?;
    Ok((kind, json))
}

/// A field that must be there and hold text.
pub(super) fn required(json: &Value, name: &str) -> Result<String, Failure> {
    optional(json, name).ok_or_else(|| {
        Failure::new(Kind::Invalid, format!("the credentials lack the field \"{name}\""))
    })
}

/// A field that may be missing or empty.
pub(super) fn optional(json: &Value, name: &str) -> Option<String> {
    json.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}
