//! The machine's own clock, read in this one place.

use std::time::SystemTime;

use baton_model::time::{from_millis, to_millis};
use jiff::Timestamp;

/// What the machine's wall clock says, in whole milliseconds.
#[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else is told to ask")]
pub(crate) fn wall() -> Timestamp {
    Timestamp::try_from(SystemTime::now()).map_or(from_millis(0), to_millis)
}
