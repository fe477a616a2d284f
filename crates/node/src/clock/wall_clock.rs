//! Customer time on the monotonic clock, corrected by the wall clock.
//!
//! A difference of up to 500 ms is slewed away, at most a tenth of the time that passes, so timers fire neither early nor
//! twice. A larger one is a step of the wall clock: it is followed when the median of the cluster, asked after the step,
//! agrees; by a node alone, once it has held for 5 s. Customer time that would go back stands still instead.

mod course;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use baton_ports::clock::{Clock, MachineTime};
use jiff::Timestamp;

use self::course::Course;
pub(crate) use self::course::{Verdict, Witness};
use super::exchange::{Exchange, at_start};
use super::machine::Wall;

/// The clock of a node in service.
#[derive(Debug)]
pub struct WallClock {
    started: Instant,
    wall: Wall,
    course: Mutex<Course>,
}

impl Default for WallClock {
    /// Of a node alone.
    fn default() -> Self {
        Self::new(Wall::default(), Witness::Itself)
    }
}

impl WallClock {
    pub(crate) fn new(wall: Wall, witness: Witness) -> Self {
        let (started, course) = (Instant::now(), Course::new(wall.now(), witness));
        Self { started, wall, course: Mutex::new(course) }
    }

    /// From now on this says whether the clock is right.
    pub(crate) fn ask(&self, witness: Witness) {
        self.course().ask(witness);
    }

    /// What this node's wall clock showed at the start of the process, as it looks now.
    pub(crate) fn reading(&self) -> Timestamp {
        at_start(self.started.elapsed(), self.wall.now())
    }

    /// The cluster was asked.
    pub(crate) fn exchanged(&self, exchange: Exchange) {
        let wall = self.wall.now();
        self.course().exchanged(exchange, self.started.elapsed(), wall);
    }

    /// How the clock stands to those of the cluster.
    pub(crate) fn verdict(&self) -> Verdict {
        let wall = self.wall.now();
        self.course().verdict(self.started.elapsed(), wall)
    }

    fn course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        self.course().tell(self.started.elapsed(), || self.wall.now())
    }

    fn wall_now(&self) -> Timestamp {
        self.wall.now()
    }

    fn machine_now(&self) -> MachineTime {
        MachineTime(self.started.elapsed())
    }

    fn until(&self, instant: Timestamp) -> Option<Duration> {
        Some(Duration::try_from(instant.duration_since(self.now())).unwrap_or_default())
    }
}
