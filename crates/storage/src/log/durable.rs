//! Waiting for the log: the state machine applies an entry only when this node's own log holds it durably.

use tokio::sync::watch;

use super::error::LogFailed;
use super::group::Durable;

/// Follows how far one group's log is durable.
#[derive(Debug, Clone)]
pub struct DurableWatch {
    durable: watch::Receiver<Durable>,
    failed: watch::Receiver<Option<LogFailed>>,
}

impl DurableWatch {
    pub(super) fn new(durable: watch::Receiver<Durable>, failed: watch::Receiver<Option<LogFailed>>) -> Self {
        Self { durable, failed }
    }

    /// One past the last durable entry.
    pub fn end(&self) -> u64 {
        match *self.durable.borrow() {
            Durable::Below(end) => end,
            Durable::Stopped => 0,
        }
    }

    /// Returns once the entry at `index` is durable; an error if it never will be.
    pub async fn reached(&mut self, index: u64) -> Result<(), LogFailed> {
        let found = self.durable.wait_for(|durable| match durable {
            Durable::Below(end) => *end > index,
            Durable::Stopped => true,
        });
        let stopped = match found.await {
            Ok(durable) => *durable == Durable::Stopped,
            Err(_) => return Err(LogFailed { reason: "the group was dropped from this node".into() }),
        };
        if !stopped {
            return Ok(());
        }
        let unknown = || LogFailed { reason: "its thread has ended".into() };
        Err(self.failed.borrow().clone().unwrap_or_else(unknown))
    }
}
