//! The shard as pure state machines: what its log may hold, which entries are taken, and how a leader decides its way.
//!
//! Decide, then replicate: a [`Batch`](entry::Batch) carries the rows that a leader's decisions wrote, never the commands
//! behind them, so followers store facts and two versions of Baton cannot diverge.
//!
//! Every replica has a [`gate`]. The one that leads also has a [`course`], from one epoch to the next, and a [`chain`] of
//! batches in each. They are told what happens and say what to do; proposing, waiting and answering is for the caller.

pub mod chain;
pub mod course;
pub mod entry;
pub mod gate;
pub mod outcome;
pub mod past;
