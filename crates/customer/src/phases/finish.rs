//! The end of a turn: bounds, retention, timers, and the check of wake sources.

use baton_model::reason::ReasonCode;

use super::retention::Removed;
use super::{arm, retention, wake_sources};
use crate::turn::{GivenUp, Turn};
use crate::{Rejection, TimerChange, WakeViolation};

/// What the end of a turn adds to it.
#[derive(Debug)]
pub(crate) struct Finished {
    /// Rows that are too old.
    pub removed: Removed,
    /// Timer rows to change.
    pub timers: Vec<TimerChange>,
    /// Enrolments that nothing would wake.
    pub wake_violations: Vec<WakeViolation>,
}

/// The most bytes of a customer's sections, events and records apart: what one decision may have to write at once. An event that
/// would exceed it is rejected: `customer_too_large`.
pub(crate) const SECTIONS_WEIGHT_MAX: usize = 1024 * 1024;

/// Ends a turn, or gives it up if it went beyond a bound.
pub(crate) fn finish(turn: &mut Turn<'_>) -> Result<Finished, GivenUp> {
    if turn.budget.is_exhausted() {
        return Err(GivenUp::Budget);
    }
    if turn.state.weight() > SECTIONS_WEIGHT_MAX {
        return Err(GivenUp::Rejected(Rejection {
            reason: ReasonCode::CustomerTooLarge,
            field: String::new(),
            detail: format!("what is kept of this customer would have more than {SECTIONS_WEIGHT_MAX} bytes"),
        }));
    }
    let removed = retention::apply(turn);
    let timers = arm::rearm(turn, &removed);
    let wake_violations = wake_sources::violations(turn);
    Ok(Finished { removed, timers, wake_violations })
}
