//! What the outside may ask of a node, in Baton's own words: the API without its transport.
//!
//! `rpc` speaks gRPC and calls these traits; `node` implements them over the shards. Every answer about a customer is
//! committed: it was applied on a quorum before it was given.

mod cluster;
mod customers;
mod definitions;
mod events;
mod membership;
mod messages;
mod read_level;

pub use cluster::{CheckReport, Cluster, ClusterError, ClusterSettings, ClusterView, NodeView, ShardView, Violation};
pub use customers::{
    CustomerView, Customers, EnrolmentView, ExplainSubject, Explanation, ParkingView, PauseRequest, Timeline,
    TimelineEntry, TimelineFact,
};
pub use definitions::{
    ApplyReport, ApplyRequest, Definitions, DefinitionsError, DocumentFault, DocumentSource, DocumentView,
};
pub use events::{EventAnswer, Events, IngestEvent, Position, RetryReason};
pub use membership::{FoundRequest, Founded, JoinRequest, JoinToken, Joined, Membership, MembershipError};
pub use messages::{MessageFilter, MessagePage, Messages, OutcomeReport, SendView};
pub use read_level::{Aged, ReadLevel, Staleness};

use baton_model::ids::ShardId;
use std::time::Duration;

/// Why a question about one customer could not be answered. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// There is no such thing.
    #[error("{what} `{id}` does not exist")]
    NotFound {
        /// What was asked for, such as `customer`.
        what: &'static str,
        /// As it was asked for.
        id: String,
    },
    /// The question itself is wrong.
    #[error("{field}: {message}")]
    Invalid {
        /// The field of the request.
        field: &'static str,
        /// What is wrong and what to write instead.
        message: String,
    },
    /// Nobody can answer for that shard right now.
    #[error("shard {shard} cannot answer now: {reason}; try again in {after:?}")]
    Unavailable {
        /// The shard of the customer.
        shard: ShardId,
        /// Why.
        reason: String,
        /// When it makes sense to try again.
        after: Duration,
    },
    /// A bound is reached.
    #[error("{bound} is full: try again in {after:?}")]
    Exhausted {
        /// Which bound.
        bound: &'static str,
        /// When it makes sense to try again.
        after: Duration,
    },
    /// The question may or may not have taken effect.
    #[error("the outcome is unknown: ask again; nothing happens twice")]
    Unknown,
    /// A fault of Baton.
    #[error("internal: {detail}")]
    Internal {
        /// For the logs of whoever runs the node.
        detail: String,
    },
}
