//! Customer time that stands still until somebody steps it; machine time goes on as ever.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use baton_model::time::from_millis;
use baton_ports::clock::{Clock, MachineTime};
use jiff::Timestamp;

use super::machine::wall;

/// A clock for development: customer time is what it was last stepped to.
#[derive(Debug)]
pub struct TestClock {
    millis: AtomicI64,
    started: Instant,
}

impl TestClock {
    /// A clock that stands at `now`.
    pub fn new(now: Timestamp) -> Self {
        Self { millis: AtomicI64::new(now.as_millisecond()), started: Instant::now() }
    }

    /// Steps customer time; it never goes back.
    pub fn step_to(&self, instant: Timestamp) {
        self.millis.fetch_max(instant.as_millisecond(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        from_millis(self.millis.load(Ordering::SeqCst))
    }

    fn wall_now(&self) -> Timestamp {
        wall()
    }

    fn machine_now(&self) -> MachineTime {
        MachineTime(self.started.elapsed())
    }

    fn until(&self, instant: Timestamp) -> Option<Duration> {
        (instant <= self.now()).then_some(Duration::ZERO)
    }
}
