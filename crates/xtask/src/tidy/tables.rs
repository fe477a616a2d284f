//! What the checks look up. Each table is data with one row per fact; changing a rule means changing a row.

pub mod bans;
pub mod crates;
pub mod exceptions;
pub mod frameworks;
pub mod programs;
