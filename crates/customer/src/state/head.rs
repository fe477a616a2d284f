//! The counters of a customer; the one section that every decision writes.

use baton_model::history::InputNumber;
use baton_model::ids::DefinitionsVersion;
use jiff::Timestamp;

/// Counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The instant of the newest decision; the next is never before it.
    pub at: Timestamp,
    /// The documents of the newest decision.
    pub version: DefinitionsVersion,
    /// The oldest input whose row is kept; that of the next one, if none is.
    pub first_input: InputNumber,
    /// The number of the next input.
    pub next_input: InputNumber,
    /// The oldest decision record whose row is kept; that of the next one, if none is.
    pub first_record: u64,
    /// The number of the next decision record.
    pub next_record: u64,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            at: Timestamp::MIN,
            version: DefinitionsVersion(0),
            first_input: InputNumber(1),
            next_input: InputNumber(1),
            first_record: 1,
            next_record: 1,
        }
    }
}
