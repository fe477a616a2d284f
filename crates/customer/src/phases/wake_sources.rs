//! The check that nothing waits for ever: each live enrolment has a timer, a subscription or a pending send, is held by a
//! pause, or is parked.

use baton_governance::{VisitStatus, visit_status};

use crate::turn::Turn;
use crate::{Enrolment, TimerKey, Waiting, WakeViolation};

/// The live enrolments that nothing would wake. None, unless there is a fault in Baton.
pub(crate) fn violations(turn: &Turn<'_>) -> Vec<WakeViolation> {
    let live = turn.state.enrolments.live.values();
    live.filter_map(|enrolment| {
        let missing = missing(turn, enrolment)?;
        let detail = format!("{} {}: {missing}", enrolment.journey, enrolment.position.step);
        Some(WakeViolation { enrolment: enrolment.id, detail })
    })
    .collect()
}

fn missing(turn: &Turn<'_>, enrolment: &Enrolment) -> Option<&'static str> {
    let paused = turn.is_held(enrolment);
    let timer = turn.state.timers.armed.contains_key(&TimerKey::Step(enrolment.id));
    if enrolment.held.is_some() {
        return (!paused).then_some("its way on is held and nothing holds it");
    }
    match &enrolment.position.waiting {
        Waiting::Arriving => (!paused).then_some("it could run and does not"),
        Waiting::Until { .. }
        | Waiting::Retry { .. }
        | Waiting::Conditions { deadline: Some(_), .. }
        | Waiting::Sends { deadline: Some(_) } => (!timer).then_some("its deadline has no timer"),
        // Every input asks what it waits for: it has at least one condition.
        Waiting::Conditions { deadline: None, .. } | Waiting::Faulted { .. } => None,
        Waiting::Sends { deadline: None } => {
            let position = &enrolment.position;
            let status = visit_status(&turn.state.ledger, enrolment.id, &position.step, position.visit);
            let waits = paused || status == VisitStatus::Waiting;
            (!waits).then_some("its sends have ended")
        }
        Waiting::Finishing { .. } => {
            let pending = turn.state.ledger.pending().any(|send| send.enrolment == enrolment.id);
            (!pending).then_some("its messages have ended")
        }
    }
}
