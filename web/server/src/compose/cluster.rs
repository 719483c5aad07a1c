//! The store that several watchers share.
use watcher::BuildError;
use watcher::cluster::Cluster;

use crate::config;

/// The group this watcher belongs to.
pub fn group(cluster: &config::Cluster) -> Result<Cluster, BuildError> {
    let wrong = |message| BuildError::Spec { place: "cluster".to_owned(), message };
    let store = store(cluster).map_err(wrong)?;
    Ok(Cluster::new(std::sync::Arc::new(store)).prefix(&cluster.prefix).lease(cluster.lease))
}

/// The etcd cluster. Contacts nobody yet.
#[cfg(feature = "etcd")]
pub fn store(cluster: &config::Cluster) -> Result<watcher::cluster::EtcdCoordination, String> {
    let mut options = watcher::cluster::EtcdOptions::new(cluster.endpoints.clone());
    options.ca.clone_from(&cluster.ca);
    options.identity.clone_from(&cluster.identity);
    options.user.clone_from(&cluster.user);
    // Two members may be away before the lease is in danger.
    options.patience = (cluster.lease / 4).min(options.patience);
    watcher::cluster::EtcdCoordination::new(options)
}

/// This program cannot.
#[cfg(not(feature = "etcd"))]
pub fn store(_: &config::Cluster) -> Result<watcher::cluster::MemoryConnection, String> {
    Err("this program was built without the feature etcd; use one that was built with it, or remove \
         [cluster]"
        .to_owned())
}
