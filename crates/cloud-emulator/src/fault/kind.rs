//! The faults that exist, and the JSON they have on the control endpoint.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A cloud provider the emulator plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cloud {
    /// Google Cloud: DNS v1, Compute Engine v1, token endpoint, metadata server.
    Google,
    /// Hetzner Cloud: zones, servers and what belongs to them, actions.
    Hetzner,
}

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Google => "google",
            Self::Hetzner => "hetzner",
        })
    }
}

/// One thing that is broken. In JSON the kind stands in `"fault"`, in snake case:
/// `{"fault": "answer", "cloud": "hetzner", "status": 503, "count": 2}`.
///
/// Counted faults concern the next `count` matching requests (1 if not given) and then disappear.
/// They spare the token endpoint unless `path` names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// The next `count` requests are not carried out but answered with `status`.
    Answer {
        /// Whose API.
        cloud: Cloud,
        /// HTTP status, 300 to 599. The body is the vendor's error envelope for it.
        status: u16,
        /// How many requests.
        #[serde(default = "once")]
        count: u32,
        /// Spare GET and HEAD.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        writes_only: bool,
        /// Only requests whose path contains this text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<String>,
        /// Answer this text as an HTML page instead of the vendor's envelope, as a proxy would.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
    },
    /// The next `count` requests wait `millis` and are then dropped, unanswered and not carried out.
    Hang {
        /// Whose API.
        cloud: Cloud,
        /// How long the connection stays silent before it closes.
        millis: u64,
        /// How many requests.
        #[serde(default = "once")]
        count: u32,
        /// Spare GET and HEAD.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        writes_only: bool,
        /// Only requests whose path contains this text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<String>,
    },
    /// The next `count` writes are carried out, then the connection closes without an answer.
    DropAfterCommit {
        /// Whose API.
        cloud: Cloud,
        /// How many writes.
        #[serde(default = "once")]
        count: u32,
        /// Only requests whose path contains this text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<String>,
    },
    /// The next `count` operations (Hetzner actions, Google changes) end in an error and change
    /// nothing.
    ActionError {
        /// Whose operations; Hetzner's if not given.
        #[serde(default = "hetzner")]
        cloud: Cloud,
        /// How many operations.
        #[serde(default = "once")]
        count: u32,
    },
    /// Operations started from now on stay `running` or `pending` until this is mended, and then
    /// succeed.
    ActionHang {
        /// Whose operations; Hetzner's if not given.
        #[serde(default = "hetzner")]
        cloud: Cloud,
    },
    /// The API refuses connections and cuts the ones it has; the name servers live.
    ApiDown {
        /// Whose API.
        cloud: Cloud,
    },
    /// The name servers answer nothing; the API lives.
    DnsDown {
        /// Whose name servers.
        cloud: Cloud,
    },
    /// The name servers refuse every question, as those do that a zone was taken from.
    DnsLame {
        /// Whose name servers.
        cloud: Cloud,
    },
    /// The name servers answer nothing over TCP.
    DnsTcpSilent {
        /// Whose name servers.
        cloud: Cloud,
    },
    /// The name servers do not understand EDNS.
    DnsNoEdns {
        /// Whose name servers.
        cloud: Cloud,
    },
    /// API, name servers and the cloud's sites are all gone.
    CloudDown {
        /// Which cloud.
        cloud: Cloud,
    },
    /// Writes at Hetzner meet 423 `locked`.
    Locked {
        /// How many writes; all of them if not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<u32>,
    },
    /// The cloud no longer accepts the tokens it has given out.
    TokenRevoked {
        /// Which cloud.
        cloud: Cloud,
    },
    /// The clouds' clocks are ahead of ours by so many seconds (negative: behind).
    ClockSkew {
        /// Seconds.
        seconds: i64,
    },
    /// Every API request takes so much longer.
    Slow {
        /// Whose API.
        cloud: Cloud,
        /// Additional time per request.
        millis: u64,
    },
    /// The site refuses connections and cuts the ones it has.
    SiteKilled {
        /// Name of the site.
        site: String,
    },
    /// The site answers nothing: connections open and stay silent.
    SiteBlackHole {
        /// Name of the site.
        site: String,
    },
    /// The site takes so long to answer.
    SiteSlow {
        /// Name of the site.
        site: String,
        /// Time until the answer.
        millis: u64,
    },
    /// The site answers with this HTTP status.
    SiteStatus {
        /// Name of the site.
        site: String,
        /// HTTP status, 200 to 599.
        status: u16,
    },
    /// The site answers with this text.
    SiteBody {
        /// Name of the site.
        site: String,
        /// The whole body.
        body: String,
    },
    /// The name servers answer what the API accepted only after so much more time.
    PublishDelay {
        /// Whose name servers.
        cloud: Cloud,
        /// Additional lag.
        millis: u64,
    },
    /// The next `count` operations of this kind end in an error and change nothing.
    OperationError {
        /// Whose operations.
        cloud: Cloud,
        /// Which: an action's `command` or an `operationType`, also as `instances.insert`; any if
        /// not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operation: Option<String>,
        /// How many operations.
        #[serde(default = "once")]
        count: u32,
    },
    /// Operations started from now on take so much longer.
    SlowOperation {
        /// Whose operations.
        cloud: Cloud,
        /// Additional time per operation.
        millis: u64,
        /// As for `operation_error`; `boot` is what a server does once it runs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operation: Option<String>,
    },
    /// There is no capacity for servers.
    StockOut {
        /// Which cloud.
        cloud: Cloud,
        /// Zone (Google) or location (Hetzner); everywhere if not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<String>,
        /// Machine or server type; all if not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        server_type: Option<String>,
        /// Hetzner's `server_types` say so too.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        announced: bool,
    },
    /// The next `count` servers at Hetzner meet 422 `placement_error`.
    PlacementError {
        /// How many.
        #[serde(default = "once")]
        count: u32,
    },
    /// The project's quota is used up: nothing that counts towards it can be created.
    Quota {
        /// Which cloud.
        cloud: Cloud,
        /// How many attempts; all of them if not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<u32>,
        /// Google only: the call is taken and its operation fails.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        at_end: bool,
    },
    /// The next `count` requests are over the rate limit: 429 at Hetzner, at Google's Compute
    /// Engine 403 `rateLimitExceeded`.
    RateLimited {
        /// Whose API.
        cloud: Cloud,
        /// How many requests.
        #[serde(default = "once")]
        count: u32,
    },
    /// SSH keys are refused as invalid.
    SshKeyRefused {
        /// Which cloud.
        cloud: Cloud,
    },
    /// Every token may only read.
    ReadOnly {
        /// Which cloud.
        cloud: Cloud,
    },
    /// The next `count` writes are carried out and answered; then the cloud's API is down as by
    /// `api_down`, which then is what has to be mended.
    DiesAfter {
        /// Whose API.
        cloud: Cloud,
        /// How many writes.
        #[serde(default = "once")]
        count: u32,
    },
    /// Servers at Hetzner do not react to a shutdown request, however successful the action.
    ShutdownIgnored,
}

fn once() -> u32 {
    1
}

fn hetzner() -> Cloud {
    Cloud::Hetzner
}
