//! The log as openraft uses it: its own suite, restarts, power loss, and the bytes of each format.

mod format;
mod memory_machine;
mod restart;
mod suite;

use bytes::Bytes;
use openraft::vote::RaftLeaderId as _;
use openraft::{EntryPayload, alias};

use crate::type_config::{LogEntry, LogId, Payload, TypeConfig};

fn log_id(term: u64, index: u64) -> LogId {
    LogId::new(alias::LeaderIdOf::<TypeConfig>::new(term, 1).to_committed(), index)
}

fn entry(term: u64, index: u64, payload: &str) -> LogEntry {
    let payload = EntryPayload::Normal(Payload(Bytes::copy_from_slice(payload.as_bytes())));
    LogEntry { log_id: log_id(term, index), payload }
}
