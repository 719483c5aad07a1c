//! Two locations whose databases replicate each other over TLS.
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Weak};

use rustix::fs::statvfs;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::process::until;
use crate::rendered::Rendered;
use crate::site::Site;

pub struct Pair {
    pub one: Site,
    pub two: Site,
    // Dropped after the processes that work in it.
    _folder: tempfile::TempDir,
}

/// Where files are kept in memory, on systems that have it.
const MEMORY: &str = "/dev/shm";
/// Bytes; some pairs run side by side.
const ROOM: u64 = 4 << 30;

impl Pair {
    /// A pair that tests share; each works with accounts of its own and breaks nothing.
    pub async fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Pair>> = Mutex::const_new(Weak::new());
        let mut shared = SHARED.lock().await;
        if let Some(pair) = shared.upgrade() {
            return pair;
        }
        let pair = Arc::new(Self::start().await);
        *shared = Arc::downgrade(&pair);
        pair
    }

    /// A pair of one's own.
    pub async fn start() -> Self {
        Self::start_with(json!({})).await
    }

    /// A pair whose applications have these settings, too.
    pub async fn start_with(more: Value) -> Self {
        let folder = folder();
        // The databases run as another user when the tests run as root.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).expect("permissions");
        let rendered = Rendered::new();
        let site = |name| rendered.site(name, &folder.path().join(name), &more);
        let pair = Self { one: site("one"), two: site("two"), _folder: folder };
        for site in pair.sites() {
            site.database.start();
        }
        for site in pair.sites() {
            site.database.ready().await;
        }
        // Each waits for the other.
        std::thread::scope(|both| {
            for site in pair.sites() {
                both.spawn(|| site.database.set_up());
            }
        });
        for site in pair.sites() {
            until("the databases replicate", async || site.database.is_replicating()).await;
            site.serve(site).await;
        }
        pair
    }

    pub fn sites(&self) -> [&Site; 2] {
        [&self.one, &self.two]
    }

    /// Waits until both databases have all that the other one has.
    pub async fn even(&self) {
        until("both databases are even", async || {
            let [one, two] =
                self.sites().map(|site| site.database.sql("SELECT @@gtid_current_pos"));
            let sorted = |all: &str| {
                let mut all: Vec<String> = all.split(',').map(str::to_owned).collect();
                all.sort();
                all
            };
            sorted(&one) == sorted(&two)
        })
        .await;
    }
}

/// In memory if there is room: how long a busy disk holds a database up is not what is tested.
fn folder() -> tempfile::TempDir {
    let roomy = statvfs(MEMORY).is_ok_and(|found| found.f_bavail * found.f_frsize > ROOM);
    let made = if roomy { tempfile::tempdir_in(MEMORY) } else { tempfile::tempdir() };
    made.expect("a folder")
}
