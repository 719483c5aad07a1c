//! The shapes of zones, records, their changes and what the doctor says.
use serde::Serialize;
use utoipa::ToSchema;

/// `GET /api/v1/records/zones`.
#[derive(Serialize, ToSchema)]
pub struct Zones {
    /// By name.
    pub zones: Vec<ZoneAt>,
    /// All configured providers, and which cannot be read.
    pub providers: Vec<ProviderRead>,
}

/// A zone and who has it.
#[derive(Serialize, ToSchema)]
pub struct ZoneAt {
    /// The apex.
    pub name: String,
    /// The providers that have it.
    pub providers: Vec<String>,
}

/// Whether a provider could be read.
#[derive(Serialize, ToSchema)]
pub struct ProviderRead {
    /// Its name.
    pub provider: String,
    /// Why it could not.
    pub problem: Option<String>,
}

/// `GET /api/v1/records?zone={name}`: one zone, RRset by RRset, side by side.
#[derive(Serialize, ToSchema)]
pub struct ZoneRecords {
    /// The zone.
    pub zone: String,
    /// One per configured provider, in the configuration's order.
    pub columns: Vec<RecordColumn>,
    /// One per RRset; one page of them.
    pub rows: Vec<RecordRow>,
    /// How many pass the filter.
    pub total: usize,
    /// How many of the whole zone differ between providers.
    pub differing: usize,
    /// How many come before the first of this page.
    pub offset: usize,
    /// How old what is shown is, in seconds.
    pub age_secs: u64,
}

/// One provider's part of a zone.
#[derive(Serialize, ToSchema)]
pub struct RecordColumn {
    /// The provider.
    pub provider: String,
    /// Why it could not be read.
    pub problem: Option<String>,
    /// What the provider says of the zone: its number there, that it is secondary, …
    pub notes: Vec<String>,
    /// The name servers it has assigned.
    pub name_servers: Vec<String>,
    /// How many RRsets it has.
    pub count: usize,
    /// The smallest TTL it takes, in seconds.
    pub ttl_min: u32,
    /// Who checks that nobody else has written meanwhile: `server`, `read_then_write` or `none`.
    pub guard: String,
}

/// One RRset at all providers.
#[derive(Serialize, ToSchema)]
pub struct RecordRow {
    /// The owner name.
    pub name: String,
    /// The type.
    #[serde(rename = "type")]
    pub rtype: String,
    /// What each provider has, in the order of the columns.
    pub cells: Vec<RecordCell>,
    /// `same`, `differs`, `unknown` or `own`.
    pub agreement: String,
    /// In what they differ: `missing`, `values`, `ttl`, `opaque`.
    pub differences: Vec<String>,
    /// The service that moves it; then it is changed by a switchover only.
    pub service: Option<String>,
}

/// What one provider has.
#[derive(Serialize, ToSchema)]
pub struct RecordCell {
    /// `there`, `absent` or `unread`.
    pub state: String,
    /// In seconds.
    pub ttl: Option<u32>,
    /// In zone-file notation.
    pub values: Vec<String>,
    /// Whether it is more than plain values, and so never changed.
    pub opaque: bool,
}

/// One RRset as it shall be at some providers.
#[derive(Serialize, ToSchema)]
pub struct RecordChange {
    /// The owner name.
    pub name: String,
    /// The type.
    #[serde(rename = "type")]
    pub rtype: String,
    /// Where.
    pub providers: Vec<String>,
    /// In seconds; not needed to remove it.
    pub ttl: Option<u32>,
    /// What a human types, or zone-file notation.
    #[schema(required = false)]
    pub values: Vec<String>,
    /// Remove the RRset.
    #[schema(required = false)]
    pub remove: bool,
}

/// `POST /api/v1/records/plan`, and with the plan's digest `POST /api/v1/records/apply`.
#[derive(Serialize, ToSchema)]
pub struct RecordsWanted {
    /// The zone.
    pub zone: String,
    /// At most fifty.
    pub changes: Vec<RecordChange>,
    /// The name servers at the apex may be changed.
    #[schema(required = false)]
    pub apex_ns: bool,
    /// The digest of the plan that was seen.
    pub digest: Option<String>,
}

