//! The clocks of a node: the only place where time is read.

pub(crate) mod agreement;
mod exchange;
mod machine;
mod scaled_clock;
mod test_clock;
mod test_offset;
mod wall_clock;

use std::time::Duration;

use jiff::SignedDuration;

pub(crate) use machine::Wall;
pub use scaled_clock::ScaledClock;
pub use test_clock::TestClock;
pub use wall_clock::WallClock;
pub(crate) use wall_clock::{Verdict, Witness};

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}
