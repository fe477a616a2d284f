//! The clocks of a node: the only place where time is read.

use std::time::SystemTime;

use baton_model::time::{from_millis, to_millis};
use jiff::Timestamp;

mod test_clock;
mod wall_clock;

pub use test_clock::TestClock;
pub use wall_clock::WallClock;

/// What the machine's wall clock says, in whole milliseconds.
#[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else is told to ask")]
fn wall() -> Timestamp {
    Timestamp::try_from(SystemTime::now()).map_or(from_millis(0), to_millis)
}
