//! What a fault concerns, and when two are the same.

use super::{Cloud, Fault};

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
            | Self::DnsLame { cloud }
            | Self::DnsTcpSilent { cloud }
            | Self::DnsNoEdns { cloud }
            | Self::CloudDown { cloud }
            | Self::TokenRevoked { cloud }
            | Self::Slow { cloud, .. }
            | Self::PublishDelay { cloud, .. }
            | Self::OperationError { cloud, .. }
            | Self::SlowOperation { cloud, .. }
            | Self::StockOut { cloud, .. }
            | Self::Quota { cloud, .. }
            | Self::RateLimited { cloud, .. }
            | Self::SshKeyRefused { cloud }
            | Self::ReadOnly { cloud }
            | Self::DiesAfter { cloud, .. } => Some(*cloud),
            Self::Locked { .. } | Self::PlacementError { .. } | Self::ShutdownIgnored => {
                Some(Cloud::Hetzner)
            }
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
            | Self::OperationError { count, .. }
            | Self::PlacementError { count }
            | Self::RateLimited { count, .. }
            | Self::DiesAfter { count, .. }
            | Self::Quota { count: Some(count), .. }
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
            (
                Self::OperationError { operation, .. },
                Self::OperationError { operation: other, .. },
            )
            | (
                Self::SlowOperation { operation, .. },
                Self::SlowOperation { operation: other, .. },
            ) => operation == other,
            (
                Self::StockOut { place, server_type, .. },
                Self::StockOut { place: other, server_type: other_type, .. },
            ) => place == other && server_type == other_type,
            _ => true,
        };
        std::mem::discriminant(self) == std::mem::discriminant(other)
            && self.cloud() == other.cloud()
            && self.site() == other.site()
            && details
    }
}
