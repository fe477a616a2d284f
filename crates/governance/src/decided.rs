//! What was decided about a send: ready to be written as a decision record.

use baton_model::decision::{Check, Verdict};
use baton_model::ids::{EnrolmentId, SendId, Visit};
use baton_model::text_id::StepId;
use jiff::Timestamp;

/// One decision about one send, or about a message that found no send to make.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// Whose message.
    pub enrolment: EnrolmentId,
    /// Its step.
    pub step: StepId,
    /// Which visit to the step.
    pub visit: Visit,
    /// [`Verdict::Send`] or [`Verdict::NoSend`].
    pub verdict: Verdict,
    /// Each check in the order in which it was made.
    pub checks: Vec<Check>,
    /// When something happens to it by itself, if nothing else happens first.
    pub next: Option<Timestamp>,
    /// What changes in the outbox.
    pub outbox: Option<OutboxChange>,
}

/// A change of the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxChange {
    /// A sender may ask for a permit.
    Release(SendId),
    /// No sender needs to ask any more.
    Withdraw(SendId),
}
