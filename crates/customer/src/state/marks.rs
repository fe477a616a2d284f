//! Where rows of a given age begin, so that old rows are removed as a range and never searched for.
//!
//! A mark is made at the first decision of each [`Marks::SPACING`]; rows leave up to that much later than they could.

use std::collections::VecDeque;

use baton_model::history::InputNumber;
use jiff::{SignedDuration, Timestamp};

/// The marks of a customer, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// At most two per [`Marks::SPACING`] of the longest retention.
    pub marks: VecDeque<Mark>,
}

/// What came next at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The instant.
    pub at: Timestamp,
    /// The next input then.
    pub input: InputNumber,
    /// The next decision record then.
    pub record: u64,
}

impl Marks {
    /// Between two marks: fine enough for retention in months, coarse enough that the section is rarely written.
    pub const SPACING: SignedDuration = SignedDuration::from_hours(7 * 24);
}
