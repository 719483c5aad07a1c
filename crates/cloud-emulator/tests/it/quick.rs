//! Emulators that start fast: all with copies of one key.

use cloud_emulator::{Emulator, Options};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// Starts an emulator. Making an RSA key takes longer than most tests, so it gets a copy of one
/// that is made once.
pub(crate) async fn start(options: Options) -> Emulator {
    let directory = TempDir::new().expect("a directory");
    let key_file = directory.path().join("key.json");
    std::fs::write(&key_file, key().await).expect("a file");
    let options = Options { key_file: Some(key_file), ..options };
    Emulator::start(options).await.expect("loopback ports are free")
}

/// The text of the key file everybody gets a copy of.
pub(crate) async fn key() -> &'static [u8] {
    static KEY: OnceCell<Vec<u8>> = OnceCell::const_new();
    KEY.get_or_init(async || {
        let emulator = Emulator::start(Options::default()).await.expect("loopback ports are free");
        std::fs::read(&emulator.info().key_file).expect("the key file")
    })
    .await
}
