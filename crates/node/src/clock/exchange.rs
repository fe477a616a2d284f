//! What the wall clocks of several nodes say, compared.
//!
//! A clock is told by what it showed when this process started, so that readings of different moments can be compared.

use std::time::Duration;

use baton_model::time::{from_millis, saturating_add};
use jiff::{SignedDuration, Timestamp};

use super::signed;

/// A larger difference between two clocks is a step, in either direction.
pub(crate) const STEP_MIN: SignedDuration = SignedDuration::from_millis(500);

/// A longer round trip says too little: the clock may have been read at either end of it.
const ROUND_TRIP_MAX: Duration = Duration::from_millis(200);

/// The outcome of asking all nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exchange {
    /// Machine time when the first was asked.
    pub(crate) began: Duration,
    /// The median of all clocks that were read, this node's own included.
    pub(crate) median: Timestamp,
}

impl Exchange {
    /// Of this node's clock and those that were read of its peers; `None` unless a majority of the cluster's `nodes` is
    /// among them.
    pub(crate) fn of(began: Duration, own: Timestamp, peers: &[Timestamp], nodes: usize) -> Option<Self> {
        let mut clocks: Vec<Timestamp> = peers.iter().copied().chain([own]).collect();
        if clocks.len() * 2 <= nodes {
            return None;
        }
        clocks.sort_unstable();
        let (low, high) = (clocks[(clocks.len() - 1) / 2], clocks[clocks.len() / 2]);
        let middle = low.as_millisecond().midpoint(high.as_millisecond());
        Some(Self { began, median: from_millis(middle) })
    }

    /// By how much a clock is ahead of the median, if that is a step.
    pub(crate) fn differs(&self, clock: Timestamp) -> Option<SignedDuration> {
        let by = clock.duration_since(self.median);
        (by.abs() > STEP_MIN).then_some(by)
    }
}

/// A clock that was read to be `wall` between two machine times; `None` if they are too far apart.
pub(crate) fn reading(asked: Duration, answered: Duration, wall: Timestamp) -> Option<Timestamp> {
    let took = answered.saturating_sub(asked);
    (took <= ROUND_TRIP_MAX).then(|| at_start(asked + took / 2, wall))
}

/// A clock that is `wall` at a machine time.
pub(crate) fn at_start(machine: Duration, wall: Timestamp) -> Timestamp {
    saturating_add(wall, -signed(machine))
}

#[cfg(test)]
mod tests;
