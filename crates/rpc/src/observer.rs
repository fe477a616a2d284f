//! Who counts what the API answers.

/// Sees the answers to events. Called on the way out of every batch: cheap and without waiting.
pub trait Observer: Send + Sync {
    /// `count` more events were answered `result`: `accepted`, `duplicate`, `rejected`, `retry` or `unknown`.
    fn events(&self, result: &'static str, count: u64);
}

/// Counts nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObserver;

impl Observer for NoObserver {
    fn events(&self, _result: &'static str, _count: u64) {}
}
