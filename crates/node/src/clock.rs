//! The clocks of a node: the only place where time is read.

mod machine;
mod test_clock;
mod wall_clock;

pub use test_clock::TestClock;
pub use wall_clock::WallClock;
