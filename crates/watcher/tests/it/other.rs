//! This very program in another process, which does what one test tells it to and says how far it is.
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// Marks what the other process says among what its test harness says.
pub const MARK: &str = "@@ ";
/// Set only for the other process: what it is to do.
const ORDERS: &str = "WATCHER_TEST_ORDERS";

/// What this process is to do, if it is the other one.
pub fn orders() -> Option<String> {
    std::env::var(ORDERS).ok()
}

/// What the other process says.
pub fn say(word: &str) {
    println!("{MARK}{word}");
}

pub struct Other {
    pub child: Child,
    says: Lines<BufReader<ChildStdout>>,
}

impl Other {
    /// Starts `test` in another process; there it finds its orders.
    pub fn start(test: &str, orders: &impl serde::Serialize) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", test, "--nocapture", "--test-threads", "1"])
            .env(ORDERS, serde_json::to_string(orders).expect("JSON"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("another process");
        let says = BufReader::new(child.stdout.take().expect("its output")).lines();
        Self { child, says }
    }

    /// Waits until it says this.
    pub async fn says(&mut self, wanted: &str) {
        while let Some(line) = self.says.next_line().await.expect("readable") {
            // The harness may have begun the line.
            if line.ends_with(&format!("{MARK}{wanted}")) {
                return;
            }
        }
        panic!("it ended without \"{wanted}\"");
    }

    /// From now on it stops where it was told to.
    pub async fn arm(&mut self) {
        let input = self.child.stdin.as_mut().expect("its input");
        input.write_all(b"go\n").await.expect("written");
        self.says("armed").await;
    }
}
