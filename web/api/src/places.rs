//! The clouds' servers, the blueprint's plan, and the work on both.
use super::Said;
use failover_core::Timestamp;
use serde::{Deserialize, Serialize};
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

/// `GET /api/v1/locations`: what stands at all clouds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Locations {
    /// When the clouds were asked; what they are asked for more often is answered from memory.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub at: Timestamp,
    /// Whose the blueprint's things are; none: the configuration has no blueprint.
    pub owner: Option<String>,
    /// The blueprint's locations, in its order.
    pub locations: Vec<LocationFacts>,
    /// The clouds, in the configuration's order.
    pub clouds: Vec<CloudState>,
    /// The latest work, whether it goes on or has ended.
    pub job: Option<PlacesJob>,
}

/// A location of the blueprint, as the configuration wants it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct LocationFacts {
    /// Its name.
    pub name: String,
    /// The provider it is at.
    pub provider: String,
    /// Where its servers may stand, the preferred place first.
    pub places: Vec<String>,
    /// The range of its private network.
    pub range: String,
    /// What is wanted of each role.
    pub roles: Vec<RoleFacts>,
}

/// The servers of one role that a location shall have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct RoleFacts {
    /// `haproxy`, `app`, `db`, `dns` or `watcher`.
    pub role: String,
    /// Their type.
    pub machine: String,
    /// How many.
    pub count: u32,
}

/// What stands at one cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct CloudState {
    /// The provider's id.
    pub provider: String,
    /// Whose API it is: `google` or `hetzner`.
    pub kind: String,
    /// Why nothing could be seen; then all lists are empty.
    pub problem: Option<String>,
    /// All servers, foreign ones too.
    pub servers: Vec<ServerState>,
    /// All private networks.
    pub networks: Vec<NetworkState>,
    /// All reserved addresses.
    pub addresses: Vec<AddressState>,
    /// The currency of its price list; none: it has none here.
    pub currency: Option<String>,
    /// What all of it costs a month without tax and traffic, as far as it has a price.
    pub monthly: Option<String>,
    /// What of it has no price: `2 × e2-small`.
    pub unpriced: Vec<String>,
    /// What else should be known.
    pub notes: Vec<String>,
}

/// A server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct ServerState {
    /// How the API wants it named.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `starting`, `running`, `stopping`, `off`, `changing`, `deleting`, or the vendor's own word.
    pub state: String,
    /// Whether the vendor works on it and refuses changes for now.
    pub busy: bool,
    /// Where it stands.
    pub place: String,
    /// Its type.
    pub machine: String,
    /// `own`: the blueprint's; `named`: the configuration names it behind a site; else `foreign`.
    pub whose: String,
    /// Whose it says to be.
    pub owner: Option<String>,
    /// The blueprint's location it belongs to.
    pub location: Option<String>,
    /// What it is for.
    pub role: Option<String>,
    /// Its labels, each as `key=value`.
    pub labels: Vec<String>,
    /// Its public addresses.
    pub public: Vec<String>,
    /// Its addresses in private networks.
    pub private: Vec<String>,
    /// What it costs a month without its address, if that is known.
    pub monthly: Option<String>,
    /// What else should be known.
    pub notes: Vec<String>,
    /// The sites that it stands behind.
    pub serves: Vec<Serving>,
}

/// A site that a server stands behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct Serving {
    /// The service.
    pub service: String,
    /// The site.
    pub site: String,
    /// Whether people are sent to that site now.
    pub active: bool,
}

/// A private network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct NetworkState {
    /// Its name.
    pub name: String,
    /// All its addresses, if it has a range of its own.
    pub range: Option<String>,
    /// Its subnets: range and region.
    pub subnets: Vec<String>,
    /// Whether it is the blueprint's.
    pub own: bool,
}

/// A reserved address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct AddressState {
    /// Its name.
    pub name: String,
    /// The address; none while it is being reserved.
    pub address: Option<String>,
    /// Where it can be used.
    pub region: String,
    /// Whether a server uses it; it is billed in any case.
    pub used: bool,
    /// Whether it is the blueprint's.
    pub own: bool,
    /// What it costs a month, if that is known.
    pub monthly: Option<String>,
}

/// `GET /api/v1/locations/machines?provider={id}&place={name}`: what a server there can become.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct MachineTypes {
    /// The types, smaller ones first.
    pub machines: Vec<MachineFacts>,
}

/// A machine type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct MachineFacts {
    /// Its name.
    pub name: String,
    /// The number of virtual processors.
    pub cores: u32,
    /// The memory in MiB.
    pub memory_mib: u32,
    /// `x86` or `arm`, if the vendor says so.
    pub architecture: Option<String>,
    /// Whether it can be had now, as far as the vendor says.
    pub available: bool,
    /// What it costs a month with its currency, if that is known.
    pub monthly: Option<String>,
    /// What else should be known.
    pub note: Option<String>,
}

