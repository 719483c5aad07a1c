//! The configuration that is in effect.
use serde::{Deserialize, Serialize};
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

/// `GET /api/v1/configuration`: every setting that is in effect, and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Configuration {
    /// The file.
    pub file: String,
    /// The program's version.
    pub version: String,
    /// The sections, in the order of the reference.
    pub sections: Vec<SettingSection>,
    /// What the settings of each service amount to, as `schwenk check` prints it.
    pub consequences: Vec<Consequence>,
    /// What is allowed and doubtful.
    pub warnings: Vec<String>,
}

/// One section of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct SettingSection {
    /// Its heading, as in the file: `[[providers]] google`.
    pub title: String,
    /// The settings.
    pub settings: Vec<Setting>,
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Setting {
    /// Its key, as in the file: `providers[0].token`.
    pub key: String,
    /// The value in words. Of a secret only where it is kept.
    pub value: String,
    /// Whether it is a secret: neither it nor its length leaves the server.
    pub secret: bool,
    /// The line of the file it stands in; none: it is a default.
    pub line: Option<usize>,
    /// What the default follows from, if from something else: `preset fast`.
    pub from: Option<String>,
}

/// What the settings of one service amount to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Consequence {
    /// The service.
    pub service: String,
    /// Each as what, how much, and with what.
    pub lines: Vec<Vec<String>>,
}

/// `GET /api/v1/configuration/providers`: what the configured credentials can see now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Reached {
    /// The providers, in the configuration's order.
    pub providers: Vec<ReachedProvider>,
}

/// What the credentials of one provider can see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct ReachedProvider {
    /// Its id.
    pub provider: String,
    /// The zones.
    pub zones: Vec<String>,
    /// Why no zones could be seen.
    pub zones_problem: Option<String>,
    /// How many servers.
    pub servers: Option<usize>,
    /// Why no servers could be seen.
    pub servers_problem: Option<String>,
    /// How long the DNS API took to answer, in milliseconds.
    pub millis: u64,
}
