//! The rows of a shard: what a decision writes, and how it is read back.
//!
//! ```text
//! kind  workspace  rest of the key                     value
//! 0x10  u16        customer 0x00 section               one section of a customer
//! 0x10  u16        customer 0x00 0x80 number           one input of a customer
//! 0x11  u16        customer 0x00 number                one decision record
//! 0x20  u16        due customer 0x00 timer             an armed timer
//! 0x21  u16        send                                a released send
//! 0x30  u16        segment 0x00 customer               one member of a segment
//! ```
//!
//! Numbers are big endian, instants biased, so that bytes sort as they mean. A customer id holds no control character, so
//! the 0x00 after it ends it. Kinds below 0x10 belong to the log itself. Each value begins with its format version.

use baton_customer::{Customer, Decision, TimerKey};
use baton_model::ids::SendId;
use baton_model::text_id::CustomerId;
use baton_ports::record_store::Records;
use baton_shard::entry::RowWrite;
use jiff::Timestamp;

/// A row that cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[error("rows")]
pub struct RowsError;

/// What a decision writes.
pub fn decision_writes(_customer: &Customer, _decision: &Decision) -> Result<Vec<RowWrite>, RowsError> {
    Err(RowsError)
}

/// Reads a customer.
pub fn load_customer(_records: &dyn Records, _id: &CustomerId) -> Result<Option<Customer>, RowsError> {
    Err(RowsError)
}

/// Reads timers.
pub fn timers_between(
    _records: &dyn Records,
    _after: Timestamp,
    _until: Timestamp,
    _limit: usize,
) -> Result<Vec<(Timestamp, CustomerId, TimerKey)>, RowsError> {
    Err(RowsError)
}

/// Reads the outbox.
pub fn outbox(_records: &dyn Records, _limit: usize) -> Result<Vec<(SendId, CustomerId)>, RowsError> {
    Err(RowsError)
}
