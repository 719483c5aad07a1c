//! The file of `schwenk replay --what-if`.
use failover_core::{Policy, PolicySpec};

use super::policy;
use crate::config::file::WhatIfFile;
use crate::config::problem::At;
use crate::config::read::Reader;

/// The policy the file makes of the recorded one. Places are the recorded ones: they cannot be
/// changed, because nobody probed others.
pub fn what_if(
    file: &WhatIfFile,
    recorded: &PolicySpec,
    reader: &mut Reader<'_>,
) -> Option<Policy> {
    let spec = match &file.preset {
        None => recorded.clone(),
        Some(_) => {
            let preset = policy::preset(file.preset.as_ref(), reader);
            let draft = policy::Draft {
                service: recorded.service.clone(),
                vantages: recorded.vantages.clone(),
                sites: recorded.sites.iter().map(|site| (site.name.clone(), site.cold)).collect(),
                checks: recorded.checks.clone(),
                providers: recorded.providers.clone(),
            };
            policy::start(draft, preset)
        }
    };
    let root = At { key: String::new(), span: 0..0 };
    policy::over(spec, file.policy.as_ref(), &root, reader)
}
