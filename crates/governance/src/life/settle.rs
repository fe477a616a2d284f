//! Settle: an attempt ended.

use std::sync::Arc;

use baton_model::ids::SendId;

use crate::decided::Decided;
use crate::ledger::Ledger;
use crate::life::AttemptOutcome;
use crate::world::World;

/// Takes the end of an attempt. `None`: nothing changed, because the send is not known or has ended already.
pub fn settle(
    _send: SendId,
    _outcome: AttemptOutcome,
    _ledger: &mut Arc<Ledger>,
    _world: &World<'_>,
) -> Option<Decided> {
    None
}