/// What would change, and whether it may.
#[derive(Serialize, ToSchema)]
pub struct RecordsPlan {
    /// The zone.
    pub zone: String,
    /// Holds as long as nothing has changed at any of the providers.
    pub digest: String,
    /// Per provider, what would change.
    pub providers: Vec<RecordsPlanned>,
    /// What asks for a second thought: `remove`, `apex_ns`.
    pub dangers: Vec<String>,
    /// Whether it may be applied.
    pub allowed: bool,
    /// What more than a plan may not change.
    pub limits: RecordsLimits,
}

/// What would change at one provider.
#[derive(Serialize, ToSchema)]
pub struct RecordsPlanned {
    /// The provider.
    pub provider: String,
    /// Zone-file lines that would go.
    pub remove: Vec<String>,
    /// Zone-file lines that would come.
    pub add: Vec<String>,
    /// What stands against it.
    pub problems: Vec<String>,
    /// RRsets that would be made or changed.
    pub puts: usize,
    /// RRsets that would be removed.
    pub removals: usize,
    /// RRsets that are there.
    pub present: usize,
}

/// The planner's safety limits.
#[derive(Serialize, ToSchema)]
pub struct RecordsLimits {
    /// The most RRsets updated at once, in percent of the zone.
    pub updates_percent: u8,
    /// The most RRsets removed at once, in percent of the zone.
    pub removals_percent: u8,
    /// In a zone with fewer RRsets the percentages do not count.
    pub sample_min: usize,
}

/// What becomes of a change; `GET /api/v1/records/runs/{id}` says how far it is.
#[derive(Serialize, ToSchema)]
pub struct RecordsRun {
    /// Its number since the start of the program.
    pub id: u64,
    /// The zone.
    pub zone: String,
    /// Who wants it.
    pub who: String,
    /// Each provider by itself.
    pub steps: Vec<RecordsStep>,
    /// `running`, `done`, `split` (some have it and some have not), `failed` (nobody has it) or
    /// `unknown`.
    pub state: String,
    /// One sentence.
    pub text: String,
    /// What would bring the former state back.
    pub undo: Vec<RecordChange>,
}

/// How far one provider is.
#[derive(Serialize, ToSchema)]
pub struct RecordsStep {
    /// The provider.
    pub provider: String,
    /// `waiting`, `writing`, `publishing`, `done`, `refused`, `partly` or `unknown`.
    pub state: String,
    /// Why it is not done.
    pub problem: Option<String>,
    /// What was found there afterwards, if it had to be looked at: zone-file lines.
    pub found: Option<Vec<String>>,
}

/// `POST /api/v1/records/check`: what is wrong with something typed.
#[derive(Serialize, ToSchema)]
pub struct RecordsChecked {
    /// With the name.
    pub name: Option<String>,
    /// With the type.
    #[serde(rename = "type")]
    pub rtype: Option<String>,
    /// With the TTL.
    pub ttl: Option<String>,
    /// With each value.
    pub values: Vec<Option<String>>,
    /// With the RRset as a whole.
    pub whole: Option<String>,
}

/// `GET /api/v1/records/doctor?zone={name}`: what is wrong with a zone.
#[derive(Serialize, ToSchema)]
pub struct ZoneDoctor {
    /// The zone.
    pub zone: String,
    /// The worst first.
    pub findings: Vec<ZoneFinding>,
    /// How old the answer is, in seconds.
    pub age_secs: u64,
}

/// Something that was found.
#[derive(Serialize, ToSchema)]
pub struct ZoneFinding {
    /// `critical`, `warning`, `note` or `good`.
    pub grade: String,
    /// A stable word for programs.
    pub code: String,
    /// What is so.
    pub text: String,
    /// What to do about it; empty when nothing is to be done.
    pub remedy: String,
    /// Both for other languages; what to do is `.do` of the code.
    pub said: Option<web_api::Said>,
}
