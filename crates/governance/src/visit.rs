//! What became of one visit to a message step: the question an enrolment asks to know whether it may go on.

use baton_model::ids::{EnrolmentId, Visit};
use baton_model::reason::{Reason, ReasonCode};
use baton_model::send::{Send, SendState};
use baton_model::text_id::StepId;
use jiff::Timestamp;

use crate::ledger::Ledger;

/// The sends of one visit, taken together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VisitStatus {
    /// Some send is deferred, released, attempting or dead: it is the enrolment's wake source.
    Waiting,
    /// Every send has ended, and some was accepted or is unknown.
    Accepted {
        /// The last acceptance.
        at: Timestamp,
    },
    /// None was accepted, and some failed, could not be rendered, expired, or was dropped by an operator.
    Failed {
        /// Why, of the last one.
        reason: Reason,
    },
    /// None was accepted: refused for good, cancelled, guarded, or no send was made at all.
    NotSent {
        /// Why, if there was a send.
        reason: Option<Reason>,
    },
}

/// What became of one visit to a message step.
pub fn visit_status(ledger: &Ledger, enrolment: EnrolmentId, step: &StepId, visit: Visit) -> VisitStatus {
    let mut accepted: Option<Timestamp> = None;
    let mut failed = Last::default();
    let mut not_sent = Last::default();
    for send in ledger.visit(enrolment, step, visit) {
        match &send.state {
            SendState::Deferred { .. }
            | SendState::Released { .. }
            | SendState::Attempting { .. }
            | SendState::Dead { .. } => return VisitStatus::Waiting,
            SendState::Accepted { at, .. } | SendState::Unknown { at, .. } => accepted = accepted.max(Some(*at)),
            SendState::Failed { at, reason } | SendState::RenderError { at, reason } => failed.note(send, *at, reason),
            SendState::Expired { at } => failed.note(send, *at, &Reason::new(ReasonCode::MaxDefer, "")),
            SendState::Dropped { at, reason } if reason.code == ReasonCode::Operator => failed.note(send, *at, reason),
            SendState::Dropped { at, reason } | SendState::Cancelled { at, reason } => {
                not_sent.note(send, *at, reason);
            }
            SendState::GuardFalse { at } => not_sent.note(send, *at, &Reason::new(ReasonCode::Guard, "")),
        }
    }
    match (accepted, failed.into_reason()) {
        (Some(at), _) => VisitStatus::Accepted { at },
        (None, Some(reason)) => VisitStatus::Failed { reason },
        (None, None) => VisitStatus::NotSent { reason: not_sent.into_reason() },
    }
}

/// The reason of the send that ended last; of those that ended together, the one that was decided last.
#[derive(Default)]
struct Last(Option<((Timestamp, Timestamp), Reason)>);

impl Last {
    fn note(&mut self, send: &Send, at: Timestamp, reason: &Reason) {
        let ended = (at, send.decided_at);
        if self.0.as_ref().is_none_or(|(last, _)| *last <= ended) {
            self.0 = Some((ended, reason.clone()));
        }
    }

    fn into_reason(self) -> Option<Reason> {
        self.0.map(|(_, reason)| reason)
    }
}
