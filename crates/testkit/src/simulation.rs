//! Shards in a simulated world: the real gate, course and chain of `shard` and real customers, on three nodes between which
//! everything can go wrong.
//!
//! ```text
//!  clients ──▶ server: course, chain, customers ──▶ Raft, a replica on each node ──▶ gate, rows
//!     ▲             │ only what is applied                  │ what is committed
//!     └── answers ──┴──▶ provider                           └──▶ judge: invariants 1 to 7
//! ```
//!
//! A run has a stormy part (messages are lost, repeated and reordered; nodes crash, sleep and are cut off; leadership is heard
//! of late, twice or never; entries are refused or end unheard) and a calm one, in which all that was begun must come to its
//! end. The world does one small thing at a time, and the invariants are checked after each. All of it follows from the
//! seed.

mod client;
mod documents;
mod ending;
mod fault;
mod forgetful;
mod invariants;
mod judge;
mod network;
mod node;
mod raft;
mod replica;
mod rows;
mod said;
mod server;
mod world;

pub use fault::Fault;
pub use forgetful::vote_after_restart;

use baton_model::text_id::CustomerId;

use world::World;

/// Small things done in the stormy part of a run.
const STORM_STEPS: u64 = 4_000;

/// Small things after which a healed world must have come to its end.
const CALM_STEPS_MAX: u64 = 60_000;

/// What happened in a run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Summary {
    /// Small things done.
    pub steps: u64,
    /// Epochs in which somebody decided.
    pub epochs: usize,
    /// Batches that were proposed under an older epoch or out of order, and refused.
    pub refused: usize,
    /// Events that were acknowledged while the storm was on.
    pub in_storm: usize,
    /// Attempts at sends.
    pub attempts: usize,
    /// Sends that came about.
    pub sends: usize,
}

/// Lives through the world of a seed, with one rule broken if `fault` says so. `Err` tells what was found.
pub fn simulate(seed: u64, fault: Option<Fault>) -> Result<Summary, String> {
    let groups = if seed % 4 == 3 { 2 } else { 1 };
    let mut world = World::new(seed, groups, fault);
    let found = |world: &World, found: String| format!("seed {seed}, step {}: {found}", world.steps);
    for _ in 0..STORM_STEPS {
        world.stormy_step().map_err(|wrong| found(&world, wrong))?;
    }
    let in_storm = ending::acknowledged(&world);
    world.heal();
    let mut calm = 0;
    while !world.is_over() {
        world.calm_step().map_err(|wrong| found(&world, wrong))?;
        calm += 1;
        if calm > CALM_STEPS_MAX {
            return Err(found(&world, format!("a healed world does not come to its end: {}", world.describe())));
        }
    }
    ending::check(&world).map_err(|wrong| found(&world, wrong))?;
    Ok(Summary { in_storm, ..ending::summary(&world) })
}

/// Stands where a command has no customer.
fn nobody() -> CustomerId {
    CustomerId::new("nobody").expect("it is an id")
}

#[cfg(test)]
mod tests;
