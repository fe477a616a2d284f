//! What became of one event.

use baton_wire::pb::v1 as pb;
use tonic::Status;

/// What became of one event, for good as far as this client is concerned.
#[derive(Debug, Clone)]
pub enum Answer {
    /// It is decided, durable and applied.
    Accepted(pb::Accepted),
    /// It had been taken before.
    Duplicate,
    /// It never will be taken.
    Rejected(pb::Rejected),
    /// No answer for good within the time: it may have been taken or not. Sent again, nothing happens twice. The word says
    /// why the last try gave none.
    Unanswered(String),
    /// Its call was refused as a whole, by a fault that the same call would meet again.
    Refused(Box<Status>),
}
