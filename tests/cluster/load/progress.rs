//! How far a client has come, for those who wait until it is served.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts what was acknowledged.
#[derive(Debug, Default)]
pub(crate) struct Progress(AtomicUsize);

impl Progress {
    pub(super) fn add(&self, acknowledged: usize) {
        self.0.fetch_add(acknowledged, Ordering::Relaxed);
    }

    pub(super) fn acknowledged(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}
