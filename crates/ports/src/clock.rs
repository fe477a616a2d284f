//! The two times of Baton.
//!
//! *Customer time* decides rules, timers and caps, and may be scaled or stepped in development. *Machine time* runs Raft,
//! deadlines, retries and rates, and nobody may touch it. Only `node` implements these; everything else is told.

use std::time::Duration;

use jiff::Timestamp;

/// A point of machine time: the time since the process started. It never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct MachineTime(pub Duration);

impl MachineTime {
    /// The time since `earlier`; zero if that is later.
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

/// Tells both times.
pub trait Clock: Send + Sync {
    /// Customer time, in whole milliseconds.
    fn now(&self) -> Timestamp;

    /// The wall clock, for what leaves the cluster: signatures and headers. Nothing is decided by it.
    fn wall_now(&self) -> Timestamp;

    /// Machine time.
    fn machine_now(&self) -> MachineTime;

    /// How long to wait, in machine time, until customer time is `instant`: zero if it has passed, `None` if customer time
    /// stands still until somebody steps it.
    fn until(&self, instant: Timestamp) -> Option<Duration>;
}
