//! A machine that is read back: only what a machine could have been becomes one.
use super::{Failover, Run};
use crate::mutant::Faults;
use crate::policy::Policy;
use crate::state::State;

/// A machine as it was written.
#[derive(serde::Deserialize)]
pub(super) struct Checkpoint {
    policy: Policy,
    state: State,
    run: Run,
    #[serde(default)]
    faults: Faults,
}

impl TryFrom<Checkpoint> for Failover {
    type Error = String;

    fn try_from(read: Checkpoint) -> Result<Self, String> {
        let Checkpoint { policy, mut state, run, faults } = read;
        state.share(policy.shared());
        let fresh = Self::new(policy.clone(), state.clone());
        let shape = |run: &Run| {
            let votes = (run.votes.counters.len(), run.votes.votes.len(), run.votes.sites);
            let more = (run.votes.verdicts.len(), run.votes.isolated.len(), run.votes.checks);
            let providers = (run.providers.len(), run.said.len());
            (votes, more, providers, [run.fences.len(), run.starts.len(), run.lags.len()])
        };
        let told = run.policy_told == fresh.run.policy_told;
        if !told || !state.fits() || shape(&run) != shape(&fresh.run) {
            return Err("the checkpoint does not fit its own policy: it was made by another \
                        version, or changed by hand"
                .to_owned());
        }
        Ok(Self { policy, state, run, faults })
    }
}
