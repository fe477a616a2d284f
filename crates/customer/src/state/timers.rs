//! The timers that are armed: exactly the timer rows of the customer.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::TimerKey;

/// The timers section of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timers {
    /// From when each is due.
    pub armed: BTreeMap<TimerKey, Timestamp>,
}
