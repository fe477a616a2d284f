//! One send moves to its next state: the ledger, the outbox and the record change together.

use std::sync::Arc;

use baton_model::decision::{Check, Enrolled, SendFate, Verdict};
use baton_model::reason::{Reason, ReasonCode};
use baton_model::send::{Send, SendState};

use super::wake::wake_of;
use crate::decided::{Decided, OutboxChange};
use crate::ledger::Ledger;
use crate::world::World;

/// Puts `send` as it is now and says what was decided; `before` is the state that senders know of.
pub(super) fn transition(
    send: Send,
    before: Option<&SendState>,
    checks: Vec<Check>,
    ledger: &mut Arc<Ledger>,
    world: &World<'_>,
) -> Decided {
    let fate = fate(&send.state);
    transition_as(fate, send, before, checks, ledger, world)
}

/// [`transition`] with a fate that the state alone does not tell.
pub(super) fn transition_as(
    fate: SendFate,
    send: Send,
    before: Option<&SendState>,
    checks: Vec<Check>,
    ledger: &mut Arc<Ledger>,
    world: &World<'_>,
) -> Decided {
    let outbox = match (before.is_some_and(is_in_outbox), is_in_outbox(&send.state)) {
        (false, true) => Some(OutboxChange::Release(send.id)),
        (true, false) => Some(OutboxChange::Withdraw(send.id)),
        _ => None,
    };
    let decided = Decided {
        enrolment: send.enrolment,
        step: send.step.clone(),
        visit: send.visit,
        verdict: Verdict::Send {
            send: send.id,
            enrolled: Enrolled { enrolment: send.enrolment, journey: send.journey.clone() },
            step: send.step.clone(),
            channel: send.channel.clone(),
            fate,
        },
        checks,
        next: wake_of(&send, world),
        outbox,
    };
    Arc::make_mut(ledger).put(send);
    decided
}

/// Whether a sender may ask for a permit.
fn is_in_outbox(state: &SendState) -> bool {
    matches!(state, SendState::Released { .. } | SendState::Attempting { hold: None, .. })
}

/// What a record says of a send that came to that state.
pub(super) fn fate(state: &SendState) -> SendFate {
    match state {
        SendState::Deferred { reason, .. } => SendFate::Deferred(reason.clone()),
        SendState::Released { .. } | SendState::Attempting { hold: None, .. } => SendFate::Released,
        SendState::Attempting { hold: Some(hold), .. } => SendFate::Held(hold.reason.clone()),
        SendState::Accepted { after_exit: false, .. } => SendFate::Accepted,
        SendState::Accepted { after_exit: true, .. } => SendFate::AcceptedAfterExit,
        SendState::Failed { reason, .. } => SendFate::Failed(reason.clone()),
        SendState::Unknown { .. } => SendFate::Unknown,
        SendState::Dead { .. } => SendFate::Dead(Reason::new(ReasonCode::Provider, "")),
        SendState::Dropped { reason, .. } => SendFate::Dropped(reason.clone()),
        SendState::Cancelled { reason, .. } => SendFate::Cancelled(reason.clone()),
        SendState::Expired { .. } => SendFate::Expired,
        SendState::GuardFalse { .. } => SendFate::GuardFalse,
        SendState::RenderError { reason, .. } => SendFate::RenderError(reason.clone()),
    }
}
