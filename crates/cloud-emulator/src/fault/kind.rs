//! The faults that exist, and the JSON they have on the control endpoint.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A cloud provider the emulator plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cloud {
    /// Google Cloud: DNS v1, token endpoint, metadata server.
    Google,
    /// Hetzner Cloud: `/v1/zones` and `/v1/actions`.
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
}

impl Fault {
    /// The site this fault concerns, if it is a site's.
    pub fn site(&self) -> Option<&str> {
        match self {
            Self::SiteKilled { site }
            | Self::SiteBlackHole { site }
            | Self::SiteSlow { site, .. }
            | Self::SiteStatus { site, .. }
            | Self::SiteBody { site, .. } => Some(site),
            _ => None,
        }
    }

    /// The cloud this fault concerns, if it is a cloud's.
    pub fn cloud(&self) -> Option<Cloud> {
        match self {
            Self::Answer { cloud, .. }
            | Self::Hang { cloud, .. }
            | Self::DropAfterCommit { cloud, .. }
            | Self::ActionError { cloud, .. }
            | Self::ActionHang { cloud }
            | Self::ApiDown { cloud }
            | Self::DnsDown { cloud }
            | Self::CloudDown { cloud }
            | Self::TokenRevoked { cloud }
            | Self::Slow { cloud, .. }
            | Self::PublishDelay { cloud, .. } => Some(*cloud),
            Self::Locked { .. } => Some(Cloud::Hetzner),
            _ => None,
        }
    }

    /// What is wrong with the fault's figures, in words for the person who asked for it.
    pub(crate) fn check(&self) -> Result<(), String> {
        let mut copy = self.clone();
        if copy.count_mut().is_some_and(|count| *count == 0) {
            return Err("count must be at least 1".to_owned());
        }
        match self {
            Self::Answer { status, .. } if !(300..600).contains(status) => {
                Err(format!("status is {status}, must be between 300 and 599"))
            }
            Self::SiteStatus { status, .. } if !(200..600).contains(status) => {
                Err(format!("status is {status}, must be between 200 and 599"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn count_mut(&mut self) -> Option<&mut u32> {
        match self {
            Self::Answer { count, .. }
            | Self::Hang { count, .. }
            | Self::DropAfterCommit { count, .. }
            | Self::ActionError { count, .. }
            | Self::Locked { count: Some(count) } => Some(count),
            _ => None,
        }
    }

    pub(super) fn same_as(&self, other: &Self) -> bool {
        let details = match (self, other) {
            (
                Self::Answer { status, path, .. },
                Self::Answer { status: other_status, path: other_path, .. },
            ) => status == other_status && path == other_path,
            (Self::Hang { path, .. }, Self::Hang { path: other, .. })
            | (Self::DropAfterCommit { path, .. }, Self::DropAfterCommit { path: other, .. }) => {
                path == other
            }
            _ => true,
        };
        std::mem::discriminant(self) == std::mem::discriminant(other)
            && self.cloud() == other.cloud()
            && self.site() == other.site()
            && details
    }
}

fn once() -> u32 {
    1
}

fn hetzner() -> Cloud {
    Cloud::Hetzner
}
