//! What the handle and the log thread share: the groups and the open segments, behind one lock that is held for memory
//! work only.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::disk::LogFile;
use super::error::LogFailed;
use super::group::Group;

pub(super) struct Shared {
    state: Mutex<State>,
    failed: watch::Sender<Option<LogFailed>>,
    bytes_since_checkpoint: AtomicU64,
}

pub(super) struct State {
    pub groups: BTreeMap<u32, Group>,
    pub segments: BTreeMap<u64, Arc<dyn LogFile>>,
}

impl Shared {
    pub(super) fn new(state: State, bytes_since_checkpoint: u64) -> Self {
        Self {
            state: Mutex::new(state),
            failed: watch::Sender::new(None),
            bytes_since_checkpoint: AtomicU64::new(bytes_since_checkpoint),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // No change is left half made by a panic: whoever panics with the lock held stops the log.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn failed(&self) -> watch::Receiver<Option<LogFailed>> {
        self.failed.subscribe()
    }

    pub(super) fn check(&self) -> Result<(), LogFailed> {
        self.failed.borrow().clone().map_or(Ok(()), Err)
    }

    /// Stops the log for everyone who waits for it. The first reason stays.
    pub(super) fn fail(&self, failure: &LogFailed) {
        self.failed.send_if_modified(|current| {
            let first = current.is_none();
            current.get_or_insert_with(|| failure.clone());
            first
        });
        for group in self.lock().groups.values() {
            group.publish_stop();
        }
    }

    pub(super) fn bytes_since_checkpoint(&self) -> u64 {
        self.bytes_since_checkpoint.load(Ordering::Relaxed)
    }

    pub(super) fn count_written(&self, bytes: u64) {
        self.bytes_since_checkpoint.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn count_checkpoint(&self) {
        self.bytes_since_checkpoint.store(0, Ordering::Relaxed);
    }
}
