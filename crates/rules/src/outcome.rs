//! What a rule came to.

use jiff::Timestamp;

/// The value of a rule at one instant, and until when it surely stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Whether the rule holds.
    pub value: bool,
    /// No later than the first instant after `at` at which the value differs if no input comes before; `None`: it never
    /// changes by itself. May be too early: then nothing has changed at that instant and the next evaluation names a
    /// later one. Always `None` for a rule of a place where nobody waits for it.
    pub next_flip: Option<Timestamp>,
}

impl Outcome {
    /// A value that only an input can change.
    pub(crate) fn steady(value: bool) -> Self {
        Self { value, next_flip: None }
    }
}

/// The earlier of two instants, where `None` is never.
pub(crate) fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
