//! Customer time on the monotonic clock, corrected by the wall clock.
//!
//! A difference of up to [`STEP_MIN`] is slewed away, at most a tenth of the time that passes, so timers fire neither early
//! nor twice. A larger one is a step of the wall clock: it is followed once it has held for [`STEP_HELD`]. Customer time
//! that would go back stands still instead.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use baton_model::time::{saturating_add, to_millis};
use baton_ports::clock::{Clock, MachineTime};
use jiff::{SignedDuration, Timestamp};

use super::machine::wall;

/// A larger difference between the two clocks is a step, in either direction.
const STEP_MIN: SignedDuration = SignedDuration::from_millis(500);

/// How long a step must have held before it is followed. A single node has nobody else to ask.
const STEP_HELD: Duration = Duration::from_secs(5);

/// How often the wall clock is looked at; in between, customer time is the monotonic clock.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The clock of a node in service.
#[derive(Debug)]
pub struct WallClock {
    started: Instant,
    course: Mutex<Course>,
}

/// Where customer time stands in relation to the monotonic clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Course {
    /// Customer time at the start of the process, as it looks now.
    base: Timestamp,
    /// The machine time of the last look at the wall clock.
    looked_at: Duration,
    /// Since when the wall clock has been a step away.
    stepped_since: Option<Duration>,
    /// The latest customer time told.
    told: Timestamp,
}

impl Default for WallClock {
    fn default() -> Self {
        let now = wall();
        let course = Course { base: now, looked_at: Duration::ZERO, stepped_since: None, told: now };
        Self { started: Instant::now(), course: Mutex::new(course) }
    }
}

impl Course {
    /// Customer time at machine time `machine`, when the wall clock says `wall`. `wall` is asked for only when it counts.
    fn tell(&mut self, machine: Duration, wall: impl FnOnce() -> Timestamp) -> Timestamp {
        let passed = machine.saturating_sub(self.looked_at);
        if passed >= LOOK_EVERY {
            self.correct(machine, passed, wall());
        }
        self.told = self.told.max(to_millis(self.at(machine)));
        self.told
    }

    fn correct(&mut self, machine: Duration, passed: Duration, wall: Timestamp) {
        self.looked_at = machine;
        let difference = wall.duration_since(self.at(machine));
        if difference.abs() > STEP_MIN {
            let since = *self.stepped_since.get_or_insert(machine);
            if machine.saturating_sub(since) >= STEP_HELD {
                self.base = saturating_add(self.base, difference);
                self.stepped_since = None;
            }
            return;
        }
        self.stepped_since = None;
        let slew_max = signed(passed) / 10;
        self.base = saturating_add(self.base, difference.clamp(-slew_max, slew_max));
    }

    fn at(&self, machine: Duration) -> Timestamp {
        saturating_add(self.base, signed(machine))
    }
}

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        let mut course = self.course.lock().unwrap_or_else(PoisonError::into_inner);
        course.tell(self.started.elapsed(), wall)
    }

    fn wall_now(&self) -> Timestamp {
        wall()
    }

    fn machine_now(&self) -> MachineTime {
        MachineTime(self.started.elapsed())
    }

    fn until(&self, instant: Timestamp) -> Option<Duration> {
        Some(Duration::try_from(instant.duration_since(self.now())).unwrap_or_default())
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests;
