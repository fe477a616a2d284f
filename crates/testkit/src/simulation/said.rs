//! What a simulated node says to the world: what a client, a provider or a judge may see of it.

use baton_model::ids::{Epoch, SendId, Seq};
use baton_model::text_id::{CustomerId, MessageId};
use baton_shard::entry::Applied;

/// One thing that left a node, or that it did.
#[derive(Debug, Clone)]
pub(super) enum Said {
    /// An event was answered.
    Answered { call: u64, customer: CustomerId, message: MessageId, answer: EventAnswer },
    /// A read was answered with the events that it saw.
    Read { call: u64, customer: CustomerId, seen: Vec<MessageId> },
    /// A read was refused.
    NotRead { call: u64 },
    /// An attempt at a send was begun.
    Attempted(Attempt),
    /// Somebody whose decision stood in this batch was told that certainly nothing of it was applied.
    Denied { epoch: Epoch, seq: Seq },
    /// The node decides in an epoch.
    Opened { epoch: Epoch },
    /// An entry was applied.
    Applied { index: u64, applied: Applied },
    /// The node noticed by itself that something is wrong.
    Wrong(String),
}

/// What a client is told of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EventAnswer {
    Accepted,
    Duplicate,
    Retry,
    Unknown,
}

/// One attempt, on its way to the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attempt {
    pub send: SendId,
    pub customer: CustomerId,
    pub epoch: Epoch,
    pub number: u32,
}

/// A said thing, by whom.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub node: usize,
    /// Which start of the node's process.
    pub boot: u64,
    pub said: Said,
}
