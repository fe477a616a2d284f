//! What was answered, and how long calls took.

use std::time::Duration;

use serde::Serialize;

/// Counts of answers since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Calls that were answered.
    pub calls: u64,
    /// Events answered `accepted`.
    pub accepted: u64,
    /// Events answered `duplicate`.
    pub duplicates: u64,
    /// Events answered `retry` and sent again.
    pub retries: u64,
    /// Events answered `unknown` and sent again: each may be answered `duplicate` then.
    pub unknown: u64,
    /// Events answered `rejected`; a fault of this program.
    pub rejected: u64,
}

impl Tally {
    /// What came since `before`.
    pub fn since(self, before: Self) -> Self {
        Self {
            calls: self.calls - before.calls,
            accepted: self.accepted - before.accepted,
            duplicates: self.duplicates - before.duplicates,
            retries: self.retries - before.retries,
            unknown: self.unknown - before.unknown,
            rejected: self.rejected - before.rejected,
        }
    }

    /// Events that are answered for good.
    pub fn answered(self) -> u64 {
        self.accepted + self.duplicates
    }
}

/// The value below which that share of the calls lie, in milliseconds. Sorts.
pub fn quantile_ms(latencies: &mut [Duration], thousandths: usize) -> f64 {
    latencies.sort_unstable();
    let place = latencies.len() * thousandths / 1_000;
    latencies.get(place.min(latencies.len().saturating_sub(1))).map_or(0.0, |latency| latency.as_secs_f64() * 1_000.0)
}
