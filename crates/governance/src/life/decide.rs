//! Decide: new intents and every pending send, highest priority first.

use std::sync::Arc;

use baton_rules::Budget;

use crate::decided::Decided;
use crate::intent::Intent;
use crate::ledger::Ledger;
use crate::world::World;

/// Re-checks every pending send and runs the pipeline for new intents and deferred sends together. Only what changed is
/// returned. Nothing decided with an exhausted budget may be acted on.
pub fn decide(
    _intents: &[Intent],
    _ledger: &mut Arc<Ledger>,
    _world: &World<'_>,
    _budget: &mut Budget,
) -> Vec<Decided> {
    Vec::new()
}
