//! The timers of a customer. A row is (due, customer, key); at one instant keys fire in their order here.

use baton_model::ids::EnrolmentId;

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
