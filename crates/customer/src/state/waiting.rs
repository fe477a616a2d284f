//! What an enrolment waits for on its step.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// The wait of a live enrolment. Between decisions each has a wake source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    /// It is about to do the step: the round in which it came runs it, or the end of the pause that holds it.
    Arriving,
    /// A `delay` or `time_window` until an instant.
    Until {
        /// The deadline; due one millisecond later.
        deadline: Timestamp,
    },
    /// A `wait_for`.
    Conditions {
        /// The deadline of its timeout; `None` waits for conditions only.
        deadline: Option<Timestamp>,
        /// How long after the deadline an event of before it still counts, as the last such instant.
        grace_until: Option<Timestamp>,
        /// When its rules can change by themselves.
        flip: Option<Timestamp>,
        /// What the rules of `edge: new` branches were when last looked at, by branch.
        edges: BTreeMap<u32, bool>,
    },
    /// A `message` step: its sends wake it.
    Sends {
        /// The deadline of `advance: on_delivered`, once accepted.
        deadline: Option<Timestamp>,
    },
    /// It has come to its end while messages of it are still on the way; it ends when they have.
    Finishing {
        /// What the end is called.
        reason: String,
        /// It is the goal.
        goal: bool,
    },
    /// A step that could not do its work, until it is tried again.
    Retry {
        /// The deadline; due one millisecond later.
        deadline: Timestamp,
    },
    /// A decision about it failed; the next publish or an operator tries again.
    Faulted {
        /// The dead letter.
        dead_letter: String,
    },
}
