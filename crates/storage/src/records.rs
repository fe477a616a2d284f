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
//! 0x40  u16        kind 0x00 id 0x00 version           a published document, in the system group
//! 0x41  u16                                            the cluster, in the system group
//! 0x42  u16        node                                a node, in the system group
//! 0x43  u16        shard                               where a shard's replicas are, in the system group
//! ```
//!
//! Numbers are big endian, instants biased, so that bytes sort as they mean. A customer id holds no control character, so
//! the 0x00 after it ends it. Each value begins with its format version.

mod cluster;
mod customer;
mod decision;
mod documents;
mod enrolments;
mod head;
mod history;
mod key;
mod layout;
mod ledger;
mod marks;
mod outbox;
mod profile;
mod segments;
mod timers;
mod words;

pub use cluster::{
    ClusterRecord, NodeRecord, PlacedReplica, ShardRecord, cluster, cluster_write, node_write, nodes, shard_write,
    shards,
};
pub use customer::{decision_writes, each_customer, inputs, load_customer};
pub use decision::decision_records;
pub use documents::{PublishedDocument, document_write, documents};
pub use key::MalformedKey;
pub use layout::Malformed;
pub use outbox::outbox;
pub use timers::timers_between;

use baton_ports::record_store::RecordError;

/// Why rows could not be read. Nothing is skipped: a corrupt row is an error of whoever needs it.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] RecordError),
    /// A key is malformed.
    #[error(transparent)]
    Key(#[from] MalformedKey),
    /// A value is malformed.
    #[error("the {kind} row {key} is malformed")]
    Row {
        /// What kind of row.
        kind: &'static str,
        /// In hexadecimal digits.
        key: String,
        /// What is wrong.
        #[source]
        cause: Malformed,
    },
}

impl ReadError {
    fn row(kind: &'static str, key: &[u8], cause: Malformed) -> Self {
        Self::Row { kind, key: key::hex(key), cause }
    }
}

#[cfg(test)]
mod tests;
