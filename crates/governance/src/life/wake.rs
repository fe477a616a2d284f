//! Wake: when something happens to a customer's sends by itself.

use jiff::Timestamp;

use crate::ledger::Ledger;
use crate::world::World;

/// The first instant after `world.at` at which [`decide`](crate::decide) may change something without new input.
pub fn next_wake(_ledger: &Ledger, _world: &World<'_>) -> Option<Timestamp> {
    None
}
