//! Scenarios made up from a seed: documents that validate, and whatever a customer, a provider or an operator may do.
//!
//! They expect nothing; the simulated shard checks every decision. A scenario that fails is printed whole, so it can be kept as
//! a file and played again.

mod documents;
mod script;

use crate::seeded::Seeded;

/// The most messages that the caps of a made-up scenario allow one channel within [`CAP_HOURS`].
pub const CAP_LIMIT: usize = 1;

/// The window of those caps.
pub const CAP_HOURS: i64 = 24;

/// The scenario of a seed, as text.
pub fn random_scenario(seed: u64) -> String {
    let mut seeded = Seeded::new(seed);
    let documents = documents::write(&mut seeded);
    let script = script::write(&mut seeded);
    format!("{documents}====\n{script}")
}

#[cfg(test)]
mod tests;
