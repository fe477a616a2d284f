//! A delay step: one absolute deadline, computed when the step is entered.

use baton_model::span::Span;
use baton_model::weekdays::Weekdays;
use baton_rules::Expression;
use jiff::civil::Time;

use crate::step::Target;

/// Waits for an instant.
#[derive(Debug, Clone)]
pub struct Delay {
    /// Which instant.
    pub deadline: Deadline,
    /// What happens when it has passed already.
    pub past: Past,
}

/// Which instant a delay waits for.
#[derive(Debug, Clone)]
pub enum Deadline {
    /// That long after the base of the step.
    For(Span),
    /// An instant that an expression gives.
    At {
        /// Gives a timestamp: text of RFC 3339, or what `timestamp()` gives.
        instant: Expression,
        /// Added to it; may be negative.
        offset: Option<Span>,
    },
    /// The first such local time not before the base, on one of the days.
    LocalTime {
        /// The time on the customer's clock.
        time: Time,
        /// The days on which it counts; never empty.
        days: Weekdays,
    },
    /// A length between the two, by a hash of enrolment, step and visit, so that it is the same whenever it is computed.
    Random {
        /// The shortest.
        min: Span,
        /// The longest; not shorter than `min`.
        max: Span,
    },
}

/// What happens when the instant of a delay has passed already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Past {
    /// The enrolment goes on to `next`.
    Continue,
    /// The enrolment goes there.
    Goto(Target),
    /// The enrolment exits `past`.
    Exit,
}
