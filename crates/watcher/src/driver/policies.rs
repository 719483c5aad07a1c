//! Whether all watchers of a group decide by the same policy: the one that leads decides by its own.
use super::Driver;

impl Driver {
    /// Per vantage: what its policies have of their own, in words, beside what the leader has.
    pub(super) fn policy_news(&self) -> Vec<(String, Option<String>, String)> {
        let Some(seated) = &self.seated else { return Vec::new() };
        let Some(leader) = seated.holder.as_ref().map(|holder| holder.vantage.clone()) else {
            return Vec::new();
        };
        let own = (self.setup.vantage.clone(), self.policy_digests());
        let peers = seated.peers.iter().filter_map(|(name, peer)| {
            let told = peer.policies();
            // A watcher of an earlier version says nothing of it.
            (!told.is_empty()).then(|| (name.clone(), told.to_vec()))
        });
        let all: Vec<(String, Vec<(String, u64)>)> = std::iter::once(own).chain(peers).collect();
        let Some((_, rules)) = all.iter().find(|(name, _)| *name == leader) else {
            return Vec::new();
        };
        let news = all.iter().map(|(name, policies)| {
            let services = differing(rules, policies);
            let text = (!services.is_empty()).then(|| {
                format!(
                    "The watcher {name} has another policy than {leader}, which leads and decides by its \
                     own, for {}: give all watchers the same configuration.",
                    services.join(", ")
                )
            });
            let over = format!("The watcher {name} has the leader's policy again.");
            (format!("policy:{name}"), text, over)
        });
        news.collect()
    }
}

/// The services of which the two do not say the same.
fn differing(one: &[(String, u64)], other: &[(String, u64)]) -> Vec<String> {
    let lacks = |all: &[(String, u64)], of: &(String, u64)| !all.contains(of);
    let left = one.iter().filter(|of| lacks(other, of));
    let right = other.iter().filter(|of| lacks(one, of));
    let mut names: Vec<String> = left.chain(right).map(|(name, _)| name.clone()).collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_digest_and_a_service_that_one_lacks_are_differences() {
        let policies = |all: &[(&str, u64)]| -> Vec<(String, u64)> {
            all.iter().map(|(name, digest)| ((*name).to_owned(), *digest)).collect()
        };
        let rules = policies(&[("mail", 1), ("shop", 2)]);
        assert!(differing(&rules, &policies(&[("shop", 2), ("mail", 1)])).is_empty());
        assert_eq!(differing(&rules, &policies(&[("mail", 1), ("shop", 3)])), ["shop"]);
        assert_eq!(differing(&rules, &policies(&[("mail", 1), ("wiki", 2)])), ["shop", "wiki"]);
    }
}
