//! The whole machine in one number.
use crate::digest::Digest;
use crate::machine::Failover;
use std::hash::{Hash, Hasher};

impl Failover {
    /// A digest of everything the machine knows, down to the last moment and text.
    ///
    /// Machines that are equal have the same one, natively and in the browser; see [`Digest`].
    /// A replay that has gone another way somewhere is found by it at the very step.
    pub fn digest(&self) -> u64 {
        let Self { policy, state, run, faults } = self;
        let mut digest = Digest::new();
        policy.digest().hash(&mut digest);
        self.hash_known_policy(&mut digest);
        state.hash_rest(&mut digest);
        run.hash(&mut digest);
        Some(faults).filter(|faults| !faults.is_none()).hash(&mut digest);
        digest.finish()
    }

    /// The policy of the state is the machine's own in all but the first moments.
    pub(super) fn hash_known_policy(&self, digest: &mut Digest) {
        let own = self.policy.shared();
        let other = self.state.policy.as_ref().filter(|known| *known != own);
        (self.state.policy.is_some(), other).hash(digest);
    }
}
