//! When to stop: SIGTERM, or Ctrl-C at a terminal.
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::exit::Failed;

/// Tells every part of the program that it shall end.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens for SIGTERM and SIGINT from now on. A second signal ends the process at once.
    pub fn on_signal() -> Result<Self, Failed> {
        let listen = |kind| {
            signal(kind).map_err(|error| Failed::other(format!("cannot wait for signals: {error}")))
        };
        let (mut term, mut int) =
            (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
        let (sender, receiver) = watch::channel(false);
        tokio::spawn(async move {
            either(&mut term, &mut int).await;
            sender.send_replace(true);
            either(&mut term, &mut int).await;
            std::process::exit(1);
        });
        Ok(Self(receiver))
    }

    /// Resolves when the program shall end.
    pub fn requested(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut receiver = self.0.clone();
        async move {
            let _ = receiver.wait_for(|stop| *stop).await;
        }
    }

    /// The same as a value to watch.
    pub fn receiver(&self) -> watch::Receiver<bool> {
        self.0.clone()
    }
}

async fn either(term: &mut Signal, int: &mut Signal) {
    tokio::select! {
        _ = term.recv() => (),
        _ = int.recv() => (),
    }
}
