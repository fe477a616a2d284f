//! Taking events.

use std::time::Duration;

use baton_model::event::Event;
use baton_model::ids::{Epoch, Seq, ShardId};
use baton_model::reason::Reason;
use baton_model::text_id::CustomerId;
use futures::future::BoxFuture;

/// Takes events for customers.
pub trait Events: Send + Sync {
    /// Takes a batch and answers each event, in the order of the batch. Events of one customer are decided in that order;
    /// once one of a customer could not be taken, the later ones of that customer are answered `retry: predecessor`.
    fn ingest(&self, events: Vec<IngestEvent>) -> BoxFuture<'_, Vec<EventAnswer>>;
}

/// One event of one customer.
#[derive(Debug, Clone, PartialEq)]
pub struct IngestEvent {
    /// Whose.
    pub customer: CustomerId,
    /// What.
    pub event: Event,
}

/// What became of one event.
#[derive(Debug, Clone, PartialEq)]
pub enum EventAnswer {
    /// It is decided, durable and applied.
    Accepted(Position),
    /// It was taken before. Nothing happened again.
    Duplicate,
    /// It was not taken and never will be.
    Rejected {
        /// Why.
        reason: Reason,
        /// The field that is wrong, if one is.
        field: Option<String>,
    },
    /// It was certainly not taken: send it again, with the same message id.
    Retry {
        /// Why.
        reason: RetryReason,
        /// When it makes sense to try again.
        after: Duration,
    },
    /// It may have been taken: send it again, with the same message id. Nothing happens twice.
    Unknown,
}

/// Where a decision stands in the log of its shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The shard.
    pub shard: ShardId,
    /// The activation.
    pub epoch: Epoch,
    /// The batch.
    pub seq: Seq,
}

/// Why an event was not taken this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RetryReason {
    /// The shard has no leader that may decide, or changes it.
    NoLeader,
    /// As many commands of this customer wait as may.
    CustomerBusy,
    /// As many commands of this shard wait as may.
    ShardBusy,
    /// An earlier event of the same customer in this call was not taken.
    Predecessor,
    /// The disk is almost full.
    DiskFull,
    /// The test clock is being stepped.
    ClockStepping,
    /// Decisions about the customer failed again and again: publish what mends it, or resume the customer.
    CustomerParked,
}

impl RetryReason {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::NoLeader,
        Self::CustomerBusy,
        Self::ShardBusy,
        Self::Predecessor,
        Self::DiskFull,
        Self::ClockStepping,
        Self::CustomerParked,
    ];

    /// Its spelling in answers and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoLeader => "no_leader",
            Self::CustomerBusy => "customer_busy",
            Self::ShardBusy => "shard_busy",
            Self::Predecessor => "predecessor",
            Self::DiskFull => "disk_full",
            Self::ClockStepping => "clock_stepping",
            Self::CustomerParked => "customer_parked",
        }
    }
}
