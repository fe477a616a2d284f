//! Dead letters: an operator retries or drops a send whose retries are exhausted.

use std::sync::Arc;

use baton_model::ids::SendId;
use baton_model::reason::{Reason, ReasonCode};
use baton_model::send::SendState;

use super::alternate;
use super::transition::transition;
use crate::decided::Decided;
use crate::ledger::Ledger;
use crate::world::World;

/// Puts a dead send back: it is deferred, and the next [`decide`](crate::decide) runs the whole pipeline. `None` if it is not
/// dead.
pub fn retry_dead(send: SendId, by: &str, ledger: &mut Arc<Ledger>, world: &World<'_>) -> Option<Decided> {
    let reason = Reason::new(ReasonCode::Operator, format!("retried by {by}"));
    leave(send, SendState::Deferred { wake: Some(world.at), reason }, ledger, world)
}

/// Drops a dead send for good. `None` if it is not dead.
pub fn drop_dead(send: SendId, by: &str, ledger: &mut Arc<Ledger>, world: &World<'_>) -> Option<Decided> {
    let reason = Reason::new(ReasonCode::Operator, format!("dropped by {by}"));
    let decided = leave(send, SendState::Dropped { at: world.at, reason: reason.clone() }, ledger, world)?;
    let dropped = ledger.get(send)?.clone();
    alternate::after_failure(&dropped, &reason, ledger, world);
    Some(decided)
}

fn leave(id: SendId, state: SendState, ledger: &mut Arc<Ledger>, world: &World<'_>) -> Option<Decided> {
    let mut send = ledger.get(id).filter(|send| matches!(send.state, SendState::Dead { .. }))?.clone();
    let before = std::mem::replace(&mut send.state, state);
    Some(transition(send, Some(&before), Vec::new(), ledger, world))
}
