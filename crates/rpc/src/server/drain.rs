//! The end of a server: nothing that is under way is cut off, and nothing takes for ever.

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;

/// How long calls that are under way may take once the server ends; after that they are cut off. It outlives the answers
/// of a stream.
const DRAIN_MAX: Duration = Duration::from_secs(15);

/// When a server ends.
pub(crate) struct Drain {
    end: watch::Sender<bool>,
}

impl Drain {
    pub(crate) fn new() -> Self {
        Self { end: watch::Sender::new(false) }
    }

    /// Becomes true when the server ends.
    pub(crate) fn ending(&self) -> watch::Receiver<bool> {
        self.end.subscribe()
    }

    /// Waits until the server ends.
    pub(crate) fn ended(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut ending = self.ending();
        async move {
            // An error means that the sender is gone, which is the end as well.
            let _ = ending.wait_for(|ending| *ending).await;
        }
    }

    /// Serves until `shutdown` ends; then `serve`, which takes no more calls since [`Drain::ended`], gets [`DRAIN_MAX`] for
    /// what is under way.
    pub(crate) async fn run<E>(
        self,
        serve: impl Future<Output = Result<(), E>>,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), E> {
        let end_and_wait = async {
            shutdown.await;
            self.end.send_replace(true);
            tokio::time::sleep(DRAIN_MAX).await;
        };
        tokio::select! {
            served = serve => served,
            () = end_and_wait => {
                tracing::warn!(seconds = DRAIN_MAX.as_secs(), "calls that did not end in time are cut off");
                Ok(())
            }
        }
    }
}
