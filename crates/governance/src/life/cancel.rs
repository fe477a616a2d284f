//! Cancel: an enrolment ended, so its pending sends end with it.

use std::sync::Arc;

use baton_model::ids::EnrolmentId;
use baton_model::reason::Reason;

use crate::decided::Decided;
use crate::ledger::Ledger;
use crate::world::World;

/// Ends the pending sends of an enrolment that ended: `cancelled`, or `unknown` where an attempt may have been delivered.
pub fn cancel(
    _enrolment: EnrolmentId,
    _reason: &Reason,
    _ledger: &mut Arc<Ledger>,
    _world: &World<'_>,
) -> Vec<Decided> {
    Vec::new()
}
