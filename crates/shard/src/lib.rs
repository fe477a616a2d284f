//! The shard as a pure state machine: what its log may hold and which entries are taken.
//!
//! Decide, then replicate: a [`Batch`] carries the rows that a leader's decisions wrote, never the commands behind
//! them, so followers store facts and two versions of Baton cannot diverge.

pub mod entry;
pub mod gate;
