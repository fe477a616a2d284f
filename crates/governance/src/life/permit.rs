//! Permit: before each attempt the sender asks whether it may go out now. Row 12 of the pipeline.

use std::sync::Arc;

use baton_model::ids::SendId;
use baton_model::reason::Reason;
use baton_model::value::Fields;
use baton_rules::Budget;
use jiff::Timestamp;

use crate::decided::Decided;
use crate::ledger::Ledger;
use crate::world::World;

/// The answer to a sender with what it changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Permit {
    /// What to tell the sender.
    pub answer: PermitAnswer,
    /// What to record.
    pub decided: Option<Decided>,
}

/// What to tell the sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PermitAnswer {
    /// Render it now and send it.
    Granted {
        /// Which attempt it is, from 1.
        attempt: u32,
        /// The channel is at most once: the decision must be durable before the attempt begins.
        record_first: bool,
    },
    /// Not now, or never; if it may go out later, its outbox row comes back by itself.
    Refused {
        /// Why.
        reason: Reason,
        /// When it may, if nothing else happens first.
        retry_at: Option<Timestamp>,
    },
    /// There is no such send, or it has ended.
    Gone,
}

/// Decides whether an attempt may begin now. `context` is what the enrolment carries, for the message's guard.
pub fn permit(
    _send: SendId,
    _context: Option<&Fields>,
    _ledger: &mut Arc<Ledger>,
    _world: &World<'_>,
    _budget: &mut Budget,
) -> Permit {
    Permit { answer: PermitAnswer::Gone, decided: None }
}
