//! Dead letters: an operator retries or drops a send whose retries are exhausted.

use std::sync::Arc;

use baton_model::ids::SendId;

use crate::decided::Decided;
use crate::ledger::Ledger;
use crate::world::World;

/// Puts a dead send back: it is deferred, and the next [`decide`](crate::decide) runs the whole pipeline.
pub fn retry_dead(_send: SendId, _ledger: &mut Arc<Ledger>, _world: &World<'_>) -> Option<Decided> {
    None
}

/// Drops a dead send for good.
pub fn drop_dead(_send: SendId, _by: &str, _ledger: &mut Arc<Ledger>, _world: &World<'_>) -> Option<Decided> {
    None
}
