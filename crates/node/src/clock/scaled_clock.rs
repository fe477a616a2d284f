//! Customer time that runs faster than the clock behind it, from the start of the process on; machine time goes on as ever.

use std::sync::Arc;
use std::time::Duration;

use baton_model::time::{saturating_add, to_millis};
use baton_ports::clock::{Clock, MachineTime};
use jiff::{SignedDuration, Timestamp};

/// A clock for development: a second of the clock behind it is [`ScaledClock::scale`] seconds of customer time.
///
/// Never goes back, since the clock behind it does not. Nothing of it is kept: a process that starts again starts at the
/// time of the clock behind it, and a shard that was ahead of that stands still until customer time has caught up.
pub struct ScaledClock {
    behind: Arc<dyn Clock>,
    scale: u32,
    start: Timestamp,
}

impl ScaledClock {
    /// A clock that starts at what `behind` says now. A scale of 1 is that clock itself.
    pub fn new(behind: Arc<dyn Clock>, scale: u32) -> Self {
        let start = behind.now();
        Self { behind, scale, start }
    }

    /// How many times as fast it runs.
    pub fn scale(&self) -> u32 {
        self.scale
    }
}

impl Clock for ScaledClock {
    fn now(&self) -> Timestamp {
        let passed = self.behind.now().duration_since(self.start);
        let scaled = passed.checked_mul(i32::try_from(self.scale).unwrap_or(i32::MAX));
        to_millis(saturating_add(self.start, scaled.unwrap_or(SignedDuration::MAX)))
    }

    fn wall_now(&self) -> Timestamp {
        self.behind.wall_now()
    }

    fn machine_now(&self) -> MachineTime {
        self.behind.machine_now()
    }

    /// In machine time, as callers sleep in it; rounded up, so that nobody wakes too early and looks again.
    fn until(&self, instant: Timestamp) -> Option<Duration> {
        let left = Duration::try_from(instant.duration_since(self.now())).unwrap_or_default();
        let nanos = left.as_nanos().div_ceil(u128::from(self.scale.max(1)));
        Some(u64::try_from(nanos).map_or(Duration::MAX, Duration::from_nanos))
    }
}

#[cfg(test)]
mod tests;
