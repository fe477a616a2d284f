//! Row 2: the send has not ended. One that has keeps its old decision: nothing is decided twice.

use baton_model::decision::Check;
use baton_model::reason::{Reason, ReasonCode};

use super::{Refusal, Subject, passed, refused};
use crate::message::OnRefusal;

const NAME: &str = "ended";

/// Refuses a send that the ledger knows as ended.
pub(super) fn check(subject: &Subject<'_>, checks: &mut Vec<Check>) -> Option<Refusal> {
    let known = subject.ledger.get(subject.send.id);
    if known.is_none_or(|send| !send.is_final()) {
        checks.push(passed(NAME, ""));
        return None;
    }
    checks.push(refused(NAME, "it was decided before"));
    let reason = Reason::new(ReasonCode::Internal, "the send has ended");
    Some(Refusal { reason, action: OnRefusal::Drop, wake: None })
}