/// `GET /api/v1/locations/plan`: what would make the blueprint so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct BlueprintPlan {
    /// Of all that it follows from: it names this plan when it is applied.
    pub fingerprint: String,
    /// Whose everything is: what is to be typed before something is removed.
    pub owner: String,
    /// What would be done.
    pub steps: Vec<BlueprintStep>,
    /// What stands in the way; then nothing is done.
    pub blocked: Vec<BlueprintRemark>,
    /// What should be known.
    pub notices: Vec<BlueprintRemark>,
    /// What stays as it is.
    pub kept: Vec<String>,
    /// What there is costs.
    pub before: CostSum,
    /// What it costs afterwards.
    pub after: CostSum,
    /// How many things would be removed.
    pub deletions: usize,
}

/// One change of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct BlueprintStep {
    /// `create`, `adopt`, `relabel`, `resize`, `replace_script`, `replace_keys` or `delete`.
    pub action: String,
    /// `network`, `subnet`, `opening`, `address`, `key` or `server`.
    pub thing: String,
    /// At which provider.
    pub provider: String,
    /// In which location of the blueprint.
    pub location: Option<String>,
    /// The thing's name.
    pub name: String,
    /// What it is or becomes.
    pub detail: String,
    /// Why.
    pub reason: String,
}

/// Something to know about a thing or a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct BlueprintRemark {
    /// At which provider.
    pub provider: String,
    /// In which location.
    pub location: Option<String>,
    /// What it is about.
    pub about: String,
    /// What is so, and what to do.
    pub message: String,
}

/// What locations cost a month, without tax and traffic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct CostSum {
    /// Each location.
    pub locations: Vec<CostOfLocation>,
    /// The sums of what has a price, each with its currency: `EUR 12.34`.
    pub totals: Vec<String>,
    /// Whether everything has a price. If not, the totals are lower than the bill.
    pub complete: bool,
}

/// What one location costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct CostOfLocation {
    /// Its name.
    pub location: String,
    /// The sum of what has a price, with its currency; none: the provider has no price list here.
    pub monthly: Option<String>,
    /// What has no price: `3 × e2-medium`.
    pub unpriced: Vec<String>,
}

/// `GET /api/v1/locations/job`, and the answer to every request that starts work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct LatestJob {
    /// The latest work; none: there was none since the start, nor was any interrupted by it.
    pub job: Option<PlacesJob>,
}

/// Work at the clouds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct PlacesJob {
    /// Counted from 1 since the start; 0 for work that an earlier run has begun.
    pub id: u64,
    /// `power`, `resize`, `apply` or `destroy`.
    pub kind: String,
    /// What is done, in words.
    pub title: String,
    /// Who wants it.
    pub who: String,
    /// Since when.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub began: Timestamp,
    /// When it ended.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u64>))]
    pub ended: Option<Timestamp>,
    /// `running`, `stopping`, `done`, `failed`, `stopped`, or `interrupted` by a restart.
    pub state: String,
    /// Whether it can be stopped between two steps.
    pub can_stop: bool,
    /// All steps, also those that are still to come.
    pub steps: Vec<JobStep>,
    /// What came of it.
    pub summary: Option<String>,
    /// The same for other languages.
    #[serde(default)]
    pub summary_said: Option<Said>,
    /// What to do now.
    pub advice: Option<String>,
    /// The same for other languages.
    #[serde(default)]
    pub advice_said: Option<Said>,
}

/// One step of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub struct JobStep {
    /// What is done to what.
    pub step: BlueprintStep,
    /// `waiting`, `running`, `done`, `failed` or `skipped`.
    pub state: String,
    /// What the vendor shows meanwhile, what else happened, or why not.
    pub note: Option<String>,
    /// The same for other languages.
    #[serde(default)]
    pub note_said: Option<Said>,
    /// How to go on after a failure.
    pub advice: Option<String>,
    /// The same for other languages.
    #[serde(default)]
    pub advice_said: Option<Said>,
    /// When it began.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u64>))]
    pub began: Option<Timestamp>,
    /// When it ended.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u64>))]
    pub ended: Option<Timestamp>,
}

/// `POST /api/v1/locations/power`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PowerRequest {
    /// The provider's id.
    pub provider: String,
    /// The server's id.
    pub server: String,
    /// The name it is believed to have; refused if it has another.
    pub name: String,
    /// What to do.
    #[serde(rename = "do")]
    pub act: PowerAct,
    /// Consent to change a server that is foreign.
    #[serde(default)]
    pub foreign: bool,
}

/// What can be done to a server's power.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PowerAct {
    /// On.
    Start,
    /// Off, after the system was asked to shut down.
    Shutdown,
    /// Off at once, like pulling the plug.
    PowerOff,
    /// A clean shutdown and a new start.
    Reboot,
    /// Off and on at once, like the reset button.
    Reset,
}

/// `POST /api/v1/locations/resize`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResizeRequest {
    /// The provider's id.
    pub provider: String,
    /// The server's id.
    pub server: String,
    /// The name it is believed to have; refused if it has another.
    pub name: String,
    /// The type it becomes.
    pub machine: String,
    /// Consent to change a server that is foreign.
    #[serde(default)]
    pub foreign: bool,
}

/// `POST /api/v1/locations/apply`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApplyRequest {
    /// The plan that somebody has looked at; refused if it would be another one by now.
    pub fingerprint: String,
    /// The owner, typed: needed when the plan removes something.
    #[serde(default)]
    pub owner: Option<String>,
}

/// `POST /api/v1/locations/destroy`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DestroyRequest {
    /// The owner, typed.
    pub owner: String,
}
