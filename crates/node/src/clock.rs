//! The clocks of a node: the only place where time is read.

mod machine;
mod scaled_clock;
mod test_clock;
mod wall_clock;

pub(crate) use machine::wall;
pub use scaled_clock::ScaledClock;
pub use test_clock::TestClock;
pub use wall_clock::WallClock;
