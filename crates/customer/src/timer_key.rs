//! The timers of a customer. A row is (due, customer, key); at one instant keys fire in their order here.

use baton_model::ids::EnrolmentId;
use baton_model::time::saturating_add;
use jiff::{SignedDuration, Timestamp};

/// One timer of a customer. Each key is armed at most once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimerKey {
    /// The customer's pause ends.
    PauseEnd,
    /// A segment changes by itself.
    Segments,
    /// The deadline of the step an enrolment stands on, one millisecond after it.
    Step(EnrolmentId),
    /// The rules an enrolment waits on change by themselves.
    WaitFlip(EnrolmentId),
    /// The exit rules of an enrolment change by themselves.
    ExitFlip(EnrolmentId),
    /// An enrolment reaches `limits.max_age`.
    MaxAge(EnrolmentId),
    /// A deferred send wakes, expires, or may be attempted again.
    Sends,
    /// Nothing happened for long: rows that are too old are removed.
    Retention,
}

impl TimerKey {
    /// The instant that people and records know a timer by which is due at `due`. A step's deadline D is due one millisecond
    /// after it, so that an event of that very millisecond is seen first; it is still D that was waited for.
    pub fn instant(self, due: Timestamp) -> Timestamp {
        match self {
            Self::Step(_) => saturating_add(due, SignedDuration::from_millis(-1)),
            _ => due,
        }
    }
}

#[cfg(test)]
mod tests;
