//! The Raft log: entries, votes and marks of all groups of a node, in one append stream with one sync per batch.
//!
//! ```text
//!  consensus ──▶ RaftLog ──bounded queue──▶ log thread ──▶ segment n: table │ frame │ frame │ frame │ …
//!                  │  ▲                        │
//!                  ▼  └──── callbacks, in order┘            oldest live entry ≤ segments ≤ the one written
//!            groups in memory
//! ```
//!
//! * A change is acknowledged when it is durable, in the order in which it was asked for; votes and entries of a group
//!   share that order.
//! * Entries of a group have no holes. What was truncated stays gone after a restart, because truncation is a record.
//! * A crash may tear the batch that was being written, which nobody was told of. Anything else that is not as it was
//!   written is damage: the log refuses to open, naming file and offset ([`replay`]).
//! * A write or sync that fails stops the log for good ([`error::LogFailed`]).
//! * Each batch, record and note carries a format version (the segment's) and a checksum.

mod command;
pub mod config;
pub mod disk;
pub mod disk_guard;
pub mod durable;
pub mod error;
mod frame;
mod group;
pub mod power_loss;
mod raft_log;
mod read;
mod record;
mod replay;
mod segment;
mod state;
mod synced;
#[cfg(test)]
mod tests;
mod writer;

pub use command::{Checkpointed, Done};
pub use group::Purged;
pub use raft_log::{LogEntry, RaftLog, Span};
pub use record::Row;
