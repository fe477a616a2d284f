//! Cancel: an enrolment ended, so its pending sends end with it.

use std::sync::Arc;

use baton_model::ids::{EnrolmentId, SendId};
use baton_model::reason::Reason;
use baton_model::send::SendState;

use super::end::end;
use super::transition::transition;
use crate::decided::Decided;
use crate::ledger::Ledger;
use crate::world::World;

/// Ends the pending sends of an enrolment that ended: `cancelled`, or `unknown` where an attempt may have been delivered.
pub fn cancel(enrolment: EnrolmentId, reason: &Reason, ledger: &mut Arc<Ledger>, world: &World<'_>) -> Vec<Decided> {
    let pending: Vec<_> = ledger.pending().filter(|send| send.enrolment == enrolment).map(|send| send.id).collect();
    pending.into_iter().filter_map(|id| cancel_one(id, reason, ledger, world)).collect()
}

fn cancel_one(id: SendId, reason: &Reason, ledger: &mut Arc<Ledger>, world: &World<'_>) -> Option<Decided> {
    let mut send = ledger.get(id)?.clone();
    let before = send.state.clone();
    send.state = end(&send, SendState::Cancelled { at: world.at, reason: reason.clone() }, world);
    Some(transition(send, Some(&before), Vec::new(), ledger, world))
}
