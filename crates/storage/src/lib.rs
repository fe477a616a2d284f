//! What a node keeps on disk: the Raft log of all its groups and the records of its shards.

pub mod engine;
pub mod entry;
pub mod log;
pub mod records;
